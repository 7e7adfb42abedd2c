"""One condition as a form: its value and parameters follow the field and the comparison that are chosen."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS
from segments.criteria import Field, Group, Kind, Operator, Param

NUMBERS = {Kind.DAYS, Kind.COUNT, Kind.MONEY}
OFFERED = ("gte", "gt", "lte", "lt", "between", "eq", "in", "contains", "exists")  # `ne` is the tick beside it
DATE_WORDS = {"gte": _("on or after"), "gt": _("after"), "lte": _("on or before"), "lt": _("before"), "eq": _("on")}
YES_NO = [("true", _("yes")), ("false", _("no"))]
INPUTS = {Kind.DATE: "date", Kind.DAYS: "number", Kind.COUNT: "number"}
ANEW = {"hx-post": ""}  # the rows follow what is chosen here
MISSING = _("Enter a value, or remove the condition.")


class Unreadable(Exception):
    """What is typed is no value; `name` is the field of the form, the argument the sentence."""

    def __init__(self, name: str, message):
        super().__init__(message)
        self.name, self.message = name, message


class RowForm(forms.Form):
    """Always bound: a new row to nothing. `one` is the field of the vocabulary, None while none is chosen."""

    def __init__(self, data: MultiValueDict, *, prefix: str, offered: dict[str, Field], merchant: Merchant):
        super().__init__(data, prefix=prefix)
        self.merchant, self.one = merchant, offered.get(data.get(f"{prefix}-field", ""))
        self.fields["field"] = forms.ChoiceField(
            label=_("What"), required=False, choices=shelves(offered), widget=forms.Select(attrs=ANEW)
        )
        self.op = ""
        if self.one:
            self.add_comparison(self.one)

    def add_comparison(self, one: Field) -> None:
        """The controls of the field that is chosen."""
        if one.has_key:
            self.fields["key"] = text(_("Name of the fact"))
        ops = [op for op in OFFERED if op in one.takes]
        asked = self.data.get(self.add_prefix("op"), "")
        self.op = asked if asked in ops else ops[0]
        self.fields["negate"] = forms.BooleanField(label=_("not"), required=False)
        self.fields["op"] = forms.ChoiceField(
            label=_("How"), choices=[(op, word(one, op)) for op in ops], widget=forms.Select(attrs=ANEW)
        )
        self.fields |= values(one, self.op, self.merchant)
        self.fields |= {param.name: parameter(param, self.merchant) for param in one.params}
        self.forget(ops)

    def forget(self, ops: list[str]) -> None:
        """What was chosen for another field before is nothing that could be chosen here."""
        for name, control in self.fields.items():
            if isinstance(control, forms.ChoiceField):
                known = {str(value) for value, __ in flat(control.choices)}
                said = [one for one in self.data.getlist(self.add_prefix(name)) if one in known]
                self.data.setlist(self.add_prefix(name), said or ([ops[0]] if name == "op" else [""]))

    @property
    def extras(self) -> list:
        """The parameters, for the template."""
        return [self[param.name] for param in self.one.params] if self.one else []

    @property
    def values(self) -> list:
        """The controls of the value, for the template."""
        return [self[name] for name in ("value", "value2") if name in self.fields]

    @property
    def unit(self) -> str:
        """What stands behind the value."""
        if self.one.kind == Kind.MONEY:
            return self.merchant.currency
        return str(UNITS.get(self.one.unit, "")) if self.op not in {"exists"} else ""

    def typed(self, name: str) -> str:
        """A text as it was typed."""
        return self.data.get(self.add_prefix(name), "").strip()

    def condition(self) -> dict:
        """The condition as a definition holds it. Raises Unreadable."""
        one, op = self.one, self.op
        name = one.name + (self.typed("key") if one.has_key else "")
        found = {"field": name, **self.parameters(), "op": op}
        negate = bool(self.typed("negate"))
        if op == "exists":
            return {**found, "value": not negate}
        found["value"] = self.value(one, op)
        if negate and op == "eq" and "ne" in one.takes:
            return {**found, "op": "ne"}
        return {"not": found} if negate else found

    def parameters(self) -> dict:
        """What stands beside the value."""
        found = {}
        for param in self.one.params:
            said = self.typed(param.name)
            if said:
                found[param.name] = self.item(param, said, param.name)
            elif param.required:
                raise Unreadable(param.name, MISSING)
        return found

    def value(self, one: Field, op: str) -> object:
        """The value as JSON has it."""
        if op == "between":
            return [self.item(one, self.typed(name), name) for name in ("value", "value2")]
        if op != "in":
            return self.item(one, self.typed("value"), "value")
        said = self.data.getlist(self.add_prefix("value")) if one.choices else self.typed("value").splitlines()
        items = [self.item(one, text.strip(), "value") for text in said if text.strip()]
        if not items:
            raise Unreadable("value", MISSING)
        return items

    def item(self, one: Field | Param, said: str, name: str) -> object:
        """One value; whether it can be is decided by the vocabulary."""
        if not said:
            raise Unreadable(name, MISSING)
        if one.choices:
            return next((known for known, __ in one.choices(self.merchant) if str(known) == said), said)
        if one.kind == Kind.FLAG:
            return said == "true"
        if one.kind not in NUMBERS:
            return said
        places = DECIMALS[self.merchant.currency] if one.kind == Kind.MONEY else 0
        try:
            number = Decimal(said.replace(",", ".")).scaleb(places)
        except InvalidOperation:
            raise Unreadable(name, _("Enter a number.")) from None
        if not number.is_finite() or number != number.to_integral_value():
            raise Unreadable(name, _("Enter a whole number.") if not places else _("Too many decimals."))
        return int(number)


def shelves(offered: dict[str, Field]) -> list:
    """The fields by their groups, for a select."""
    found = [("", _("Choose …"))]
    for group in Group:
        mine = [(one.name, one.label) for one in offered.values() if one.group == group]
        if mine:
            found.append((group.label, mine))
    return found


def flat(choices) -> Iterator[tuple]:
    """The choices of a select without their groups."""
    for value, label in choices:
        yield from label if isinstance(label, list) else [(value, label)]


def word(one: Field, op: str):
    """An operator in words."""
    words = DATE_WORDS if one.kind == Kind.DATE else {}
    if one.name == "postal_code" and op == "contains":
        return _("begins with")
    return words.get(op, Operator(op).label)


def values(one: Field, op: str, merchant: Merchant) -> dict[str, forms.Field]:
    """The controls that a comparison needs."""
    if op == "exists":
        return {}
    if one.choices:
        choices = [(str(value), label) for value, label in one.choices(merchant)]
        if op == "in":
            box = forms.SelectMultiple(attrs={"size": min(6, max(2, len(choices)))})
            return {"value": forms.MultipleChoiceField(label=_("Values"), required=False, choices=choices, widget=box)}
        return {"value": forms.ChoiceField(label=_("Value"), required=False, choices=[("", "–"), *choices])}
    if one.kind == Kind.FLAG:
        return {"value": forms.ChoiceField(label=_("Value"), required=False, choices=YES_NO)}
    if op == "in":
        return {"value": text(_("Values, one on each line"), widget=forms.Textarea(attrs={"rows": 3}))}
    if op == "between":
        return {"value": single(one, _("From")), "value2": single(one, _("to"))}
    return {"value": single(one, _("Value"))}


def single(one: Field | Param, label) -> forms.CharField:
    """A control for one value; what is typed is judged by the vocabulary, with the same words as over the API."""
    kind = INPUTS.get(one.kind, "text")
    attrs = {"inputmode": "decimal"} if one.kind == Kind.MONEY else {}
    if one.kind == Kind.MONTH_DAY:
        attrs = {"placeholder": "03-27"}
    help_text = ", ".join(one.hints) if isinstance(one, Field) and one.hints else ""
    widget = forms.TextInput(attrs={"type": kind, "autocomplete": "off", **attrs})
    return text(label, widget=widget, help_text=help_text and _("Such as %(examples)s.") % {"examples": help_text})


def text(label, **options) -> forms.CharField:
    """A text that may be left empty while one is thinking."""
    return forms.CharField(label=label, required=False, max_length=5_000, **options)


def parameter(param: Param, merchant: Merchant) -> forms.Field:
    """The control of a parameter."""
    if param.choices is None:
        return single(param, param.label)
    choices = [(str(value), label) for value, label in param.choices(merchant)]
    blank = [] if param.required and len(choices) == 1 else [("", "–" if param.required else _("any"))]
    return forms.ChoiceField(label=param.label, required=False, choices=[*blank, *choices])


UNITS = {
    "days": _("days"), "times": _("times"), "years": _("years"), "km": _("km"), "lines": _("lines"),
    "points": _("points"), "visits": _("visits"), "vouchers": _("vouchers"), "of_five": _("of 5"),
    "of_ten": _("of 10"),
}  # fmt: skip
