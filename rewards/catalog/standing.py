"""What decides whether somebody may take a reward, gathered for many at once; the decision itself is pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from customers import audiences
from customers.merchants.models import Merchant
from rewards import expiry
from rewards.models import Membership, Redemption, Reward
from rewards.models.rewards import LimitPeriod, RewardStatus
from rewards.rules import period_start


@dataclass(slots=True)
class Standing:
    """What is known at a moment of some members and rewards.

    `taken` counts by membership and reward (keys) what stands in the current period of the reward's limit, `lists`
    names the audiences (ids) of a customer, `lapsed` what holds that are over had set aside of a reward's stock.
    """

    at: datetime
    taken: Counter[tuple[int, int]] = field(default_factory=Counter)
    lists: dict[int, frozenset[str]] = field(default_factory=dict)
    lapsed: dict[int, int] = field(default_factory=dict)

    def left(self, reward: Reward) -> int | None:
        """What is left of a reward; None for no end."""
        return None if reward.stock is None else reward.stock + self.lapsed.get(reward.pk, 0)

    def reason(self, reward: Reward, member: Membership, quantity: int = 1) -> str | None:
        """Why a member may not take so many, points apart: window, audience, tier, stock or limit; None if they may."""
        tier = member.tier_at(self.at)[0]
        if not is_open(reward, tier, self.at) or is_closed(member, self.at):
            return "window"
        if reward.audience and reward.audience.public_id not in self.lists.get(member.customer_id, ()):
            return "audience"
        if reward.tiers and tier not in reward.tiers:
            return "tier"
        left = self.left(reward)
        if left is not None and left < quantity:
            return "stock"
        if reward.per_customer and self.taken[member.pk, reward.pk] + quantity > reward.per_customer:
            return "limit"
        return None


def is_open(reward: Reward, tier: str | None, at: datetime) -> bool:
    """Whether a reward is offered at a moment to somebody of a tier."""
    if reward.status != RewardStatus.ACTIVE or (reward.ends_at and reward.ends_at <= at):
        return False
    early = reward.early_at and reward.early_at <= at and tier in reward.early_tiers
    return reward.starts_at is None or reward.starts_at <= at or bool(early)


def is_closed(member: Membership, at: datetime) -> bool:
    """Whether the last spending day of the member's program is over."""
    until = member.program.spendable_until
    return until is not None and until <= at


def gather(
    merchant: Merchant, members: Iterable[Membership], rewards: Iterable[Reward], *, at: datetime, lapsed: bool = True
) -> Standing:
    """What decides about members (with `program`) and rewards (with `audience`): three queries at most.

    Nothing is asked that no reward needs.
    """
    members, rewards = list(members), list(rewards)
    found = Standing(at)
    if limited := [reward.pk for reward in rewards if reward.per_customer]:
        found.taken = taken(merchant, members, limited, at=at)
    if asked := {reward.audience.public_id for reward in rewards if reward.audience}:
        people = {member.customer_id for member in members}
        found.lists = audiences.memberships(merchant=merchant, audiences=asked, customers=people)
    if lapsed and (counted := [reward.pk for reward in rewards if reward.stock is not None]):
        over = Redemption.objects.lapsed(at).filter(reward__in=counted, from_stock=True)
        found.lapsed = dict(over.values_list("reward").annotate(Sum("quantity")).order_by())
    return found


def taken(merchant: Merchant, members: list[Membership], rewards: list[int], *, at: datetime) -> Counter:
    """What stands, and counts in the current local period of each reward's limit (one query)."""
    day = at.astimezone(ZoneInfo(merchant.timezone)).date()
    current = Q(reward__limit_period=LimitPeriod.EVER)
    for period in LimitPeriod:
        if period != LimitPeriod.EVER:
            start = expiry.midnight(period_start(period, day), merchant.timezone)
            current |= Q(reward__limit_period=period, redeemed_at__gte=start)
    standing = Redemption.objects.standing(at).filter(current, membership__in=members, reward__in=rewards)
    sums = standing.values_list("membership", "reward").annotate(Sum("quantity")).order_by()
    return Counter({(member, reward): quantity for member, reward, quantity in sums})
