"""Tiers, read from their JSON. What could not work is refused with a sentence and its place."""

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid
from rewards.expiry import InvalidPolicy
from rewards.rules.parsing import parse_factor
from rewards.rules.refusal import InvalidRule

from .terms import Ladder, Tier

BASES = ("spend", "points", "visits")
DEFAULT_POLICY = {"basis": "spend", "window_months": 12, "downgrade": "after_window", "grace_days": 30}
CHOICES = {"basis": BASES, "downgrade": ("after_window",)}
BOUNDS = {"window_months": (1, 120), "grace_days": (0, 365)}
PARTS = ("name", "threshold", "multiply", "perks")
MOST_TIERS, LONGEST_NAME, LARGEST_THRESHOLD = 20, 50, 10**12
MOST_PERKS, LONGEST_PERK = 20, 200


class InvalidTiers(Invalid):
    code = "invalid_tiers"


def parse(tiers: object, policy: object, zone: str) -> Ladder | None:
    """Read the tiers of a version and how they are reached and kept; None where there are none.

    Raises InvalidTiers and InvalidPolicy with the place named.
    """
    if not isinstance(tiers, list) or len(tiers) > MOST_TIERS:
        raise InvalidTiers(
            _("'tiers' is a list of at most %(most)d tiers, the lowest first."),
            values={"most": MOST_TIERS},
            field="tiers",
        )
    if not tiers:
        return None
    read = tuple(parse_one(tier, f"tiers[{place}]") for place, tier in enumerate(tiers))
    check_order(read)
    policy = check_policy(policy)
    return Ladder(read, policy["basis"], policy["window_months"], policy["grace_days"], zone)


def parse_one(tier: object, place: str) -> Tier:
    """Read one tier."""
    if not isinstance(tier, dict):
        raise InvalidTiers(_("A tier is an object with a name and a threshold."), field=place)
    check_known(tier, PARTS, place, InvalidTiers)
    name = tier.get("name")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise InvalidTiers(
            _("Give the tier a name of 1 to %(most)d characters."),
            values={"most": LONGEST_NAME},
            field=f"{place}.name",
        )
    threshold = tier.get("threshold")
    if type(threshold) is not int or not 0 <= threshold <= LARGEST_THRESHOLD:
        raise InvalidTiers(
            _("'threshold' is the whole number from which the tier is reached, from 0 to %(most)d."),
            values={"most": LARGEST_THRESHOLD},
            field=f"{place}.threshold",
        )
    return Tier(name.strip(), threshold, read_factor(tier, place), read_perks(tier.get("perks", []), f"{place}.perks"))


def read_factor(tier: dict, place: str):
    """By what the tier multiplies points; None where it does not."""
    if tier.get("multiply") is None:
        return None
    try:
        return parse_factor(tier["multiply"], f"{place}.multiply")
    except InvalidRule as refusal:
        raise InvalidTiers(refusal.message, values=refusal.values, field=refusal.field) from refusal


def read_perks(perks: object, place: str) -> tuple[str, ...]:
    """What else the tier brings, as people read it."""
    if (
        not isinstance(perks, list)
        or len(perks) > MOST_PERKS
        or not all(isinstance(one, str) and one.strip() and len(one) <= LONGEST_PERK for one in perks)
    ):
        raise InvalidTiers(
            _("'perks' is a list of at most %(most)d texts of 1 to %(length)d characters."),
            values={"most": MOST_PERKS, "length": LONGEST_PERK},
            field=place,
        )
    return tuple(one.strip() for one in perks)


def check_order(tiers: tuple[Tier, ...]) -> None:
    """Each tier has its own name and a higher threshold than the one before it."""
    seen: set[str] = set()
    for place, tier in enumerate(tiers):
        if tier.name.casefold() in seen:
            raise InvalidTiers(
                _("There are two tiers of the name '%(name)s'. Give each its own."),
                values={"name": tier.name},
                field=f"tiers[{place}].name",
            )
        seen.add(tier.name.casefold())
        if place and tier.threshold <= tiers[place - 1].threshold:
            raise InvalidTiers(
                _("Write the tiers from the lowest up: '%(name)s' must have a higher threshold than '%(before)s'."),
                values={"name": tier.name, "before": tiers[place - 1].name},
                field=f"tiers[{place}].threshold",
            )


def check_policy(policy: object) -> dict:
    """How tiers are reached and kept, with defaults; raises InvalidPolicy with the place named."""
    if policy is None:
        return dict(DEFAULT_POLICY)
    if not isinstance(policy, dict):
        raise InvalidPolicy(_('\'tier_policy\' is an object, such as {"basis": "spend"}.'), field="tier_policy")
    check_known(policy, tuple(DEFAULT_POLICY), "tier_policy", InvalidPolicy)
    for name, value in policy.items():
        place = f"tier_policy.{name}"
        if name in CHOICES and value not in CHOICES[name]:
            raise InvalidPolicy(
                _("'%(name)s' is one of: %(choices)s."),
                values={"name": name, "choices": ", ".join(CHOICES[name])},
                field=place,
            )
        if name in BOUNDS and (type(value) is not int or not BOUNDS[name][0] <= value <= BOUNDS[name][1]):
            least, most = BOUNDS[name]
            raise InvalidPolicy(
                _("'%(part)s' must be a whole number from %(least)d to %(most)d."),
                values={"part": name, "least": least, "most": most},
                field=place,
            )
    return {**DEFAULT_POLICY, **policy}


def check_known(given: dict, known: tuple[str, ...], place: str, refusal: type[Invalid]) -> None:
    """Refuse the first part that nobody knows, so that a typo never silently costs somebody a tier."""
    if unknown := sorted(set(given) - set(known), key=str):
        raise refusal(
            _("Tiers do not know '%(part)s' in this version. They know: %(known)s."),
            values={"part": unknown[0], "known": ", ".join(known)},
            code="unknown_field",
            field=f"{place}.{unknown[0]}",
        )


def base_of(tiers: list) -> str | None:
    """The tier that everybody holds from the start; None where the first has to be reached."""
    return tiers[0]["name"].strip() if tiers and tiers[0]["threshold"] == 0 else None
