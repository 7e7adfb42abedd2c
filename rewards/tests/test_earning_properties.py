"""Random purchases and refunds under limits, against a slow and obvious model that looks at everything each time."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.tests import factories as shops
from rewards import earning, ledger
from rewards.models import Entry
from rewards.tests import factories
from rewards.tests.factories import AT
from rewards.tests.promises import rule

pytestmark = pytest.mark.django_db
DAYS = 40


@dataclass
class Sold:
    """A purchase in plain values, and what it was allowed when it was judged; 1 point for each full unit."""

    who: int
    day: int
    amount: int
    allowed: int | None
    back: int = 0

    @property
    def points(self) -> int:
        left = self.amount - self.back
        wanted = left // 100
        return wanted if self.allowed is None else min(wanted, self.allowed)


def same_period(period: str, one: int, other: int) -> bool:
    """Whether two days of the test lie in the same local period."""
    names = {"day": "%Y-%m-%d", "week": "%G-%V", "month": "%Y-%m", "year": "%Y", "ever": "-"}
    first, second = (AT + timedelta(days=day) for day in (one, other))
    return first.strftime(names[period]) == second.strftime(names[period])


def used(sold: list[Sold], period: str, day: int, who: int | None) -> tuple[int, int]:
    counting = [
        one for one in sold if one.points and same_period(period, one.day, day) and (who is None or one.who == who)
    ]
    return len(counting), sum(one.points for one in counting)


def allowance(sold: list[Sold], limits: dict, who: int, day: int) -> int | None:
    """What limits leave, in points; None for no bound."""
    bounds = []
    for scope, limit in limits.items():
        times, points = used(sold, limit["period"], day, who if scope == "per_customer" else None)
        if "times" in limit and times >= limit["times"]:
            bounds.append(0)
        if "points" in limit:
            bounds.append(max(limit["points"] - points, 0))
    return min(bounds, default=None)


LIMIT = st.builds(
    lambda kind, bound, period: {kind: bound, "period": period},
    st.sampled_from(["times", "points"]),
    st.integers(1, 12),
    st.sampled_from(["day", "week", "month", "year", "ever"]),
)
LIMITS = st.dictionaries(st.sampled_from(["per_customer", "total"]), LIMIT, min_size=1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 1), st.integers(0, DAYS), st.integers(0, 900)),
        st.tuples(st.just("return"), st.integers(0, 9), st.just(0), st.integers(1, 900)),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limits=LIMITS, steps=STEPS)
def test_limits_are_never_exceeded_over_any_sequence_of_purchases_and_refunds(limits, steps):
    shop = shops.merchant(f"u{next(shops.NUMBERS)}")
    factories.program(shop, rules=[rule(1, limits=limits)])
    people = [factories.member(shop), factories.member(shop)]
    sold, bought = [], []

    for kind, which, day, amount in steps:
        if kind == "buy":
            sold.append(Sold(which, day, amount, allowance(sold, limits, which, day)))
            bought.append(factories.judged(shop, people[which], amount=amount, at=AT + timedelta(days=day)))
        elif bought:
            one, row = sold[which % len(sold)], bought[which % len(sold)]
            amount = min(amount, one.amount - one.back)
            if amount:
                one.back += amount
                factories.returned(shop, row, amount=amount, at=AT + timedelta(days=DAYS))

        assert kept(shop, bought) == [one.points for one in sold]
        assert not [one for one in sold if exceeds(sold, limits, one)]
        assert [*ledger.differences(shop), *earning.differences(shop)] == []


def exceeds(sold: list[Sold], limits: dict, one: Sold) -> bool:
    """Whether more was used in the periods around a purchase than its limits allow."""
    for scope, limit in limits.items():
        times, points = used(sold, limit["period"], one.day, one.who if scope == "per_customer" else None)
        if times > limit.get("times", times) or points > limit.get("points", points):
            return True
    return False


def kept(shop, bought) -> list[int]:
    """The points that each purchase keeps."""
    sums = defaultdict(int)
    for purchase, points in Entry.objects.filter(merchant=shop).values_list("purchase", "points"):
        sums[purchase] += points
    return [sums[one.pk] for one in bought]
