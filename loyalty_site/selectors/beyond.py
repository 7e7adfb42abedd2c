"""What a promise says beyond its rules, in words: how things add up, how long they live, what a return does."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rewards import benefits, ladders, rules
from rewards.models.programs import Kind

ROUNDING = {
    "down": gettext_lazy("Parts of a point are dropped."),
    "half_up": gettext_lazy("Half a point and more makes a whole one."),
    "up": gettext_lazy("Every part of a point makes a whole one."),
}


def card(stamps: dict | None, write: Callable[[int], str]) -> list[str]:
    """When a stamp card is full, and what it then gives."""
    if not stamps:
        return []
    name, gives = stamps["reward"]["name"], benefits.sentence(stamps["reward"]["benefit"], write)
    full = ngettext(
        "A card of %(size)d stamp is full and gives: %(reward)s. The next card begins at once.",
        "A card of %(size)d stamps is full and gives: %(reward)s. The next card begins at once.",
        stamps["size"],
    )
    return [full % {"size": stamps["size"], "reward": name if name == gives else f"{name} ({gives})"}]


def card_back(stamps: dict | None) -> list[str]:
    """What a return does to a full card."""
    if not stamps:
        return []
    return [_("A return that needs stamps of a full card cancels its reward, if that is not used yet.")]


def sums(found: rules.Ruleset, ladder: ladders.Ladder | None) -> list[str]:
    """How several factors, and parts of points, add up; nothing where it makes no difference.

    A member holds one tier, so of the tiers' factors only one meets those of rules.
    """
    factors = [rule.factor for rule in found.rules if rule.factor]
    of_tiers = [tier.factor for tier in ladder.tiers if tier.factor] if ladder else []
    said = []
    if len(factors) + bool(of_tiers) > 1:
        best = _("Of several factors only the one that gives most counts.")
        said.append(best if found.multipliers == "best" else _("Several factors multiply each other."))
    if any(factor.denominator > 1 for factor in [*factors, *of_tiers]):
        said.append(str(ROUNDING[found.rounding]))
    return said


def base(kind: str) -> str:
    """On which amount; the ordinary one needs no words."""
    return _("Discounts do not lower what is earned.") if kind == "before_discounts" else ""


def hold(days: int) -> str:
    """From when points can be spent, if not at once."""
    if not days:
        return ""
    return ngettext(
        "They can be spent from the next day.", "They can be spent after %(days)d days.", days
    ) % {"days": days}  # fmt: skip


def life(policy: dict) -> str:
    """Until when points can be spent."""
    kind = policy["kind"]
    if kind == "never":
        return _("Points never expire.")
    if kind == "days":
        return ngettext("Points live for %(count)d day.", "Points live for %(count)d days.", policy["days"]) % {
            "count": policy["days"]
        }
    if kind == "months":
        return ngettext("Points live for %(count)d month.", "Points live for %(count)d months.", policy["months"]) % {
            "count": policy["months"]
        }
    if kind == "inactivity":
        return ngettext(
            "Points are lost after %(count)d month without a purchase.",
            "Points are lost after %(count)d months without a purchase.",
            policy["months"],
        ) % {"count": policy["months"]}
    return period_end(kind, policy["after"])


def period_end(kind: str, after: int) -> str:
    """Points that end with a month or a year."""
    if kind == "end_of_month":
        return ngettext(
            "Points live to the end of their month and %(count)d more month.",
            "Points live to the end of their month and %(count)d more months.",
            after,
        ) % {"count": after}
    return ngettext(
        "Points live to the end of their year and %(count)d more year.",
        "Points live to the end of their year and %(count)d more years.",
        after,
    ) % {"count": after}


def clawback(policy: str, kind: str = Kind.POINTS) -> str:
    """What a return does to what was spent."""
    if kind != Kind.POINTS:
        if policy == "clamp":
            return _("A return takes back what it earned, as far as it is still there.")
        return _("A return takes back what it earned; what was spent already is taken from what is earned next.")
    if policy == "clamp":
        return _("A return takes its points back, as far as they are still there.")
    return _("A return takes its points back; what was spent already is taken from the next points.")


def life_of_units(policy: dict) -> str:
    """Until when stamps or cashback can be spent."""
    kind = policy["kind"]
    if kind == "never":
        return _("What is earned never expires.")
    if kind == "days":
        said = ngettext(
            "What is earned lives for %(count)d day.", "What is earned lives for %(count)d days.", policy["days"]
        )
        return said % {"count": policy["days"]}
    if kind == "months":
        said = ngettext(
            "What is earned lives for %(count)d month.", "What is earned lives for %(count)d months.", policy["months"]
        )
        return said % {"count": policy["months"]}
    if kind == "inactivity":
        said = ngettext(
            "What is earned is lost after %(count)d month without a purchase.",
            "What is earned is lost after %(count)d months without a purchase.",
            policy["months"],
        )
        return said % {"count": policy["months"]}
    if kind == "end_of_month":
        said = ngettext(
            "What is earned lives to the end of its month and %(count)d more month.",
            "What is earned lives to the end of its month and %(count)d more months.",
            policy["after"],
        )
    else:
        said = ngettext(
            "What is earned lives to the end of its year and %(count)d more year.",
            "What is earned lives to the end of its year and %(count)d more years.",
            policy["after"],
        )
    return said % {"count": policy["after"]}
