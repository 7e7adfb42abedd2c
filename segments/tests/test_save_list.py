"""Whom one is about to lose: who is on the list, in which order, and what is at stake."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from customers.tests import factories
from segments import scores
from segments.models import CustomerScore
from segments.predictions import save_list
from segments.predictions.save_list import Due, SaveList, weigh
from segments.tests.shoppers import END, bought, stored

NIGHT = datetime.combine(END, time(1), UTC)
WEEKLY = (70, 63, 56, 49, 42, 35, 28, 21)


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.fixture
def people(shop):
    """Everybody came each 7 days, and stopped: 1 and 2 a while ago, 3 just now, 4 long ago; 5 gave it all back."""
    purchases = [
        *bought(1, *(ago - 4 for ago in WEEKLY), amount=1000),  # away for 17 days: at risk
        *bought(2, *(ago - 9 for ago in WEEKLY), amount=2000),  # 12 days: late
        *bought(3, *(ago - 19 for ago in WEEKLY), amount=9000),
        *bought(4, *(ago + 60 for ago in WEEKLY), amount=9000),
        *bought(5, *(ago - 4 for ago in WEEKLY), amount=500),
    ]
    found = stored(shop, purchases)
    factories.refund(shop, buyer=found[5], amount=4000, at=datetime.combine(END - timedelta(days=10), time(12), UTC))
    return found


@pytest.mark.django_db
def test_list_has_those_late_and_at_risk_by_what_they_brought_this_year(shop, people, django_assert_num_queries):
    scores.refresh(merchant=shop, at=NIGHT)

    with django_assert_num_queries(3):
        found = save_list.save_list(shop)

    assert (found.as_of, found.since, found.weighed) == (END, date(2025, 7, 1), False)
    assert [(one.customer, one.state, one.yearly, one.p_alive, one.at_stake) for one in found.stakes] == [
        (people[2].pk, "late", 16000, None, 16000),
        (people[1].pk, "at_risk", 8000, None, 8000),
    ]
    assert found.at_stake == 24000


@pytest.mark.django_db
def test_probability_weighs_only_where_the_models_hold(shop, people):
    scores.refresh(merchant=shop, at=NIGHT)
    for status, worth in [("ok", [5600, 4800]), ("weak", [16000, 8000])]:
        CustomerScore.objects.update(clv_status=status, p_alive=0.7, clv_12m=1)
        CustomerScore.objects.filter(customer=people[2]).update(p_alive=0.3)

        found = save_list.save_list(shop)

        assert (found.weighed, [one.at_stake for one in found.stakes]) == (status == "ok", worth)
        assert [one.customer for one in found.stakes][0] == people[1 if status == "ok" else 2].pk


@pytest.mark.django_db
def test_who_came_since_the_night_is_off_the_list(shop, people):
    scores.refresh(merchant=shop, at=NIGHT)
    factories.purchase(shop, people[2], at=datetime.combine(END, time(12), UTC))

    assert [one.customer for one in save_list.save_list(shop).stakes] == [people[1].pk]


@pytest.mark.django_db
def test_what_was_brought_before_the_twelve_months_does_not_count(shop):
    people = stored(shop, [*bought(1, 400, 393, 386, amount=100), *bought(1, 17, 10, amount=300)])
    scores.refresh(merchant=shop, at=NIGHT + timedelta(days=0))
    CustomerScore.objects.update(state="late")

    [one] = save_list.save_list(shop).stakes

    assert (one.customer, one.yearly) == (people[1].pk, 600)


@pytest.mark.django_db
def test_before_the_first_night_there_is_no_list(shop, people):
    assert save_list.save_list(shop) == SaveList()
    assert list(save_list.everybody(shop)) == []


def test_money_is_weighed_half_up():
    assert [weigh(1001, 0.5), weigh(999, 0.001), weigh(1001, None)] == [501, 1, 1001]


@pytest.mark.django_db
def test_due_counts_by_the_day_expected(shop, people):
    scores.refresh(merchant=shop, at=NIGHT)

    assert save_list.due(shop, today=END) == Due(soon=1, later=0, overdue=3, lost=1, unknown=0)
    assert save_list.due(shop, today=END - timedelta(days=7)).later == 1


@pytest.mark.django_db
def test_reasons_are_of_the_day_with_the_range_of_own_gaps(shop, people, django_assert_num_queries):
    scores.refresh(merchant=shop, at=NIGHT)
    with django_assert_num_queries(2):
        found = save_list.reasons(shop, [people[1].pk, people[2].pk], day=END)

    one = found[people[1].pk]
    assert one.standing.reason == "Usually comes every 7 days. Came 17 days ago, more than twice as long."
    assert (one.expected.on, one.expected.own) == (END - timedelta(days=10), True)
    assert list(found) == [people[1].pk, people[2].pk]


@pytest.mark.django_db
def test_everybody_has_a_prediction_and_the_lost_none(shop, people, django_assert_num_queries):
    scores.refresh(merchant=shop, at=NIGHT)
    with django_assert_num_queries(5):
        found = {one.score.customer_id: one for one in save_list.everybody(shop)}

    assert [found[person.pk].expected and found[person.pk].expected.on for person in people.values()] == [
        END - timedelta(days=10), END - timedelta(days=5), END + timedelta(days=5), None, END - timedelta(days=10),
    ]  # fmt: skip
    assert [found[person.pk].stake and found[person.pk].stake.at_stake for person in people.values()] == [
        8000, 16000, None, None, None,
    ]  # fmt: skip
