"""The terms of a reward, checked: each part by itself, then those that belong together."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid, Missing
from rewards import benefits
from rewards.models import Program, Reward
from rewards.models.programs import Kind
from rewards.models.rewards import LimitPeriod, RewardStatus

LARGEST_COST, LARGEST_MONEY = 10**12, 10**12
LARGEST_COUNT, LONGEST_LIFE = 1_000_000, 3_650
LONGEST_NAME, LONGEST_DESCRIPTION = 100, 1_000
# What a change may name, and where it stands in the contract: refusals name that place.
PLACES = {
    "name": "name",
    "description": "description",
    "status": "status",
    "cost": "cost",
    "benefit": "benefit",
    "stock": "stock",
    "per_customer": "limits.per_customer",
    "limit_period": "limits.period",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "tiers": "tiers",
    "early_at": "early_access.starts_at",
    "early_tiers": "early_access.tiers",
    "audience": "audience",
    "unit_cost": "unit_cost",
    "perceived_value": "perceived_value",
    "voucher_days": "voucher_days",
}


class InvalidReward(Invalid):
    code = "invalid_reward"


class UnknownTier(Invalid):
    code = "unknown_tier"
    message = _("The program has no tier '%(tier)s'. Check its spelling.")


class UnknownAudience(Missing):
    code = "unknown_audience"
    message = _("This shop has no audience with that id.")


def count(least: int, most: int) -> Callable[[object], bool]:
    """Whether something is a whole number in a range."""
    return lambda value: type(value) is int and least <= value <= most


def text(least: int, most: int) -> Callable[[object], bool]:
    """Whether something is a text of a length, without the spaces around it."""
    return lambda value: isinstance(value, str) and least <= len(value.strip()) <= most and "\0" not in value


FITS = {
    "name": text(1, LONGEST_NAME),
    "description": text(0, LONGEST_DESCRIPTION),
    "status": lambda value: value in RewardStatus.values,
    "cost": count(0, LARGEST_COST),
    "stock": count(0, LARGEST_COUNT),
    "per_customer": count(1, LARGEST_COUNT),
    "limit_period": lambda value: value in LimitPeriod.values,
    "unit_cost": count(0, LARGEST_MONEY),
    "perceived_value": count(0, LARGEST_MONEY),
    "voucher_days": count(1, LONGEST_LIFE),
}
MAY_BE_EMPTY = {"stock", "per_customer", "unit_cost", "perceived_value", "voucher_days"}
SENTENCES = {
    "name": _("Give the reward a name of 1 to 100 characters."),
    "description": _("A description has at most 1,000 characters."),
    "status": _("A reward is a draft, active or archived."),
    "cost": _("A cost is a whole number from 0 to 1,000,000,000,000."),
    "stock": _("What is left is a whole number from 0 to 1,000,000. Leave it empty for no end."),
    "per_customer": _("A limit is a whole number from 1 to 1,000,000. Leave it empty for none."),
    "limit_period": _("A limit counts by day, week, month, year or ever."),
    "unit_cost": _("What one costs the shop is money, nothing or more. Leave it empty if you do not know."),
    "perceived_value": _("What one is worth is money, nothing or more. Leave it empty if you do not know."),
    "voucher_days": _("Days to use it are a whole number from 1 to 3,650. Leave it empty for no end."),
}


def check(reward: Reward, tiers: list[str]) -> None:
    """Refuse terms that could not be meant, of a program with these tiers.

    Raises InvalidReward, UnknownTier, UnknownAudience and benefits.InvalidBenefit, each with its place.
    """
    for name, fits in FITS.items():
        value = getattr(reward, name)
        if not (value is None and name in MAY_BE_EMPTY) and not fits(value):
            raise InvalidReward(SENTENCES[name], field=PLACES[name])
    benefits.check(reward.benefit, "benefit")
    check_cost(reward)
    check_window(reward)
    check_tiers(reward.tiers, tiers, "tiers")
    check_tiers(reward.early_tiers, tiers, "early_access.tiers")
    if reward.audience and reward.audience.merchant_id != reward.merchant_id:
        raise UnknownAudience(field="audience")


def check_cost(reward: Reward) -> None:
    """A membership has no points, so its rewards cost nothing."""
    if reward.program.kind == Kind.MEMBERSHIP and reward.cost:
        raise InvalidReward(_("A membership has no points, so its rewards cost 0."), field="cost")


def check_window(reward: Reward) -> None:
    """It ends after it starts, and early access comes before the start, for somebody."""
    if reward.starts_at and reward.ends_at and reward.ends_at <= reward.starts_at:
        raise InvalidReward(_("The end must come after the start."), field="ends_at")
    if bool(reward.early_at) != bool(reward.early_tiers):
        place = "early_access.tiers" if reward.early_at else "early_access.starts_at"
        raise InvalidReward(_("Early access needs both a start and the tiers that have it."), field=place)
    if reward.early_at and (reward.starts_at is None or reward.early_at >= reward.starts_at):
        raise InvalidReward(
            _("Early access begins before everybody's start. Set that start, and an earlier one here."),
            field="early_access.starts_at",
        )


def check_tiers(named: object, known: list[str], place: str) -> None:
    """Tiers that the program has, each once."""
    if not isinstance(named, list) or not all(isinstance(tier, str) for tier in named) or len(named) > len(set(named)):
        raise InvalidReward(_("Tiers are a list of names, each once."), field=place)
    for tier in named:
        if tier not in known:
            raise UnknownTier(values={"tier": tier}, field=place)


def tier_names(program: Program) -> list[str]:
    """The tiers of the program's last version, the lowest first (one query)."""
    return [tier["name"] for tier in program.versions.order_by("-number").values_list("tiers", flat=True)[0]]
