"""Segments that every shop can use at once, each with its reason."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from rewards.models import Program, Reward
from rewards.models.programs import Kind as ProgramKind

from .field import DOT, FIELDS
from .parsing import VERSION

Definition = dict | Callable[[Merchant], dict | None]


@dataclass(frozen=True, slots=True)
class Ready:
    """A definition with a name, and why one would look at these people."""

    key: str
    name: str | Promise
    reason: str | Promise
    definition: Definition

    def for_shop(self, merchant: Merchant) -> dict | None:
        """The definition for a shop; None where it has not got what it asks for."""
        found = self.definition(merchant) if callable(self.definition) else self.definition
        if found is None or not all(usable(name, merchant) for name in names(found["all"])):
            return None
        return found


def ready(merchant: Merchant) -> list[tuple[Ready, dict]]:
    """The ready segments that a shop can use, each with its definition."""
    found = ((one, one.for_shop(merchant)) for one in READY)
    return [(one, definition) for one, definition in found if definition is not None]


def names(parts: list[dict]) -> set[str]:
    """The fields that a definition asks for."""
    found: set[str] = set()
    for part in parts:
        inner = part.get("all") or part.get("any") or ([part["not"]] if "not" in part else [])
        found |= names(inner) if inner else {part["field"]}
    return found


def usable(name: str, merchant: Merchant) -> bool:
    """Whether a shop can ask for a field."""
    one = FIELDS.get(name) or FIELDS.get(name.partition(DOT)[0] + DOT)
    return one is not None and one.offered(merchant)


def of(*parts: dict) -> dict:
    """A definition of some conditions that all hold."""
    return {"version": VERSION, "all": list(parts)}


def is_(name: str, op: str, value: object, **params: object) -> dict:
    """A condition."""
    return {"field": name, **params, "op": op, "value": value}


def short_of_a_reward(merchant: Merchant) -> dict | None:
    """One visit short in the first running program that leads to something."""
    program = collecting(merchant)
    return of(is_("visits_missing", "eq", 1, program=program)) if program else None


def points_about_to_end(merchant: Merchant) -> dict | None:
    """Points that end within 30 days, enough of them to be missed."""
    program = collecting(merchant)
    return of(is_("points_ending", "gte", 1, program=program, days=30)) if program else None


def collecting(merchant: Merchant) -> str | None:
    """The first running program with rewards or a stamp card (one query)."""
    programs = Program.objects.for_merchant(merchant).taking_members().exclude(kind=ProgramKind.MEMBERSHIP)
    led = Reward.objects.for_merchant(merchant).filter(status="active").values("program")
    found = programs.filter(pk__in=led) | programs.filter(kind=ProgramKind.STAMPS)
    return found.order_by("activated_at", "pk").values_list("public_id", flat=True).first()


READY = [
    Ready(
        "new", _("New customers"), _("They came for the first time lately. The second visit decides most: invite it."),
        of(is_("first_purchase_days", "lte", 30), is_("frequency", "eq", 1)),
    ),
    Ready(
        "promising", _("Promising"), _("They came back once or twice, and are in time. One more visit makes a habit."),
        of(is_("frequency", "between", [2, 3]), is_("state", "in", ["new", "active", "won_back"])),
    ),
    Ready(
        "champions", _("Champions"),
        _("They come most, and came lately. Thank them by name, and ask them to bring somebody."),
        of(is_("recency_score", "gte", 4), is_("frequency_score", "gte", 4)),
    ),
    Ready(
        "loyal", _("Loyal"), _("They come often. Give them a reason to come once more this month."),
        of({"any": [
            {"all": [is_("recency_score", "eq", 3), is_("frequency_score", "gte", 4)]},
            {"all": [is_("recency_score", "gte", 3), is_("frequency_score", "eq", 3)]},
        ]}),
    ),
    Ready(
        "at_risk", _("At risk"),
        _("Regulars who are late by their own rhythm. Write to them while they still remember you."),
        of(is_("frequency", "gte", 3), is_("state", "in", ["late", "at_risk"])),
    ),
    Ready(
        "cannot_lose", _("Cannot lose"), _("The best of old, who stay away. Call them: nobody is dearer to replace."),
        of(is_("recency_score", "lte", 2),
           {"any": [is_("frequency_score", "eq", 5), is_("value_score", "eq", 5)]}),
    ),
    Ready(
        "win_back", _("Win back"),
        _("Lost by their own rhythm, but they came three times or more and within a year. One good reason may do."),
        of(is_("state", "eq", "lost"), is_("frequency", "gte", 3), is_("recency_days", "lte", 365)),
    ),
    Ready(
        "lost_recently", _("Lost recently"),
        _("They should have come, and have not for three times as long as usual. Ask what was wrong while they know."),
        of(is_("state", "eq", "lost"), is_("recency_days", "lte", 90)),
    ),
    Ready(
        "second_visit", _("Came once"),
        _("They came once, two weeks to three months ago. Most who are to return do so by then: remind them."),
        of(is_("frequency", "eq", 1), is_("recency_days", "between", [14, 90])),
    ),
    Ready(
        "birthday", _("Birthday soon"), _("A greeting in time is read more than any offer."),
        of(is_("days_to_birthday", "lte", 30)),
    ),
    Ready(
        "one_visit_short", _("One visit short of a reward"),
        _("One more visit and they have it. Tell them: nothing brings people back sooner."), short_of_a_reward,
    ),
    Ready(
        "points_ending", _("Points about to end"),
        _("They lose points within 30 days. Say it now: a loss without a word costs the trust that they earned."),
        points_about_to_end,
    ),
    Ready(
        "high_value_seldom", _("High value, seldom"),
        _("They spend much and come seldom. A second occasion is worth more than a discount."),
        of(is_("value_score", "gte", 4), is_("frequency_score", "lte", 2)),
    ),
    Ready(
        "quiet_promoters", _("Promoters who spend little"),
        _("They recommend you and buy little. Ask them to bring somebody: their word is worth more than their basket."),
        of(is_("nps", "gte", 9), is_("value_score", "lte", 2)),
    ),
    Ready(
        "voucher_ends", _("Voucher about to end"),
        _("They hold a voucher that ends within two weeks. A reminder costs nothing and brings a visit."),
        of(is_("voucher_ends_in_days", "lte", 14)),
    ),
    Ready(
        "no_consent", _("No consent yet"),
        _("You have their phone or e-mail and may not write. Ask at the till, and say what they get."),
        of(is_("consent", "eq", False), {"any": [is_("phone", "exists", True), is_("email", "exists", True)]}),
    ),
]  # fmt: skip
