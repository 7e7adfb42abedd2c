"""What first-timers had who came again: a worked example, its limits, and who is counted."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.purchases import LineDraft, record
from customers.tastes import Item
from customers.tests import factories
from segments.intervals import newcombe, z_of
from segments.predictions import first_baskets
from segments.predictions.first_baskets import Compared, compare

DAY = date(2026, 6, 30)
CROISSANT, COFFEE = Item.product("Croissant"), Item.product("Coffee")
NAMES = {CROISSANT: "Croissant", COFFEE: "Coffee"}


def crowd(*groups):
    """Baskets and who came again, of (items, customers, of whom returned)."""
    baskets, returned = {}, set()
    for items, customers, came in groups:
        for number in range(customers):
            key = len(baskets)
            baskets[key] = set(items)
            if number < came:
                returned.add(key)
    return baskets, returned


def test_worked_example_is_newcombes():
    # 56 of 70 with it against 48 of 80 without: 0.8 − 0.6, between 0.0524 and 0.3339 (Newcombe 1998, method 10)
    [one] = compare(*crowd([[CROISSANT], 70, 56], [[], 80, 48]), NAMES)

    assert (one.name, one.customers, one.returned, one.others, one.others_returned) == ("Croissant", 70, 56, 80, 48)
    assert (round(one.difference, 4), *(round(end, 4) for end in one.difference_interval)) == (0.2, 0.0524, 0.3339)
    assert one.is_sure


def test_what_is_sure_alone_may_not_be_among_many():
    # at 20 things compared, the interval of the same difference holds zero
    low, __ = newcombe(56, 70, 48, 80, z=z_of(20))
    alone, among = (Compared(CROISSANT, "Croissant", 70, 56, 80, 48, z_of(number)) for number in (1, 20))

    assert low < 0
    assert (alone.is_sure, among.is_sure) == (True, False)


@pytest.mark.parametrize(("having", "shown"), [(29, 0), (30, 1), (70, 1), (71, 0)])
def test_thirty_customers_are_needed_on_either_side(having, shown):
    assert len(compare(*crowd([[CROISSANT], having, 5], [[], 100 - having, 5]), NAMES)) == shown


def test_largest_difference_comes_first():
    found = compare(*crowd([[CROISSANT], 40, 10], [[COFFEE], 40, 30]), NAMES)

    assert [one.name for one in found] == ["Coffee", "Croissant"]
    assert found[0].z == found[1].z == z_of(2)


groups = st.lists(
    st.tuples(st.sets(st.sampled_from([CROISSANT, COFFEE])), st.integers(0, 50), st.integers(0, 50)), max_size=5
)


@settings(max_examples=50)
@given(groups)
def test_those_with_and_without_are_everybody(some):
    baskets, returned = crowd(*((items, customers, min(came, customers)) for items, customers, came in some))

    for one in compare(baskets, returned, NAMES):
        mine = {key for key, basket in baskets.items() if one.item in basket}
        assert (one.customers, one.others) == (len(mine), len(baskets) - len(mine))
        assert Fraction(one.returned, one.customers) == Fraction(len(mine & returned), len(mine))
        assert one.returned + one.others_returned == len(returned)


def buy(shop, buyer, ago, *lines):
    """A purchase so many days before DAY, of names, or of a name and a category."""
    drafts = [
        LineDraft(name=name, category=category, quantity=1, amount=500)
        for name, category in (line if isinstance(line, tuple) else (line, "") for line in lines)
    ]
    at = datetime.combine(DAY - timedelta(days=ago), time(12), UTC)
    draft = factories.draft(buyer, amount=500 * max(len(drafts), 1), at=at, lines=drafts)
    record(merchant=shop, drafts=[draft], at=at)


@pytest.mark.django_db
def test_first_baskets_are_of_the_first_day_and_of_whole_ninety_days(django_assert_num_queries):
    shop = factories.merchant()
    soon, never, young, plain, late = (factories.customer(shop) for __ in range(5))
    buy(shop, soon, 200, ("Croissant", "pastry"))
    buy(shop, soon, 200, "coffee")
    buy(shop, soon, 110, "Bread")
    buy(shop, never, 90, "CROISSANT")
    buy(shop, young, 89, "Croissant")
    buy(shop, plain, 300)
    buy(shop, late, 200, "Coffee")
    buy(shop, late, 109, "Croissant")

    with django_assert_num_queries(2):
        found = first_baskets.first_baskets(shop, day=DAY)

    assert (found.since, found.until) == (date(2024, 6, 30), date(2026, 4, 1))
    assert (found.all_customers, found.customers, found.returned, found.compared) == (4, 3, 1, [])


@pytest.mark.django_db
def test_baskets_hold_products_and_categories_as_they_are_written():
    shop = factories.merchant()
    people = [factories.customer(shop) for __ in range(3)]
    for buyer, item in zip(
        people, [("Croissant", "Pastry"), ("croissant ", "Pastry"), ("Bread", "Loaves")], strict=True
    ):
        buy(shop, buyer, 100, item)

    lines = first_baskets.first_lines(shop, since=DAY - timedelta(days=200), until=DAY)
    baskets, names = first_baskets.read(lines.order_by("purchase__customer"))

    assert [len(baskets[buyer.pk]) for buyer in people] == [2, 2, 2]
    assert baskets[people[0].pk] == baskets[people[1].pk] == {CROISSANT, Item.category("pastry")}
    assert (names[CROISSANT], names[Item.category("pastry")]) == ("Croissant", "Pastry")
