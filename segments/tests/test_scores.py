"""The night's copy of scores is what the reports say of the same day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.tests import factories
from segments import lifecycle, rfv, scores
from segments.clv import valuation
from segments.clv.memory import USUAL_DISCOUNT
from segments.models import CustomerScore
from segments.tests import shoppers
from segments.tests.shoppers import END, bought

NIGHT = datetime.combine(END, time(3), UTC)
EACH = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return factories.merchant()


def copied(shop) -> dict[str, tuple]:
    """What stands in the copy, by customer."""
    return {
        row.customer.public_id: (
            row.as_of, row.recency_score, row.frequency_score, row.value_score, row.state, row.due_on,
            row.p_alive, row.clv_12m, row.clv_status,
        )
        for row in CustomerScore.objects.filter(merchant=shop).select_related("customer")
    }  # fmt: skip


def reported(shop, day: date) -> dict[str, tuple]:
    """The same, put together from the three reports."""
    points = {
        one.customer: (one.recency_score, one.frequency_score, one.value_score) for one in rfv.rows(shop, day=day)
    }
    states = {one.customer: (one.state, due(one, day)) for one in lifecycle.rows(shop, day=day)}
    found = valuation.value(shop, as_of=day, discount=USUAL_DISCOUNT)
    names = dict(shop.customers.values_list("pk", "public_id"))
    empty = [None] * len(found.people.keys)
    figures = zip(
        found.people.keys.tolist(),
        empty if found.p_alive is None else found.p_alive.tolist(),
        empty if found.worth is None else found.worth.tolist(),
        strict=True,
    )
    worth = {names[key]: (alive, value, found.status.value) for key, alive, value in figures}
    assert points.keys() == states.keys() == worth.keys()
    return {customer: (day, *points[customer], *states[customer], *worth[customer]) for customer in points}


def due(one: lifecycle.Row, day: date) -> date | None:
    """One gap after the last purchase day, half a day rounded up."""
    if one.gap_days is None:
        return None
    return day - timedelta(days=one.recency_days) + timedelta(days=int(one.gap_days + 0.5))


@EACH
@given(
    histories=st.lists(st.lists(st.integers(1, 120), max_size=6), min_size=1, max_size=6),
    back=st.lists(st.integers(0, 5), max_size=2),
)
def test_copy_says_what_the_reports_say(histories, back):
    shop = factories.merchant(f"s{next(factories.NUMBERS)}")
    people = shoppers.stored(
        shop, [one for number, days in enumerate(histories) for one in bought(number, *days, amount=500 + number)]
    )
    for number in back:
        if number in people:
            factories.refund(shop, buyer=people[number], amount=300, at=NIGHT - timedelta(hours=12))

    made = scores.refresh(merchant=shop, at=NIGHT)

    assert copied(shop) == reported(shop, END)
    assert made == len(people)


def test_copy_has_worth_where_the_models_know_it(shop):
    shoppers.stored(shop, shoppers.simulated(250, r=0.8, alpha=4, a=0.8, b=2.5))

    scores.refresh(merchant=shop, at=NIGHT)

    assert copied(shop) == reported(shop, END)
    assert {row.clv_status for row in CustomerScore.objects.all()} <= {"ok", "weak"}
    assert CustomerScore.objects.filter(clv_12m=None).count() == 0


def test_next_visit_is_expected_one_gap_after_the_last(shop):
    people = shoppers.stored(shop, [*bought(1, 25, 18, 10), *bought(2, 4), *bought(3, 21, 7)])

    scores.refresh(merchant=shop, at=NIGHT)

    found = dict(CustomerScore.objects.values_list("customer", "due_on"))
    assert found == {
        people[1].pk: END - timedelta(days=2),  # gaps of 7 and 8: 7.5
        people[2].pk: END + timedelta(days=4),  # the shop's gaps are 7, 8 and 14
        people[3].pk: END + timedelta(days=1),
    }


def test_refreshing_again_takes_out_who_has_no_purchase_left(shop):
    buyer, other = factories.customer(shop), factories.customer(shop)
    gone = factories.purchase(shop, buyer, at=NIGHT - timedelta(days=3))
    factories.purchase(shop, other, at=NIGHT - timedelta(days=3))
    scores.refresh(merchant=shop, at=NIGHT)
    factories.refund(shop, gone, amount=1000, at=NIGHT)

    scores.refresh(merchant=shop, at=NIGHT + timedelta(days=1))

    assert list(CustomerScore.objects.values_list("customer", "as_of")) == [(other.pk, END + timedelta(days=1))]


def test_copy_is_of_the_day_at_the_shop(shop):
    """At 23:00 UTC it is tomorrow in Madrid; another shop's copy stays."""
    late, other = datetime.combine(END, time(23), UTC), factories.merchant("b")
    for one in (shop, other):
        factories.purchase(one, factories.customer(one), at=NIGHT - timedelta(days=3))
    scores.refresh(merchant=other, at=NIGHT)

    assert not scores.is_fresh(merchant=shop, at=late)
    scores.refresh(merchant=shop, at=late)

    assert scores.is_fresh(merchant=shop, at=late)
    assert sorted(CustomerScore.objects.values_list("merchant", "as_of")) == [
        (shop.pk, END + timedelta(days=1)),
        (other.pk, END),
    ]


def test_refreshing_costs_the_same_statements_for_few_and_for_many(shop):
    costs = []
    for numbers in (range(1, 3), range(3, 23)):
        shoppers.stored(shop, [one for number in numbers for one in bought(number, 41, 20 + number % 9)])
        lifecycle.keep(merchant=shop)
        with CaptureQueriesContext(connection) as counted:
            scores.refresh(merchant=shop, at=NIGHT)
        costs.append(len(counted))

    assert costs[0] == costs[1]


@pytest.mark.parametrize("wrong", [{"recency_score": 6}, {"clv_status": "ok"}, {"clv_12m": 5}])
def test_database_refuses_scores_beyond_their_range_and_worth_without_its_status(shop, wrong):
    factories.purchase(shop, factories.customer(shop), at=NIGHT - timedelta(days=3))
    scores.refresh(merchant=shop, at=NIGHT)

    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerScore.objects.update(**wrong)
