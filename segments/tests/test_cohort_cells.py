"""Kept cells hold after every step, whether or not anybody settled them: they equal what is counted from the months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import profiles
from customers import purchases as verbs
from customers.models import Customer, CustomerActivity, LostActivity, Purchase, Refund
from customers.tests import factories
from segments import cohorts
from segments.cohorts import cells as module
from segments.cohorts.cells import cells, counted, kept
from segments.models import CohortCell, CohortMember, Resolution

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 12, tzinfo=UTC)
MONTH, QUARTER = Resolution.MONTH, Resolution.QUARTER
JAN, FEB, APRIL, JULY = (date(2026, month, 1) for month in (1, 2, 4, 7))


@pytest.fixture
def shop():
    return factories.merchant()


def buys(shop, buyer, *days, amount=1000):
    """A purchase so many days after START, for each."""
    return [factories.purchase(shop, buyer, amount=amount, at=START + timedelta(days=number)) for number in days]


def kept_rows(shop):
    """What stands in the table of cells, without the empty ones."""
    found = CohortCell.objects.filter(merchant=shop).exclude(buyers=0, net_value=0)
    return sorted(found.values_list("resolution", "cohort", "period", "buyers", "net_value"))


def test_two_customers_in_months_and_quarters(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    buys(shop, ana, 0, 5, 40, 100)
    buys(shop, ben, 35)

    cohorts.settle(merchant=shop)

    assert kept_rows(shop) == [
        ("month", JAN, JAN, 1, 2000), ("month", JAN, FEB, 1, 1000), ("month", JAN, APRIL, 1, 1000),
        ("month", FEB, FEB, 1, 1000),
        ("quarter", JAN, JAN, 2, 4000), ("quarter", JAN, APRIL, 1, 1000),
    ]  # fmt: skip


def test_a_quarter_counts_somebody_once_however_often_they_came(shop):
    buys(shop, factories.customer(shop), 0, 35, 65)

    assert cells(shop, QUARTER) == counted(shop, QUARTER) == {JAN: {JAN: (1, 3000)}}


def test_who_bought_since_the_settling_is_in_the_figures_at_once(shop):
    ana = factories.customer(shop)
    buys(shop, ana, 0)
    cohorts.settle(merchant=shop)

    buys(shop, ana, 40)
    buys(shop, factories.customer(shop), 41)

    assert cells(shop) == {JAN: {JAN: (1, 1000), FEB: (1, 1000)}, FEB: {FEB: (1, 1000)}}


def test_an_older_receipt_moves_its_customer_to_an_older_cohort(shop):
    ana = factories.customer(shop)
    buys(shop, ana, 100)
    cohorts.settle(merchant=shop)

    buys(shop, ana, 0)

    assert nonempty(cells(shop)) == {JAN: {JAN: (1, 1000), APRIL: (1, 1000)}}
    cohorts.settle(merchant=shop)
    assert nonempty(kept(shop, MONTH)) == {JAN: {JAN: (1, 1000), APRIL: (1, 1000)}}


def test_a_card_that_is_gone_is_taken_out(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    [bought] = buys(shop, ana, 0)
    buys(shop, ben, 0)
    cohorts.settle(merchant=shop)

    verbs.forget(merchant=shop, customers=[ana.pk])
    profiles.forget(customers=[ana.pk])

    assert cells(shop) == {JAN: {JAN: (1, 1000)}}
    cohorts.settle(merchant=shop)
    assert kept_rows(shop) == [("month", JAN, JAN, 1, 1000), ("quarter", JAN, JAN, 1, 1000)]
    assert (CohortMember.objects.count(), LostActivity.objects.count()) == (1, 0)


def test_settling_again_changes_nothing(shop):
    buys(shop, factories.customer(shop), 0, 40)
    assert list(cohorts.unsettled()) == [shop]
    assert cohorts.settle(merchant=shop) == 1
    before = kept_rows(shop)

    assert cohorts.settle(merchant=shop) == 0

    assert kept_rows(shop) == before
    assert list(cohorts.unsettled()) == []
    assert CustomerActivity.objects.get().settled


def test_with_many_who_are_not_settled_all_are_counted(shop, monkeypatch):
    monkeypatch.setattr(module, "MANY", 1)
    for __ in range(3):
        buys(shop, factories.customer(shop), 0, 40)

    assert cells(shop) == {JAN: {JAN: (3, 3000), FEB: (3, 3000)}}


@pytest.mark.parametrize("number", [1, 30])
def test_cells_cost_the_same_for_one_and_for_many(shop, django_assert_num_queries, number):
    for __ in range(number):
        buys(shop, factories.customer(shop), 0, 40)

    with django_assert_num_queries(2):
        cells(shop)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["buy", "buy", "buy", "refund", "return", "void", "move", "settle"]),
        st.integers(0, 2),  # who
        st.integers(0, 250),  # day
        st.integers(0, 2_000),  # minor units
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_kept_cells_equal_counted_ones_after_any_history(steps):
    Customer.objects.all()  # opens the test's connection before the first example
    shop = factories.merchant(f"h{next(factories.NUMBERS)}")
    people = [factories.customer(shop) for __ in range(3)]

    for kind, who, day, amount in steps:
        play(shop, people, kind, who, START + timedelta(days=day), amount)
        for resolution in Resolution.values:
            assert nonempty(kept(shop, resolution)) == nonempty(counted(shop, resolution))
    cohorts.settle(merchant=shop)
    told = {(resolution, *cell) for resolution in (MONTH, QUARTER) for cell in flat(counted(shop, resolution))}
    assert set(kept_rows(shop)) == told


def nonempty(found):
    """Cells without the empty ones, which say the same."""
    filled = {of: {period: sums for period, sums in row.items() if any(sums)} for of, row in found.items()}
    return {of: row for of, row in filled.items() if row}


def flat(found):
    return {(of, period, *sums) for of, row in nonempty(found).items() for period, sums in row.items()}


def play(shop, people, kind, who, at, amount):
    """One step of a shop's history."""
    person = people[who]
    if kind == "settle":
        cohorts.settle(merchant=shop)
    elif kind == "buy":
        factories.purchase(shop, person, amount=amount, at=at)
    elif kind == "return" and amount:
        factories.refund(shop, buyer=person, amount=amount, at=at)
    elif bought := Purchase.objects.standing().filter(customer=person).order_by("pk").first():
        if kind == "refund" and 0 < amount <= bought.remaining:
            factories.refund(shop, bought, amount=amount, at=at)
        elif kind == "void":
            verbs.void(merchant=shop, purchase_id=bought.pk, at=at)
        elif kind == "move" and not Refund.objects.filter(purchase=bought).exists():
            verbs.move(merchant=shop, purchase_id=bought.pk, customer_id=people[who - 1].pk)
