"""What a member can take now, what not yet and why, and how long it will take."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.templatetags.ficha import points as written
from rewards import ledger
from rewards.models import Membership, Reward
from rewards.models.rewards import RewardStatus

from . import basket
from .pace import Pace, paces
from .standing import Standing, gather


@dataclass(slots=True)
class Option:
    """A reward as one member finds it.

    `reason` is empty where it can be taken now, otherwise window, audience, tier, stock, limit or insufficient_points.
    `missing` points come in `days_to_reach` days at the member's pace (None: nothing is earned). `left` is its stock
    (None: no end).
    """

    reward: Reward
    membership: Membership
    reason: str | None
    missing: int
    days_to_reach: int | None
    left: int | None

    @property
    def eligible(self) -> bool:
        """Whether it can be taken now."""
        return self.reason is None

    @property
    def staff_message(self) -> str:
        """What somebody at the counter says about it."""
        return SAID[self.reason](self)


def short(option: Option) -> str:
    """So much is missing, and how long that takes."""
    missing = written(option.missing, option.reward.program.unit)
    if option.days_to_reach is None:
        return _("%(missing)s short.") % {"missing": missing}
    days = ngettext("%(days)d day", "%(days)d days", option.days_to_reach) % {"days": option.days_to_reach}
    return _("%(missing)s short, about %(days)s at this customer's pace.") % {"missing": missing, "days": days}


def limited(option: Option) -> str:
    """As many as the limit allows, in its period."""
    said = {
        "day": _("Taken as often as allowed today."),
        "week": _("Taken as often as allowed this week."),
        "month": _("Taken as often as allowed this month."),
        "year": _("Taken as often as allowed this year."),
        "ever": _("Taken as often as allowed."),
    }
    return said[option.reward.limit_period]


SAID = {
    None: lambda option: _("Can be redeemed now."),
    "insufficient_points": short,
    "window": lambda option: _("Not offered at the moment."),
    "audience": lambda option: _("For some customers only, and not for this one."),
    "tier": lambda option: _("For %(tiers)s only.") % {"tiers": ", ".join(option.reward.tiers)},
    "stock": lambda option: _("None left."),
    "limit": limited,
}


def options(*, membership: Membership, at: datetime, amount: int | None = None) -> list[Option]:
    """Every reward that is offered in a member's program, in menu order (nine queries at most, however many there are).

    With `amount` (minor units) the points count that a purchase of it would earn at once, where the program lets them
    be used in the same purchase.
    """
    return options_of([membership], at=at, amount=amount)[membership.pk]


def options_of(members: Iterable[Membership], *, at: datetime, amount: int | None = None) -> dict[int, list[Option]]:
    """`options` of several memberships of one shop, by their keys: the same number of queries."""
    members = list(
        Membership.objects.filter(pk__in=[one.pk for one in members]).select_related("program__merchant").order_by("pk")
    )
    rewards = list(
        Reward.objects.filter(program__in={one.program_id for one in members}, status=RewardStatus.ACTIVE)
        .select_related("program", "audience")
        .order_by("position", "pk")
    )
    if not rewards:
        return {one.pk: [] for one in members}
    accounts = {one.account_id for one in members}
    held, speeds = ledger.balances(accounts, at=at, now=at), paces(accounts, at=at)
    found = gather(members[0].program.merchant, members, rewards, at=at)
    coming = {one.pk: basket.coming(one, rewards, amount, at=at) for one in members} if amount is not None else {}
    return {
        one.pk: [
            option(reward, one, found, held[one.account_id].available + coming.get(one.pk, {}).get(reward.pk, 0),
                   speeds.get(one.account_id, Pace()))
            for reward in rewards
            if reward.program_id == one.program_id
        ]
        for one in members
    }  # fmt: skip


def option(reward: Reward, member: Membership, found: Standing, available: int, pace: Pace) -> Option:
    """One reward for one member who has points available."""
    missing = max(reward.cost - available, 0) if reward.cost else 0
    reason = found.reason(reward, member) or ("insufficient_points" if missing else None)
    return Option(reward, member, reason, missing, pace.days_to(missing), found.left(reward))


def next_reward(found: Iterable[Option]) -> Option | None:
    """The nearest reward among options that only points are missing for: of each program the one with the fewest, and
    of those the one of which the smallest part is missing.
    """
    nearest: dict[int, Option] = {}
    for one in found:
        best = nearest.get(one.membership.pk)
        if one.reason == "insufficient_points" and (best is None or one.missing < best.missing):
            nearest[one.membership.pk] = one
    return min(nearest.values(), key=lambda one: Fraction(one.missing, one.reward.cost), default=None)
