"""A definition in words, in the active language."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import calendar_words, money, whole
from customers.merchants.templatetags.ficha import day as written_day

from .field import Choice, Condition, Field, Param, is_number
from .kinds import Kind
from .tree import All, Criteria, Listed, Node, Not

A_LEAP_YEAR = "2000"
CALENDAR = {Kind.DATE, Kind.MONTH_DAY}


def sentence(criteria: Criteria, *, merchant: Merchant) -> str:
    """Who they are: "Customers who bought at least 3 times and last bought at least 60 days ago."

    One query for each field that chooses among the shop's own things.
    """
    root = criteria.root.parts[0] if len(criteria.root.parts) == 1 else criteria.root
    said = said_of(root, Speaking(merchant))
    return _("Customers who %(did)s.") % {"did": said}


class Speaking:
    """For whom it is said, with the names of the shop's own things, looked up once."""

    def __init__(self, merchant: Merchant):
        self.merchant = merchant
        self.names: dict[int, dict] = {}

    def label(self, one: Field | Param, value: object) -> str:
        """A choice in words; one that is gone meanwhile as it stands."""
        place = id(one)
        if place not in self.names:
            choices: list[Choice] = one.choices(self.merchant)
            self.names[place] = dict(choices)
        return str(self.names[place].get(value, value))


def said_of(node: Node, speaking: Speaking, *, inner: bool = False) -> str:
    """A part of a definition behind "Customers who"; groups inside others stand in brackets."""
    if isinstance(node, Not):
        return _("are not among those who %(did)s") % {"did": said_of(node.part, speaking, inner=True)}
    if isinstance(node, Listed):
        return said_condition(node.condition, speaking)
    if isinstance(node, Condition):
        return said_condition(node, speaking)
    pair = both if isinstance(node, All) else one_of
    parts = [said_of(part, speaking, inner=True) for part in node.parts]
    said = strung(parts, pair())
    return _("(%(group)s)") % {"group": said} if inner and len(parts) > 1 else said


def strung(parts: list[str], pair: str) -> str:
    """Some parts as people list them: a, b and c."""
    if len(parts) == 1:
        return parts[0]
    return pair % {"first": ", ".join(parts[:-1]), "second": parts[-1]}


def both() -> str:
    return _("%(first)s and %(second)s")


def one_of() -> str:
    return _("%(first)s or %(second)s")


def said_condition(condition: Condition, speaking: Speaking) -> str:
    """One condition in words."""
    one = condition.field
    if one.speak:
        template = one.speak(condition)
    elif condition.op == "exists":
        template = one.known if condition.value else one.unknown
    else:
        template = one.negated if condition.op == "ne" else one.said
    return str(template) % {"this": this(condition, speaking), "key": condition.key, **params(condition, speaking)} + (
        suffix(condition, speaking)
    )


def params(condition: Condition, speaking: Speaking) -> dict[str, str]:
    """What a condition says beside its value, for its sentence."""
    said = {"channel": _("any channel"), "purpose": ""}
    for param in condition.field.params:
        if param.name in condition.params:
            value = condition.params[param.name]
            said[param.name] = speaking.label(param, value) if param.choices else str(value)
    if "days" in condition.params:
        said["days"] = in_days(condition.params["days"])
    if "purpose" in condition.params:
        said["purpose"] = _(" for %(purpose)s") % {"purpose": condition.params["purpose"]}
    return said


def suffix(condition: Condition, speaking: Speaking) -> str:
    """What optional parameters add: how often at least, and within which days."""
    said = ""
    if condition.params.get("times", 1) > 1:
        times = condition.params["times"]
        said += ngettext(", in at least %(times)s purchase", ", in at least %(times)s purchases", times) % {
            "times": whole(times)
        }
    optional = [param.name for param in condition.field.params if not param.required]
    if "days" in condition.params and "days" in optional:
        said += _(", in the last %(days)s") % {"days": in_days(condition.params["days"])}
    return said


def in_days(days: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": whole(days)}


def this(condition: Condition, speaking: Speaking) -> str:
    """What a field is compared with, in words."""
    one, op, value = condition.field, condition.op, condition.value
    if op == "exists" or one.kind == Kind.FLAG:
        return ""
    if op == "between":
        span = _("from %(low)s to %(high)s") if one.kind in CALENDAR else _("%(low)s to %(high)s")
        return span % {"low": bare(one, value[0], speaking), "high": unit(one, value[1], speaking)}
    if op == "in":
        values = [bare(one, item, speaking) for item in value[:-1]] + [unit(one, value[-1], speaking)]
        return strung(values, one_of())
    said = unit(one, value, speaking)
    if op in {"eq", "ne"}:
        return exactly(one, said)
    words = DAYS_WORDS if one.kind == Kind.DATE else NUMBER_WORDS
    return words[op]() % {"this": said} if op in words else said


NUMBER_WORDS: dict[str, Callable[[], str]] = {
    "lt": lambda: _("less than %(this)s"),
    "lte": lambda: _("at most %(this)s"),
    "gt": lambda: _("more than %(this)s"),
    "gte": lambda: _("at least %(this)s"),
    "contains": lambda: _("with %(this)s"),
}
DAYS_WORDS: dict[str, Callable[[], str]] = {
    "lt": lambda: _("before %(this)s"),
    "lte": lambda: _("on %(this)s or before"),
    "gt": lambda: _("after %(this)s"),
    "gte": lambda: _("on %(this)s or later"),
}


def exactly(one: Field, said: str) -> str:
    """A number that is met to the unit, or a day."""
    if one.kind in CALENDAR:
        return _("on %(this)s") % {"this": said}
    plain = one.unit in {"year", ""} or not is_number(one)
    return said if plain else _("exactly %(this)s") % {"this": said}


def bare(one: Field, value: object, speaking: Speaking) -> str:
    """A value without the word for its unit."""
    if one.choices:
        label = speaking.label(one, value)
        return label if isinstance(value, int) else _("“%(text)s”") % {"text": label}
    if one.kind == Kind.MONEY:
        return money(value, speaking.merchant.currency)
    if is_number(one):
        return str(value) if one.unit == "year" else whole(value)
    if one.kind == Kind.DATE:
        return written_day(value)
    if one.kind == Kind.MONTH_DAY:
        return day_of_year(value)
    return _("“%(text)s”") % {"text": value}


def day_of_year(text: str) -> str:
    """27 March."""
    return calendar_words(date.fromisoformat(f"{A_LEAP_YEAR}-{text}"), "j F")


def unit(one: Field, value: object, speaking: Speaking) -> str:
    """A value with the word for its unit."""
    said = UNITS.get(one.unit)
    if said is None or not is_number(one) or one.kind == Kind.MONEY:
        return bare(one, value, speaking)
    return said(value) % {"count": bare(one, value, speaking)}


UNITS: dict[str, Callable[[int], str]] = {
    "days": lambda count: ngettext("%(count)s day", "%(count)s days", count),
    "times": lambda count: ngettext("%(count)s time", "%(count)s times", count),
    "years": lambda count: ngettext("%(count)s year", "%(count)s years", count),
    "km": lambda count: _("%(count)s km"),
    "lines": lambda count: ngettext("%(count)s line", "%(count)s lines", count),
    "points": lambda count: ngettext("%(count)s point", "%(count)s points", count),
    "visits": lambda count: ngettext("%(count)s visit", "%(count)s visits", count),
    "vouchers": lambda count: ngettext("%(count)s voucher", "%(count)s vouchers", count),
    "of_five": lambda count: _("%(count)s of 5"),
    "of_ten": lambda count: _("%(count)s of 10"),
}
