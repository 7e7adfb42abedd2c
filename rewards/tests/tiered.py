"""What tests of tiers share: programs with tiers, purchases in few words, and what members hold."""

from datetime import timedelta

from customers.merchants.models import Merchant
from customers.models import Customer
from rewards import tiers
from rewards.models import Judgement, Membership, Program, TierChange
from rewards.tests import factories
from rewards.tests.factories import AT
from rewards.tests.ladders import FRIEND

DAY = timedelta(days=1)


def promise(shop: Merchant, *, levels=FRIEND, basis="spend", months=12, grace=30, **fields) -> Program:
    """A running program with tiers that has long begun."""
    policy = {"basis": basis, "window_months": months, "grace_days": grace}
    return factories.program(shop, tiers=levels, tier_policy=policy, starts_at=AT - 900 * DAY, **fields)


def ladder(*thresholds: int) -> list[dict]:
    return [{"name": f"t{number}", "threshold": threshold} for number, threshold in enumerate(thresholds)]


def buy(shop: Merchant, who: Customer, amount: int, at=AT, **more):
    return factories.judged(shop, who, amount=amount, at=at, **more)


def points(*purchases) -> list[int]:
    found = dict(Judgement.objects.standing().values_list("purchase", "points"))
    return [found[one.pk] for one in purchases]


def tier(who: Customer, at=AT, now=None) -> str | None:
    member = Membership.objects.get(customer=who)
    return tiers.tiers_at([member], at=at, now=now or at)[member.pk]


def changes(who: Customer) -> list[tuple]:
    found = TierChange.objects.filter(membership__customer=who).order_by("pk")
    return [(one.from_tier, one.to_tier, one.at, one.cause) for one in found]


def proven(at=AT) -> bool:
    return list(tiers.differences(at=at)) == []
