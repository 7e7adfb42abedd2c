"""What customer value reads of a shop: days with a purchase, against a slow count, and what changes its memory."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import purchases
from customers.models import Purchase
from customers.tests import factories
from segments.clv import memory
from segments.clv.history import History, bounds, read
from segments.tests import shoppers
from segments.tests.shoppers import END

CUT = END - timedelta(days=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.merchant()


def at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def buys(shop, *ago: int, amount: int = 1000):
    """Somebody new who bought so many days before END."""
    buyer = factories.customer(shop)
    return buyer, [
        Purchase.objects.get(
            pk=factories.purchase(shop, buyer, amount=amount, at=at(END - timedelta(days=days))).pk
        )
        for days in ago
    ]  # fmt: skip


def seen(shop) -> list[tuple]:
    """x, recency, age and spending of each customer at the end."""
    people = read(shop, cut=CUT, end=END).until_end()
    return [tuple(map(int, one)) for one in zip(people.x, people.recency, people.age, people.spent, strict=True)]


def assert_same(one: History, other: History):
    for name in ("keys", "first", "days", "last", "spent"):
        assert np.array_equal(np.array(getattr(one, name)), np.array(getattr(other, name))), name


def test_several_purchases_on_a_day_are_one_visit_and_the_first_day_is_left_out(shop):
    buys(shop, 40, 40, 12, 12, 5, amount=700)

    assert seen(shop) == [(2, 35, 40, 2100)]


def test_days_are_those_of_the_shop(shop):
    """Half past eleven at night in Madrid is the same day there, whatever day it is in UTC."""
    buyer = factories.customer(shop)
    for moment in (datetime(2026, 6, 1, 21, 30, tzinfo=UTC), datetime(2026, 6, 1, 22, 30, tzinfo=UTC)):
        factories.purchase(shop, buyer, at=moment)

    assert seen(shop) == [(1, 1, 29, 1000)]


def test_what_came_back_whole_was_no_visit(shop):
    __, (__, middle, last) = buys(shop, 40, 20, 10)

    factories.refund(shop, middle, amount=1000)
    factories.refund(shop, last, amount=400)

    assert seen(shop) == [(1, 30, 40, 600)]


def test_void_purchase_was_no_visit(shop):
    __, (first, *__) = buys(shop, 40, 20, 10)

    purchases.void(merchant=shop, purchase_id=first.pk, at=at(END))

    assert seen(shop) == [(1, 10, 20, 1000)]


def test_return_without_a_purchase_lowers_spending_alone(shop):
    buyer, __ = buys(shop, 40, 20)
    nobody = factories.customer(shop)
    for person, amount, days in [(buyer, 300, 15), (buyer, 100, 40), (nobody, 50, 3)]:
        factories.refund(shop, buyer=person, amount=amount, at=at(END - timedelta(days=days)))

    assert seen(shop) == [(1, 20, 40, 700)]


def test_more_brought_back_than_bought_is_nothing_spent(shop):
    buyer, __ = buys(shop, 40, 20)
    factories.refund(shop, buyer=buyer, amount=5000, at=at(END))

    assert seen(shop) == [(1, 20, 40, 0)]


def test_anonymous_sales_and_other_shops_are_nobodys(shop):
    factories.purchase(shop, None, at=at(END))
    buys(factories.merchant("b"), 10, 5)

    assert seen(shop) == []
    assert bounds(shop) is None


def test_customers_of_the_middle_are_as_they_stood_then(shop):
    buys(shop, 40, 35, 20, 10)
    buys(shop, 5)

    found = read(shop, cut=CUT, end=END)

    middle = found.until_cut()
    assert [int(column[0]) for column in (middle.x, middle.recency, middle.age, middle.spent)] == [1, 5, 10, 1000]
    assert list(found.later()) == [2]
    assert bounds(shop) == (END - timedelta(days=40), END - timedelta(days=5))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 60), st.integers(0, 5000)), min_size=1, max_size=15
    )
)  # fmt: skip
def test_any_history_is_that_of_a_slow_count(shop, history):
    people = {number: factories.customer(shop) for number in sorted({one[0] for one in history})}
    known = [(people[number].pk, END - timedelta(days=ago), amount) for number, ago, amount in history]
    for number, ago, amount in history:
        factories.purchase(shop, people[number], amount=amount, at=at(END - timedelta(days=ago)))

    found = read(shop, cut=CUT, end=END - timedelta(days=3))

    own = {person.pk for person in people.values()}
    mine = np.isin(found.keys, list(own))
    slow = shoppers.history(known, cut=CUT, end=END - timedelta(days=3))
    assert_same(
        History(
            CUT, END, found.keys[mine], found.first[mine],
            *(tuple(column[mine] for column in pair) for pair in (found.days, found.last, found.spent)),
        ),
        slow,
    )  # fmt: skip


def test_valuation_is_kept_until_something_changes(shop, django_assert_num_queries):
    """One query to see that nothing has; bounds, history and returns where something has."""
    __, (__, last) = buys(shop, 40, 20)

    with django_assert_num_queries(4):
        first = memory.valued(shop, as_of=END)
    with django_assert_num_queries(1):
        second = memory.valued(shop, as_of=END)
    with django_assert_num_queries(4):
        memory.valued(shop, as_of=CUT)
    with django_assert_num_queries(4):
        memory.valued(shop, as_of=CUT, discount=0.2)
    factories.refund(shop, last, amount=1000)
    after = memory.valued(shop, as_of=END)

    assert [int(one.people.x[0]) for one in (first, second, after)] == [1, 1, 0]


def test_valuation_that_took_long_serves_whatever_has_changed(shop, monkeypatch, django_assert_num_queries):
    """Until it has rested; another day is reckoned at once."""
    monkeypatch.setattr(memory, "LONG", -1)
    monkeypatch.setattr(memory, "RESTS", 1_000_000)
    __, (__, last) = buys(shop, 40, 20)
    memory.valued(shop, as_of=END)
    factories.refund(shop, last, amount=1000)

    with django_assert_num_queries(0):
        rested = memory.valued(shop, as_of=END)
    other = memory.valued(shop, as_of=END - timedelta(days=1))

    assert [int(one.people.x[0]) for one in (rested, other)] == [1, 0]


def test_purchase_that_changes_hands_is_noticed(shop):
    """Sums and counts of the shop stay the same."""
    (ana, __), (ben, __) = buys(shop, 40, 20), buys(shop, 40, 20)
    before = memory.version(shop)

    moved = Purchase.objects.filter(customer=ana).latest("occurred_at")
    purchases.move(merchant=shop, purchase_id=moved.pk, customer_id=ben.pk)

    assert memory.version(shop) != before


def test_nothing_is_known_of_a_shop_that_was_not_valued(shop, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert memory.latest(shop) is None
