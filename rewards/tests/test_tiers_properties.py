"""Random purchases, refunds and lapses of time: what is stored is always what the slow model says."""

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Purchase
from customers.tests import factories as shops
from rewards import tiers
from rewards.models import Membership
from rewards.tests import factories
from rewards.tests.factories import AT
from rewards.tests.ladders import event, ladder, slow

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SHOPS = count()
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 3000)),
        st.tuples(st.just("late"), st.integers(0, 3000)),
        st.tuples(st.just("refund"), st.integers(1, 3000)),
        st.tuples(st.just("wait"), st.integers(1, 70)),
        st.tuples(st.just("book"), st.just(0)),
    ),
    min_size=1,
    max_size=9,
)
VALUES = {"spend": lambda one: one.remaining, "visits": lambda one: 1, "points": lambda one: one.remaining // 100}
LEVELS = {"spend": (0, 1500, 4000), "visits": (0, 2, 3), "points": (0, 15, 40)}


def act(shop, ana, kind, number, now):
    """One step of a life."""
    if kind in {"buy", "late"}:
        factories.judged(shop, ana, amount=number, at=now - 40 * DAY if kind == "late" else now)
    elif kind == "refund":
        newest = Purchase.objects.filter(customer=ana).order_by("-pk").first()
        if newest and newest.remaining:
            factories.returned(shop, newest, amount=min(number, newest.remaining), at=now)
    elif kind == "book":
        tiers.book(at=now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, basis=st.sampled_from(sorted(LEVELS)), grace=st.sampled_from([0, 20]))
def test_any_life_holds_what_the_slow_model_says(steps, basis, grace):
    shop = shops.merchant(f"s{next(SHOPS)}")
    known = ladder(*LEVELS[basis], months=1, grace=grace, basis=basis)
    levels = [{"name": tier.name, "threshold": tier.threshold} for tier in known.tiers]
    policy = {"basis": basis, "window_months": 1, "grace_days": grace}
    factories.program(shop, tiers=levels, tier_policy=policy, starts_at=AT - 100 * DAY)
    ana, now = factories.member(shop), AT

    for kind, number in steps:
        now += timedelta(days=number) if kind == "wait" else timedelta(minutes=1)
        act(shop, ana, kind, number, now)

        bought = Purchase.objects.filter(customer=ana).counted()
        events = [event(one.occurred_at, VALUES[basis](one)) for one in bought]
        member = Membership.objects.get(customer=ana)
        assert member.tier_at(now)[0] == slow(events, now, known)
        assert member.tier_at(now + 45 * DAY)[0] == slow(events, now + 45 * DAY, known)
        assert list(tiers.differences(shop, at=now)) == []
