"""Recency, frequency and value: the rule of scores, any day of any history, and the board that adds them up."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import purchases
from customers.models import Customer, CustomerActivity
from customers.tests import factories
from segments import rfv
from segments.rfv import Cell, ValueGroup
from segments.rfv.board import Moved, added_up
from segments.rfv.regions import PLACES, REGIONS
from segments.rfv.scores import score, scores, scores_of

START, TODAY = datetime(2026, 1, 1, 12, tzinfo=UTC), date(2026, 6, 15)
PURCHASES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 165), st.integers(0, 3_000)), max_size=24)
RETURNS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 165), st.integers(1, 900)), max_size=5)
EACH = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ([], []),
        ([7], [1]),
        ([7, 7, 7], [1, 1, 1]),
        ([1, 2], [1, 3]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ([5, 4, 3, 2, 1, 0], [5, 4, 3, 2, 1, 1]),
        ([1, 1, 1, 1, 2], [1, 1, 1, 1, 5]),
        ([1, 2, 2, 2, 2], [1, 2, 2, 2, 2]),
    ],
)
def test_scores_of_few_and_of_equal_ones(figures, found):
    assert scores(figures) == found
    assert scores_of(np.array(figures, dtype=np.int64)).tolist() == found


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40))
def test_scores_are_by_the_count_of_those_strictly_worse(figures):
    found = scores(figures)

    assert found == [score(sum(other < one for other in figures), len(figures)) for one in figures]
    assert scores_of(np.array(figures)).tolist() == found
    assert set(found) <= {1, 2, 3, 4, 5}
    assert min(found) == 1


def test_every_cell_belongs_to_one_region():
    counted = Counter(place for region in REGIONS for place in region.cells)

    assert counted == dict.fromkeys(PLACES, 1)
    assert [rfv.region_of(5, 5).key, rfv.region_of(1, 5).key, rfv.region_of(5, 1).key] == [
        "champions", "cannot_lose", "new",
    ]  # fmt: skip


def test_board_adds_up_who_moved():
    found = [
        Moved((5, 5), 5, (5, 5), 3, 900, 200, 400),
        Moved((5, 5), 4, (4, 4), 1, 100, 100, 100),
        Moved((1, 1), 1, (5, 5), 2, 30, 10, 20),
        Moved((5, 1), 1, None, 4, 40, 5, 15),
    ]

    shown = added_up(found, day=TODAY, then=date(2026, 5, 15))

    assert (shown.customers, shown.revenue, shown.then) == (10, 1070, date(2026, 5, 15))
    assert shown.cells[5, 5] == Cell(customers=4, revenue=1000, value_points=19, before=5, joined=1, left=2)
    assert shown.cells[5, 5].average_value_score == Fraction(19, 4)
    assert shown.cells[4, 4] == Cell(before=1, left=1)
    assert shown.regions["champions"] == Cell(customers=4, revenue=1000, value_points=19, before=6, joined=0, left=2)
    assert shown.regions["new"] == Cell(customers=4, revenue=40, value_points=4, joined=4)
    assert shown.values == [
        ValueGroup(5, 3, 900, 200, 400), ValueGroup(4, 1, 100, 100, 100), ValueGroup(1, 6, 70, 5, 20),
    ]  # fmt: skip


@pytest.fixture
def shop(db):
    return factories.merchant()


@pytest.mark.django_db
def test_board_of_an_empty_shop(shop):
    shown = rfv.board(shop, day=TODAY)

    assert (shown.customers, shown.revenue, shown.then, shown.values) == (0, 0, None, [])
    assert set(shown.cells) == set(PLACES)
    assert list(rfv.rows(shop, day=TODAY)) == []


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 30])
def test_board_and_rows_cost_two_and_three_queries(shop, django_assert_num_queries, number):
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop))

    with django_assert_num_queries(2):
        rfv.board(shop, day=TODAY)
    with django_assert_num_queries(3):
        list(rfv.rows(shop, day=TODAY))


@pytest.mark.django_db
def test_figures_are_those_of_the_end_of_the_shops_day(shop):
    ana = factories.customer(shop, external_id="A")
    for hour, minute in ((22, 59), (23, 0)):  # one hour ahead of UTC: before and after midnight
        factories.purchase(shop, ana, amount=100, at=datetime(2026, 1, 31, hour, minute, tzinfo=UTC))

    first, second = (list(rfv.rows(shop, day=day)) for day in (date(2026, 1, 31), date(2026, 2, 1)))

    assert [(one.external_id, one.recency_days, one.frequency, one.value) for one in first + second] == [
        ("A", 0, 1, 100), ("A", 0, 2, 200),
    ]  # fmt: skip


@pytest.mark.django_db
def test_other_shops_and_anonymous_sales_have_no_scores(shop):
    other = factories.merchant("b")
    factories.purchase(other, factories.customer(other))
    factories.purchase(shop)
    factories.refund(shop, buyer=factories.customer(shop), amount=100)

    assert list(rfv.rows(shop, day=TODAY)) == []


def happened(rows, returned):
    """A shop with purchases, some of which came back, and returns without a receipt; the same as plain tuples."""
    shop = factories.merchant(f"r{next(factories.NUMBERS)}")
    people = [factories.customer(shop) for __ in range(6)]
    drafts = [
        factories.draft(people[who], amount=amount, at=START + timedelta(days=day)) for who, day, amount in rows
    ]  # fmt: skip
    made = purchases.record(merchant=shop, drafts=drafts, at=START + timedelta(days=400))
    bought = [[people[who].pk, (START + timedelta(days=day)).date(), amount] for who, day, amount in rows]
    loose = []
    for which, later, amount in returned:
        if which < len(rows) and bought[which][2]:
            back = min(amount, bought[which][2])
            factories.refund(shop, made[which], amount=back, at=START + timedelta(days=200 + later))
            bought[which][2] -= back
            if not bought[which][2]:
                bought[which][1] = date.max  # whole: it no longer counts
        else:
            who = people[which % 6]
            factories.refund(shop, buyer=who, amount=amount, at=START + timedelta(days=later))
            loose.append((who.pk, (START + timedelta(days=later)).date(), amount))
    return shop, bought, loose


@pytest.mark.django_db
@EACH
@given(rows=PURCHASES, returned=RETURNS, ago=st.integers(0, 170))
def test_scores_on_any_day_are_those_of_a_slow_count(rows, returned, ago):
    shop, bought, loose = happened(rows, returned)
    day = TODAY - timedelta(days=ago)

    found = {one.customer: one for one in rfv.rows(shop, day=day)}

    known = {customer for customer, on, __ in bought if on <= day}
    figures = {
        customer: (
            min((day - on).days for who, on, __ in bought if who == customer and on <= day),
            sum(who == customer and on <= day for who, on, __ in bought),
            sum(amount for who, on, amount in bought if who == customer and on <= day)
            - sum(amount for who, on, amount in loose if who == customer and on <= day),
        )
        for customer in known
    }
    marks = [
        dict(zip(figures, scores([sign * figure[axis] for figure in figures.values()]), strict=True))
        for axis, sign in enumerate((-1, 1, 1))
    ]
    ids = dict(Customer.objects.filter(pk__in=known).values_list("pk", "public_id"))
    assert {
        who: (one.recency_days, one.frequency, one.value, one.recency_score, one.frequency_score, one.value_score)
        for who, one in found.items()
    } == {ids[who]: (*figure, *(axis[who] for axis in marks)) for who, figure in figures.items()}
    shown = rfv.board(shop, day=day)
    assert {place: cell.customers for place, cell in shown.cells.items() if cell.customers} == Counter(
        (one.recency_score, one.frequency_score) for one in found.values()
    )
    assert all(cell.before + cell.joined - cell.left == cell.customers for cell in shown.cells.values())
    assert shown.revenue == sum(figure[2] for figure in figures.values())
    then = rfv.rows(shop, day=shown.then) if shown.then else []
    before = Counter((one.recency_score, one.frequency_score) for one in then)
    assert {place: cell.before for place, cell in shown.cells.items() if cell.before} == before


@pytest.mark.django_db
def test_a_cell_and_a_region_know_their_customers(shop):
    for number, days in enumerate([(1, 2, 3, 4, 5), (5,), (100, 101, 102, 103), (100,), (50, 51)]):
        buyer = factories.customer(shop, name=f"{number}")
        for ago in days:
            factories.purchase(shop, buyer, at=datetime(2026, 6, 15, 12, tzinfo=UTC) - timedelta(days=ago))
    people = CustomerActivity.objects.filter(merchant=shop)

    def names(keys):
        return sorted(people.filter(pk__among=keys).values_list("customer__name", flat=True))

    cells = {place: names(rfv.in_cell(shop, day=TODAY, recency=place[0], frequency=place[1])) for place in PLACES}
    regions = {one.key: names(rfv.in_region(shop, one, day=TODAY)) for one in REGIONS}
    assert {place: found for place, found in cells.items() if found} == {
        (5, 5): ["0"], (4, 1): ["1"], (1, 4): ["2"], (1, 1): ["3"], (3, 3): ["4"],
    }  # fmt: skip
    assert regions == {
        "champions": ["0"], "loyal": ["4"], "promising": [], "new": ["1"], "at_risk": ["2"], "cannot_lose": [],
        "lost": ["3"],
    }  # fmt: skip


def test_definitions_are_sentences():
    with translation.override("en"):
        assert all(sentence.endswith(".") for sentence in rfv.definitions().values())
        assert all(str(region.definition).endswith(".") for region in REGIONS)
