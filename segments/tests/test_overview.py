from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import activity
from customers.models import Customer
from customers.tests import factories
from segments.overview import (
    half_up,
    overview,
    people_from_purchases,
    people_from_rollup,
    worth_from_purchases,
    worth_from_rollup,
)

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)
FIGURES = ("customers", "purchases", "anonymous_purchases", "revenue", "anonymous_revenue", "average_purchase")


@pytest.fixture
def shop():
    return factories.merchant()


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def days_ago(days: int) -> datetime:
    return noon(DAY - timedelta(days=days))


def said(shop, *, as_of: date = DAY) -> tuple:
    """The figures of sales."""
    found = overview(shop, as_of=as_of).figures()
    return tuple(found[name] for name in FIGURES)


def test_empty_shop_has_nothing_to_divide_by(shop):
    assert overview(shop, as_of=DAY).figures() == {
        "customers": 0,
        "purchases": 0,
        "anonymous_purchases": 0,
        "revenue": 0,
        "anonymous_revenue": 0,
        "average_purchase": None,
        "repeat_customers": 0,
        "repeat_rate": None,
        "lapsed_30d": 0,
        "lapsed_60d": 0,
        "lapsed_90d": 0,
        "lapsed_30d_rate": None,
        "lapsed_60d_rate": None,
        "lapsed_90d_rate": None,
        "top_20_share": None,
        "top_10_share": None,
        "median_gap_days": None,
    }


def test_every_figure_has_a_definition(shop):
    found = overview(shop, as_of=DAY)

    assert set(found.definitions) == set(found.figures())


def test_three_customers_and_an_anonymous_sale(shop):
    ana, ben, cleo = (factories.customer(shop) for __ in range(3))
    for days, buyer, amount in [(100, ana, 1000), (95, ana, 3000), (61, ben, 2000), (0, cleo, 500), (0, cleo, 501)]:
        factories.purchase(shop, buyer, amount=amount, at=days_ago(days))
    factories.purchase(shop, amount=9000, at=days_ago(5))

    found = overview(shop, as_of=DAY).figures()

    assert found == {
        "customers": 3,
        "purchases": 6,
        "anonymous_purchases": 1,
        "revenue": 16001,
        "anonymous_revenue": 9000,
        "average_purchase": 2667,
        "repeat_customers": 2,
        "repeat_rate": 2 / 3,
        "lapsed_30d": 2,
        "lapsed_60d": 2,
        "lapsed_90d": 1,
        "lapsed_30d_rate": 2 / 3,
        "lapsed_60d_rate": 2 / 3,
        "lapsed_90d_rate": 1 / 3,
        "top_20_share": 4000 / 7001,
        "top_10_share": 4000 / 7001,
        "median_gap_days": 5.0,
    }


@pytest.mark.parametrize(("days", "lapsed"), [(30, 0), (31, 1)])
def test_lapsed_is_more_than_so_many_days(shop, days, lapsed):
    factories.purchase(shop, factories.customer(shop), at=days_ago(days))

    assert overview(shop, as_of=DAY).lapsed_30d == lapsed


def test_refund_lowers_revenue_and_a_whole_one_is_no_purchase(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    kept = factories.purchase(shop, ana, amount=1000, at=days_ago(40))
    gone = factories.purchase(shop, ben, amount=700, at=days_ago(40))
    factories.refund(shop, kept, amount=300)
    factories.refund(shop, gone, amount=700)

    assert said(shop) == (1, 1, 0, 700, 0, 700)


def test_a_purchase_of_nothing_counts(shop):
    factories.purchase(shop, factories.customer(shop), amount=0, at=days_ago(1))

    assert said(shop) == (1, 1, 0, 0, 0, 0)


def test_return_without_purchase_lowers_value_only(shop):
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=1000, at=days_ago(2))
    factories.refund(shop, buyer=ana, amount=400, at=days_ago(1))

    assert said(shop) == (1, 1, 0, 600, 0, 600)


def test_return_of_somebody_who_never_bought_lowers_revenue(shop):
    factories.purchase(shop, factories.customer(shop), amount=1000, at=days_ago(2))
    factories.refund(shop, buyer=factories.customer(shop), amount=1400, at=days_ago(1))

    assert said(shop) == (1, 1, 0, -400, 0, -400)


def test_anonymous_refunds_and_returns_lower_the_anonymous_share(shop):
    sale = factories.purchase(shop, amount=1000, at=days_ago(3))
    factories.purchase(shop, amount=200, at=days_ago(3))
    factories.refund(shop, sale, amount=1000)
    factories.refund(shop, amount=50, at=days_ago(1))

    assert said(shop) == (0, 1, 1, 150, 150, 150)


def test_other_shops_are_not_counted(shop):
    other = factories.merchant("b")
    factories.purchase(other, factories.customer(other))
    factories.purchase(other)

    assert said(shop) == (0, 0, 0, 0, 0, None)


def test_an_earlier_day_is_the_shop_until_then(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    factories.purchase(shop, ana, amount=1000, at=days_ago(50))
    factories.purchase(shop, ana, amount=2000, at=days_ago(10))
    factories.purchase(shop, ben, amount=4000, at=days_ago(10))
    factories.refund(shop, buyer=ana, amount=1, at=days_ago(9))
    factories.purchase(shop, amount=8000, at=days_ago(10))

    found = overview(shop, as_of=DAY - timedelta(days=20))

    assert said(shop, as_of=DAY - timedelta(days=20)) == (1, 1, 0, 1000, 0, 1000)
    assert (found.repeat_rate, found.lapsed_30d, found.top_20_share, found.median_gap_days) == (0.0, 0, 1.0, None)


def test_a_later_refund_belongs_to_its_purchase(shop):
    bought = factories.purchase(shop, factories.customer(shop), amount=1000, at=days_ago(50))
    factories.refund(shop, bought, amount=300, at=days_ago(1))

    assert said(shop, as_of=DAY - timedelta(days=20)) == (1, 1, 0, 700, 0, 700)


def test_a_day_ends_at_the_shops_midnight(shop):
    ana = factories.customer(shop)
    factories.purchase(shop, ana, at=datetime(2026, 3, 9, 22, 59, 59, tzinfo=UTC))
    factories.purchase(shop, ana, at=datetime(2026, 3, 9, 23, 0, 0, tzinfo=UTC))

    assert overview(shop, as_of=date(2026, 3, 9)).purchases == 1
    assert overview(shop, as_of=date(2026, 3, 10)).purchases == 2


def test_a_day_of_a_shop_west_of_greenwich_ends_later():
    shop = factories.merchant(timezone="America/New_York", country="US", currency="USD")
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 3, 10, 3, 59, tzinfo=UTC))

    assert overview(shop, as_of=date(2026, 3, 9)).purchases == 1


def test_leap_day_is_a_day(shop):
    ana = factories.customer(shop)
    for day in (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)):
        factories.purchase(shop, ana, at=noon(day))

    found = overview(shop, as_of=date(2024, 3, 30))

    assert (found.median_gap_days, found.lapsed_30d) == (1.0, 0)
    assert overview(shop, as_of=date(2024, 3, 31)).lapsed_30d == 0
    assert overview(shop, as_of=date(2024, 4, 1)).lapsed_30d == 1


def test_median_gap_of_an_even_number_lies_between(shop):
    ana = factories.customer(shop)
    for days in (10, 9, 5):
        factories.purchase(shop, ana, at=days_ago(days))

    assert overview(shop, as_of=DAY).median_gap_days == 2.5


@pytest.mark.parametrize(
    ("total", "count", "average"),
    [(5, 2, 3), (4, 3, 1), (-5, 2, -3), (-4, 3, -1), (-1, 2, -1), (0, 3, 0), (7, 0, None)],
)
def test_half_up_rounds_halves_away_from_nothing(total, count, average):
    assert half_up(total, count) == average


# Who buys how many days ago for how much, and what comes back of that: nothing, half, or all.
HISTORIES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 120), st.integers(0, 5000), st.sampled_from([0, 1, 2])), max_size=30
)


def record(history) -> tuple:
    """A shop with that history, and its counted purchases as (customer, day, net value)."""
    shop = factories.merchant(f"s{next(factories.NUMBERS)}")
    buyers = [factories.customer(shop) for __ in range(6)]
    counted = []
    for who, days, amount, back in history:
        bought = factories.purchase(shop, buyers[who], amount=amount, at=days_ago(days))
        refunded = amount * back // 2
        if refunded:
            factories.refund(shop, bought, amount=refunded, at=days_ago(0))
        if refunded < amount or amount == 0:
            counted.append((buyers[who].pk, DAY - timedelta(days=days), amount - refunded))
    return shop, counted


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_median_gap_and_shares_are_those_of_plain_python(history):
    shop, counted = record(history)
    days, worth = defaultdict(set), defaultdict(int)
    for customer, day, value in counted:
        days[customer].add(day)
        worth[customer] += value
    gaps = [(b - a).days for found in days.values() for a, b in zip(sorted(found), sorted(found)[1:], strict=False)]
    best = sorted(worth.values(), reverse=True)
    total = sum(best)

    found = overview(shop, as_of=DAY)

    assert found.median_gap_days == (median(gaps) if gaps else None)
    assert found.top_20_share == (sum(best[: -(-len(best) // 5)]) / total if total else None)
    assert found.top_10_share == (sum(best[: -(-len(best) // 10)]) / total if total else None)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_rollup_and_purchases_say_the_same(history):
    shop, counted = record(history)
    buyer = Customer.objects.filter(merchant=shop).order_by("pk").first()
    factories.refund(shop, buyer=buyer, amount=7, at=days_ago(0))
    if buyer.pk not in {customer for customer, __, __ in counted}:
        activity.refresh(merchant=shop, customers=[buyer.pk])
    names = ("customer", "last_on", "purchases", "net_value")

    rollup = sorted(people_from_rollup(shop).values_list(*names))
    raw = sorted(people_from_purchases(shop, DAY).values_list(*names))

    assert rollup == raw
    assert worth_from_rollup(shop) == worth_from_purchases(shop, DAY)
