"""Cohorts by what the first purchase was, by quarters, and beside other times: exact tables of small shops."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import purchases
from customers.models import Customer
from customers.purchases import LineDraft
from customers.tests import factories
from segments import second_visit
from segments.cohorts import By, Compare, by_first, in_group, retention, shifted, span
from segments.models import Resolution

pytestmark = pytest.mark.django_db
JAN, FEB, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))
QUARTER = Resolution.QUARTER
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def shop():
    return factories.merchant()


def on(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def said(found) -> list[tuple]:
    return [(one.name, one.size, one.bases, one.retained, one.revenue) for one in found.groups]


@pytest.fixture
def history(shop):
    """Two came first to the shop in January, one over the web in February; the last days of March are not on record."""
    ana, ben, cleo = (factories.customer(shop) for __ in range(3))
    for buyer, moment, channel, amount in [
        (ana, on(1, 5), "store", 1000),
        (ana, on(1, 5, 13), "web", 100),
        (ben, on(1, 20), "store", 500),
        (ana, on(2, 5), "web", 300),
        (cleo, on(2, 6), "web", 200),
        (cleo, on(3, 6), "store", 50),
    ]:
        factories.purchase(shop, buyer, amount=amount, at=moment, channel=channel)
    return [one.pk for one in (ana, ben, cleo)]


def test_groups_by_first_channel(shop, history):
    found = by_first(shop, by=By.CHANNEL)

    assert said(found) == [("store", 2, [2, 2, 2], [2, 1, 0], [1600, 300, 0]), ("web", 1, [1, 1], [1, 1], [200, 50])]
    assert (found.first, found.last, found.partial_month) == (JAN, MARCH, MARCH)
    assert found.groups[0].rates == [1.0, 0.5, 0.0]
    assert found.groups[0].worth == [800.0, 950.0, 950.0]


def test_groups_have_bounds(shop, history):
    assert said(by_first(shop, by=By.CHANNEL, since=FEB, until=FEB)) == [("web", 1, [1], [1], [200])]


def test_groups_by_quarter_count_somebody_once(shop, history):
    assert said(by_first(shop, by=By.CHANNEL, resolution=QUARTER)) == [
        ("store", 2, [2], [2], [1900]), ("web", 1, [1], [1], [250]),
    ]  # fmt: skip


def test_group_finds_its_customers(shop, history):
    ana, ben, cleo = history

    assert set(in_group(shop, by=By.CHANNEL, name="store").values_list("customer", flat=True)) == {ana, ben}
    assert set(in_group(shop, by=By.CHANNEL, name="web").values_list("customer", flat=True)) == {cleo}
    assert set(in_group(shop, by=By.LOCATION, name="").values_list("customer", flat=True)) == {ana, ben, cleo}


def test_a_receipt_belongs_to_what_cost_most_in_it(shop):
    lines = [
        LineDraft(name="Roll", category="Bread", amount=100), LineDraft(name="Cake", category="Sweet", amount=900),
    ]  # fmt: skip
    factories.purchase(shop, factories.customer(shop), amount=1000, at=on(1, 5), lines=lines)
    factories.purchase(shop, factories.customer(shop), amount=1000, at=on(1, 5))

    assert [(one.name, one.size) for one in by_first(shop, by=By.PRODUCT).groups] == [("", 1), ("Cake", 1)]
    assert [(one.name, one.size) for one in by_first(shop, by=By.CATEGORY).groups] == [("", 1), ("Sweet", 1)]


def test_empty_shop_has_no_groups(shop):
    assert by_first(shop, by=By.CHANNEL).groups == []


def test_cohorts_by_quarter(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    for buyer, month, amount in [(ana, 1, 100), (ana, 3, 50), (ben, 2, 7), (ben, 4, 5), (ana, 7, 1)]:
        factories.purchase(shop, buyer, amount=amount, at=on(month, 10))

    found = retention(shop, resolution=QUARTER)

    assert [(one.month, one.size, one.retained, one.revenue) for one in found.cohorts] == [
        (JAN, 2, [2, 1, 1], [157, 5, 1])
    ]
    assert (found.pooled, found.last, found.partial_month) == ([1.0, 0.5, 0.5], date(2026, 7, 1), date(2026, 7, 1))
    assert found.cohorts[0].worth == [157, 162, 163]


@pytest.mark.parametrize(("kind", "resolution", "bounds", "expected"), [
    (Compare.PREVIOUS, "month", (JAN, MARCH), (date(2025, 10, 1), date(2025, 12, 1))),
    (Compare.YEAR, "month", (JAN, MARCH), (date(2025, 1, 1), date(2025, 3, 1))),
    (Compare.PREVIOUS, "quarter", (JAN, APRIL), (date(2025, 7, 1), date(2025, 10, 1))),
    (Compare.YEAR, "quarter", (FEB, APRIL), (date(2025, 1, 1), date(2025, 4, 1))),
])  # fmt: skip
@pytest.mark.any_database
def test_both_ends_move(kind, resolution, bounds, expected):
    assert shifted(bounds, kind, resolution) == expected


def test_span_of_two_months(shop, history):
    cells = retention(shop).cells

    found = span(cells, (JAN, FEB))

    assert (found.new, found.again, found.returning, found.revenue) == (3, 0.5, 0.25, 2100)
    assert span(cells, (date(2025, 12, 1), FEB)) is None


def test_curve_of_the_second_visit_knows_who_still_waits(shop):
    days = {0: [0, 10], 1: [0, 20], 2: [5], 3: [15, 20]}
    for visits in days.values():
        buyer = factories.customer(shop)
        for number in visits:
            factories.purchase(shop, buyer, at=START + timedelta(days=number))

    found = second_visit.curve(shop, as_of=date(2026, 6, 1))

    assert (found.day, found.customers, found.returned, found.median) == (date(2026, 1, 21), 4, 3, 10)
    assert [(one.time, one.at_risk, one.events, round(one.share, 6)) for one in found.points] == [
        (5, 4, 1, 0.25), (10, 3, 1, 0.5), (20, 1, 1, 1.0),
    ]  # fmt: skip


def test_curve_of_the_past_knows_nothing_later(shop):
    buyer = factories.customer(shop)
    for number in (0, 10):
        factories.purchase(shop, buyer, at=START + timedelta(days=number))

    found = second_visit.curve(shop, as_of=date(2026, 1, 8))

    assert (found.customers, found.returned, found.points) == (1, 0, [])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 165), st.sampled_from(["store", "web"]), st.integers(0, 900)),
        max_size=20,
    )
)
def test_groups_equal_what_is_counted_from_bare_purchases(history):
    Customer.objects.all()
    shop = factories.merchant(f"g{next(factories.NUMBERS)}")
    people = [factories.customer(shop) for __ in range(5)]
    drafts = [
        factories.draft(people[who], amount=amount, at=START + timedelta(days=number, seconds=place), channel=channel)
        for place, (who, number, channel, amount) in enumerate(history)
    ]
    purchases.record(merchant=shop, drafts=drafts, at=START + timedelta(days=400))

    found = by_first(shop, by=By.CHANNEL)

    visits = defaultdict(list)
    for place, (who, number, channel, amount) in enumerate(history):
        visits[who].append((START.date() + timedelta(days=number), place, channel, amount))
    last = max((one[0].month for mine in visits.values() for one in mine), default=1)
    counted = {}
    for mine in visits.values():
        first, *__ = sorted(mine)
        sizes = counted.setdefault(first[2], defaultdict(lambda: [0, 0, 0]))
        for k in range(last - first[0].month + 1):
            month = [amount for day, __, __, amount in mine if day.month == first[0].month + k]
            sizes[k] = [old + new for old, new in zip(sizes[k], (1, bool(month), sum(month)), strict=True)]
    assert {one.name: list(zip(one.bases, one.retained, one.revenue, strict=True)) for one in found.groups} == {
        name: [tuple(sizes[k]) for k in range(len(sizes))] for name, sizes in counted.items()
    }
