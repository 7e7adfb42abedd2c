"""When somebody is expected next: by hand, by another implementation, and the whole shop like each customer."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import quantiles

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.tests import factories
from segments import lifecycle
from segments.lifecycle.columns import Visits
from segments.predictions import next_visit
from segments.predictions.next_visit import Expected, Spread
from segments.tests.shoppers import END, bought, stored

DAY = date(2026, 3, 10)


def test_next_visit_is_the_middle_gap_after_the_last_with_its_quartiles():
    # gaps 5, 7, 8, 14: middle 7.5, quartiles 6.5 and 9.5
    found = next_visit.after(DAY, next_visit.spread_of([14, 5, 8, 7]), own=True)

    assert found == Expected(date(2026, 3, 18), date(2026, 3, 16), date(2026, 3, 20), own=True)


def test_two_gaps_are_a_rhythm_and_one_is_not():
    assert next_visit.spread_of([7, 14]) == Spread(35, 42, 49)
    assert next_visit.spread_of([7]) is None


gaps = st.lists(st.integers(1, 400), min_size=2, max_size=40)


@settings(max_examples=50)
@given(gaps)
def test_quartiles_are_those_of_the_standard_library(some):
    found = next_visit.spread_of(some)

    assert [found.low / 4, found.middle / 4, found.high / 4] == quantiles(some, n=4, method="inclusive")


@settings(max_examples=50)
@given(gaps)
def test_expected_day_lies_within_its_range(some):
    found = next_visit.after(DAY, next_visit.spread_of(some), own=True)

    assert DAY < found.first <= found.on <= found.last


customers = st.lists(st.lists(st.integers(0, 300), min_size=1, max_size=12), min_size=1, max_size=8)


@settings(max_examples=50)
@given(customers)
def test_whole_shop_is_reckoned_like_each_customer(shop):
    days = [sorted(DAY.toordinal() - ago for ago in visits) for visits in shop]
    table = np.array([(key, day) for key, mine in enumerate(days) for day in mine], dtype=np.int64)
    all_gaps = [later - before for mine in days for before, later in pairwise(sorted(set(mine)))]
    pooled = next_visit.spread([(gap, 1) for gap in sorted(all_gaps)])

    found = next_visit.reckoned(Visits(table))

    for place, mine in enumerate(days):
        own = next_visit.spread_of([later - before for before, later in pairwise(sorted(set(mine)))])
        spread = own or pooled
        last = date.fromordinal(mine[-1])
        assert found.of(place) == (next_visit.after(last, spread, own=own is not None) if spread else None)


@pytest.mark.django_db
def test_everybody_is_read_until_a_day_and_agrees_with_the_nights_due_day():
    shop = factories.merchant()
    people = stored(shop, [*bought(1, 21, 14, 7), *bought(2, 3), *bought(3, 40, 33, 25, 11)])

    found = next_visit.everybody(shop, day=END)

    keys, __, due = lifecycle.states_and_due(shop, day=END)
    assert found.customers.tolist() == [one.pk for one in people.values()]
    assert dict(zip(found.customers.tolist(), found.on.tolist(), strict=True)) == dict(
        zip(keys.tolist(), due.tolist(), strict=True)
    )
    assert found.of(0) == Expected(END, END, END, own=True)
    # all gaps: 7, 7, 7, 8, 14; the middle half is 7 to 8 days
    seen = END - timedelta(days=3)
    assert found.of(1) == Expected(
        seen + timedelta(days=7), seen + timedelta(days=7), seen + timedelta(days=8), own=False
    )


def standing(shop, *ago):
    """Where somebody stands on DAY who came so many days before."""
    buyer = factories.customer(shop)
    for days in ago:
        factories.purchase(shop, buyer, at=datetime.combine(DAY - timedelta(days=days), time(12), UTC))
    return lifecycle.standing_of(buyer, day=DAY)


@pytest.mark.django_db
def test_card_says_when_somebody_is_expected_and_by_whose_gaps():
    shop = factories.merchant()
    regular, once = standing(shop, 24, 16, 2), standing(shop, 5)

    assert next_visit.of_card(regular, [14, 8]).sentence(DAY) == (
        "Around 19 Mar 2026; by half of their gaps between 17 Mar 2026 and 21 Mar 2026."
    )
    assert next_visit.of_card(once, []).sentence(DAY) == (
        "Expected around 16 Mar 2026, by the gaps of all customers: too few visits of their own."
    )
    assert next_visit.of_card(once, []).sentence(date(2026, 3, 20)).startswith("Was expected around 16 Mar 2026,")


@pytest.mark.django_db
def test_nobody_is_expected_without_a_gap_or_after_being_lost():
    shop = factories.merchant()
    assert next_visit.of_card(standing(shop, 5), []) is None

    assert next_visit.of_card(standing(shop, 90, 83, 76), [7, 7]) is None
    assert next_visit.of_card(None, []) is None
