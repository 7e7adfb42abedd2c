"""One rule of a program as people fill it in. `rewards.rules.parse` decides whether it can be."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Refusal
from loyalty_site.forms import decimal_mark, read_amount
from rewards.models.programs import Kind
from rewards.rules import parsing
from rewards.rules.limits import PERIODS, SCOPES
from rewards.rules.triggers import ACTIVITIES, OCCASIONS, PURCHASE, SURVEY
from rewards.rules.wording import DAYS, FOR, occasion
from rewards.rules.wording import PERIODS as PERIOD_WORDS

from . import units, words

COUNTED = [("times", _("times")), ("points", units.POINTS.counted)]
FIRST = [("", _("whether or not it is the first")), ("yes", _("the first purchase")), ("no", _("after the first"))]
NOTICED = (PURCHASE, *OCCASIONS, *ACTIVITIES, SURVEY)
WHOLE = {"invalid": _("Enter a whole number."), "min_value": _("Enter a whole number of at least 1.")}
# Where a refusal of the domain belongs, by the parts of its place; the last part is the field otherwise.
FIELDS = {
    "award.per_amount": "points", "award.per_item": "points", "award.fixed": "points", "award.multiply": "factor",
    "award": "kind", "when.hours": "hours_from", "limits.per_customer.period": "per_customer_period",
    "limits.per_customer": "per_customer_count", "limits.total": "total_count", "limits": "max_per_purchase",
}  # fmt: skip


def number(label, **options) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, required=False, error_messages=WHOLE, **options)


def text(label, **options) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=60, **options)


def listed(label) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "placeholder": _("one a line")})
    return forms.CharField(label=label, required=False, max_length=20_000, widget=widget)


def moment(label) -> forms.DateTimeField:
    wrong = {"invalid": _("Write the moment as day and time, for example 2026-01-31T18:00.")}
    widget = forms.DateTimeInput(
        format=words.WRITTEN, attrs={"type": "datetime-local", "placeholder": "2026-01-31T18:00"}
    )
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=[words.WRITTEN, "%Y-%m-%d %H:%M"],
        error_messages=wrong,
        widget=widget,
    )


class RuleForm(forms.Form):
    """A rule in fields. What it has beyond them (`original`) is kept, and so is its writing if it says the same."""

    name = text(_("Name"), error_messages={"required": _("Give the rule a name.")})
    kind = forms.ChoiceField(label=_("It gives"), choices=units.POINTS.awards)
    trigger = forms.ChoiceField(
        label=_("What for"),
        choices=[(name, FOR[name]) for name in NOTICED],
        error_messages={"invalid_choice": _("Choose what it is given for.")},
    )
    points = number(units.POINTS.points)
    every = text("")
    factor = text(_("Factor"))
    min_amount = text("")
    categories, skus = listed(_("Of these categories")), listed(_("Of these SKUs"))
    exclude_categories = listed(_("Without these categories"))
    exclude_skus = listed(_("Without these SKUs"))
    channels = listed(_("Sold through these channels"))
    locations = forms.MultipleChoiceField(
        label=_("At these locations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose one of your locations.")},
    )
    audiences = forms.MultipleChoiceField(
        label=_("For customers in one of these segments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose one of your segments.")},
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("On these days"),
        required=False,
        coerce=int,
        choices=list(DAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    hours_from, hours_until = text(_("From hour")), text(_("until hour"))
    starts_at, ends_at = moment(_("From the moment")), moment(_("until before"))
    first_purchase = forms.ChoiceField(label=_("First purchase"), required=False, choices=FIRST)
    birthday_window_days = forms.IntegerField(
        label=_("Birthday, ± days"), required=False, min_value=0, error_messages=WHOLE
    )
    code = forms.CharField(label=_("With the code"), required=False, max_length=100)
    per_customer_count, total_count = number(_("Each customer at most")), number(_("All customers together at most"))
    per_customer_counted = forms.ChoiceField(label=_("counted in"), choices=COUNTED, required=False)
    total_counted = forms.ChoiceField(label=_("counted in"), choices=COUNTED, required=False)
    per_customer_period = forms.ChoiceField(
        label=_("in"), required=False, choices=[(name, PERIOD_WORDS[name]) for name in PERIODS]
    )
    total_period = forms.ChoiceField(
        label=_("in"), required=False, choices=[(name, PERIOD_WORDS[name]) for name in PERIODS]
    )
    max_per_purchase = number(units.POINTS.most)
    exclusive = forms.BooleanField(label=_("instead of every other rule"), required=False)
    priority = forms.IntegerField(label=_("Priority"), required=False, error_messages={"invalid": WHOLE["invalid"]})
    was = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(
        self,
        data,
        *,
        prefix: str,
        merchant: Merchant,
        places: dict[str, str],
        originals: dict[str, dict],
        kind: str = Kind.POINTS,
    ):
        self.merchant, self.is_money = merchant, kind == Kind.CASHBACK
        super().__init__(data, prefix=prefix)
        self.original = originals.get(data.get(self.add_prefix("was"), ""), {})
        for name, prefix_of_ids in PLACES.items():
            self.fields[name].choices = [pair for pair in places.items() if pair[0].startswith(prefix_of_ids)]
        self.fields["name"].required = True
        if (own := self.original.get("trigger", PURCHASE)) not in NOTICED:
            self.fields["trigger"].choices = [*self.fields["trigger"].choices, (own, occasion(own))]
        currency = {"currency": merchant.currency}
        self.fields["every"].label = _("Full amount in %(currency)s") % currency
        self.fields["min_amount"].label = _("For at least, in %(currency)s") % currency
        self.speak(units.of(kind), currency)

    def speak(self, unit: units.Unit, currency: dict) -> None:
        """Say everything in what the program counts in; money is typed as money."""
        if self.is_money:
            self.fields |= {name: units.as_text(self.fields[name]) for name in ("points", *COUNTS)}
        self.fields["points"].label, self.fields["max_per_purchase"].label = (
            unit.points % currency,
            unit.most % currency,
        )
        self.fields["kind"].choices = unit.awards
        for scope in SCOPES:
            self.fields[f"{scope}_counted"].choices = [COUNTED[0], ("points", unit.counted)]

    def clean(self):
        typed = self.cleaned_data
        if typed.get("kind") == "multiply":
            self.demand("factor", _("By how much? For example 2 or 1.5."))
        elif typed.get("kind"):
            self.demand("points", _("How much?") if self.is_money else _("How many points?"))
        if typed.get("kind") == "per_amount":
            self.demand("every", _("For which amount?"))
        money = ["every", "min_amount", *(units.measured(typed) if self.is_money else [])]
        for name in money:
            self.read_money(name)
        for name in set(COUNTS) - set(money) if self.is_money else ():
            self.read_whole(name)
        return typed

    def demand(self, name: str, sentence) -> None:
        """A field that this kind of award cannot do without."""
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, sentence)

    def read_money(self, name: str) -> None:
        """What was typed as an amount, in minor units."""
        if self.cleaned_data.get(name):
            try:
                self.cleaned_data[name] = read_amount(
                    self.cleaned_data[name], self.merchant.currency, decimal_mark(self.merchant)
                )
            except forms.ValidationError as error:
                self.add_error(name, error)

    def read_whole(self, name: str) -> None:
        """A number of times where the same field may also hold money."""
        try:
            self.cleaned_data[name] = number("").clean(self.cleaned_data.get(name))
        except forms.ValidationError as error:
            self.add_error(name, error)

    def rule(self) -> dict:
        """What a valid form says, as JSON; unchanged if it reads as the original does."""
        built = {key: value for key, value in self.original.items() if key not in {"when", "limits", "exclusive"}}
        built |= {"name": self.cleaned_data["name"], "trigger": self.cleaned_data["trigger"]}
        built["award"] = self.award()
        built |= {key: part for key, part in (("when", self.when()), ("limits", self.limits())) if part}
        built |= {"exclusive": True} if self.cleaned_data["exclusive"] else {}
        built["priority"] = self.cleaned_data["priority"] or 0
        if not built["priority"]:
            del built["priority"]
        return self.original if self.original and same(built, self.original, self.merchant.timezone) else built

    def award(self) -> dict:
        """What it gives."""
        typed = self.cleaned_data
        kind = typed["kind"]
        if kind == "multiply":
            return {kind: typed["factor"].replace(",", ".")}
        return {kind: {"points": typed["points"], "every": typed["every"]} if kind == "per_amount" else typed["points"]}

    def when(self) -> dict:
        """Its conditions, with those that the page does not know."""
        typed, before = self.cleaned_data, self.original.get("when") or {}
        told = {name: words.texts(typed[name]) for name in words.LISTS}
        told |= {name: typed[name] for name in ("min_amount", *PLACES, "weekdays", "code")}
        told = {name: value for name, value in told.items() if value}
        if typed["hours_from"] or typed["hours_until"]:
            told["hours"] = [typed["hours_from"], typed["hours_until"]]
        for name in ("starts_at", "ends_at"):
            if typed[name]:
                told[name] = words.moment(typed[name].replace(tzinfo=None), before.get(name), self.merchant.timezone)
        if typed["first_purchase"]:
            told["first_purchase"] = typed["first_purchase"] == "yes"
        if typed["birthday_window_days"] is not None:
            told["birthday_window_days"] = typed["birthday_window_days"]
        return {**{name: value for name, value in before.items() if name not in KNOWN}, **told}

    def limits(self) -> dict:
        """What bounds it."""
        typed = self.cleaned_data
        told = {
            scope: {typed[f"{scope}_counted"] or "times": count, "period": typed[f"{scope}_period"] or "ever"}
            for scope in SCOPES
            if (count := typed[f"{scope}_count"])
        }
        return {**told, **({"max_per_purchase": most} if (most := typed["max_per_purchase"]) else {})}

    def refuse(self, refusal: Refusal, place: str) -> None:
        """Show a refusal of the domain beside its field; `place` is the part of the rule that it names."""
        known = next((name for part, name in FIELDS.items() if place.startswith(part)), place.rpartition(".")[2])
        self.add_error(known if known in self.fields else None, str(refusal))

    @property
    def has_conditions(self) -> bool:
        """Whether anything stands among the conditions, so that they are shown."""
        return any(self[name].value() not in (None, "", []) for name in CONDITIONS)

    @property
    def has_limits(self) -> bool:
        """Whether any limit is filled in."""
        return any(self[name].value() not in (None, "") for name in COUNTS)

    @property
    def has_rank(self) -> bool:
        """Whether the rule stands alone, or before others."""
        return bool(self["exclusive"].value()) or str(self["priority"].value() or "0") != "0"

    @property
    def reads_first(self) -> str:
        """The first thing that is wrong, with its field; empty while nothing is."""
        wrong = ((self.fields.get(name), str(error)) for name, errors in self.errors.items() for error in errors)
        return next((f"{field.label}: {said}" if field else said for field, said in wrong), "")


def same(built: dict, original: dict, zone: str) -> bool:
    """Whether two rules read the same, however they are written; one that cannot be is like no other."""
    try:
        first, second = (parsing.parse_one(rule, "rule", zone) for rule in (built, original))
    except Refusal:
        return False
    return all(getattr(first, part) == getattr(second, part) for part in COMPARED)


PLACES = {"locations": "loc_", "audiences": "seg_"}  # what is chosen by its id, and how such ids begin
KNOWN = {
    *words.LISTS, *PLACES, "min_amount", "weekdays", "code", "hours", "starts_at", "ends_at", "first_purchase",
    "birthday_window_days",
}  # fmt: skip
CONDITIONS = (*sorted(KNOWN - {"hours"}), "hours_from", "hours_until")
COUNTS = ("per_customer_count", "total_count", "max_per_purchase")
COMPARED = ("name", "trigger", "kind", "points", "every", "factor", "when", "limits", "exclusive", "priority")
