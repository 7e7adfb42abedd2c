"""Worked examples of the figures beside the cohorts: returning, second visit, lapsed, groups, and who needs a word."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.tests import factories
from rewards.tests import factories as promises
from segments import attention, deciles
from segments.deciles import Decile
from segments.intervals import wilson
from segments.lapsed import lapsed
from segments.recent import Sales, recent, weekly
from segments.returning import returning
from segments.second_visit import SecondVisits, latest, pooled, second_visits, tally

JAN, FEB, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))
TODAY = date(2026, 4, 30)


@pytest.fixture
def shop(db):
    return factories.merchant()


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def buys(shop, *days, amount: int = 1000):
    """Somebody who bought on these days of (month, day)."""
    buyer = factories.customer(shop)
    for month, day in days:
        factories.purchase(shop, buyer, amount=amount, at=at(month, day))
    return buyer


def test_returning_counts_those_whose_first_purchase_lies_before_the_month(shop):
    buys(shop, (1, 5), (2, 5), (2, 6))
    buys(shop, (2, 9))
    buys(shop, (1, 31), (4, 1))

    found = returning(shop, since=JAN, until=APRIL)

    assert [(one.month, one.customers, one.returning) for one in found] == [
        (JAN, 2, 0), (FEB, 2, 1), (MARCH, 0, 0), (APRIL, 1, 1),
    ]  # fmt: skip
    assert [one.share for one in found] == [0.0, 0.5, None, 1.0]


def test_second_visit_is_another_day(shop):
    buys(shop, (1, 5), (1, 5))
    buys(shop, (1, 5), (2, 4))
    buys(shop, (1, 5), (2, 5))
    buys(shop, (4, 30))

    found = second_visits(shop, since=JAN, until=APRIL)

    assert found == [
        SecondVisits(JAN, 3, {30: 1, 60: 2, 90: None}),
        SecondVisits(APRIL, 1, {30: None, 60: None, 90: None}),
    ]


def test_second_visit_that_was_refunded_whole_is_none(shop):
    ana = buys(shop, (1, 5))
    back = factories.purchase(shop, ana, at=at(1, 20))
    factories.refund(shop, back, amount=1000, at=at(1, 21))
    buys(shop, (4, 30))

    assert second_visits(shop, since=JAN, until=JAN) == [SecondVisits(JAN, 1, {30: 0, 60: 0, 90: None})]


def test_cohort_is_old_enough_when_its_last_day_has_had_its_days():
    assert tally([(JAN, 10, 1)], newest=date(2026, 3, 2)) == [SecondVisits(JAN, 1, {30: 1, 60: None, 90: None})]
    assert tally([(JAN, 10, 1)], newest=date(2026, 3, 1))[0].within[30] is None


def test_pooled_leaves_out_the_cohorts_that_are_too_young():
    cohorts = [SecondVisits(JAN, 4, {60: 1}), SecondVisits(FEB, 6, {60: 2}), SecondVisits(MARCH, 9, {60: None})]

    assert pooled(cohorts, 60) == (3, 10)
    assert latest(cohorts, 60, number=1) == ([cohorts[1]], [cohorts[0]])


def test_interval_is_the_one_of_the_book():
    # Newcombe 1998, method 3: 81 of 263 and 0 of 20.
    assert [round(end, 4) for end in wilson(81, 263)] == [0.2553, 0.3662]
    assert [round(end, 4) for end in wilson(0, 20)] == [0.0, 0.1611]


def test_lapsed_now_and_before(shop):
    buys(shop, (1, 5), (4, 20))  # before: silent since January
    buys(shop, (3, 1))
    buys(shop, (4, 29))

    now, before = lapsed(shop, day=TODAY), lapsed(shop, day=date(2026, 3, 31))

    assert (now.customers, now.counts) == (3, {30: 1, 60: 0, 90: 0})
    assert (before.customers, before.counts) == (2, {30: 1, 60: 1, 90: 0})


def test_lapsed_needs_more_than_the_days(shop):
    buys(shop, (3, 31))

    assert lapsed(shop, day=TODAY).counts[30] == 0
    assert lapsed(shop, day=TODAY + timedelta(days=1)).counts[30] == 1


def test_groups_of_three_customers_are_three(shop):
    for amount in (500, 3000, 1000):
        buys(shop, (4, 1), amount=amount)

    found = deciles.deciles(shop, day=TODAY)

    assert [(one.number, one.customers, one.net_value) for one in found] == [(1, 1, 3000), (4, 1, 1000), (7, 1, 500)]


def test_groups_know_members_points_and_the_lapsed(shop):
    promises.program(shop)
    member = promises.member(shop)
    promises.judged(shop, member, amount=1250, at=at(4, 1))
    buys(shop, (1, 5), amount=9000)

    by_value, by_points = (deciles.deciles(shop, day=TODAY, by=by) for by in (deciles.VALUE, deciles.POINTS))

    assert [(one.net_value, one.members, one.earned, one.lapsed) for one in by_value] == [
        (9000, 0, 0, 1), (1250, 1, 12, 0),
    ]  # fmt: skip
    assert [one.net_value for one in by_points] == [1250, 9000]


def test_points_taken_back_count_no_more(shop):
    promises.program(shop)
    member = promises.member(shop)
    bought = promises.judged(shop, member, amount=1250, at=at(4, 1))
    promises.judged(shop, member, amount=300, at=at(4, 1))
    promises.returned(shop, bought, amount=1000, at=at(4, 2))

    [group] = deciles.deciles(shop, day=TODAY)

    assert (group.net_value, group.earned) == (550, 5)


def test_groups_before_are_formed_by_what_stood_then(shop):
    promises.program(shop, at=at(1, 1))
    rising, falling, fresh = (promises.member(shop, at=at(1, 1)) for __ in range(3))
    promises.judged(shop, falling, amount=5000, at=at(1, 5))
    promises.judged(shop, rising, amount=1000, at=at(3, 31))
    promises.judged(shop, rising, amount=9000, at=at(4, 2))
    promises.judged(shop, fresh, amount=300, at=at(4, 30))
    promises.returned(shop, person=falling, amount=700, at=at(4, 3))

    now, before = deciles.deciles(shop, day=TODAY), deciles.deciles_before(shop, day=date(2026, 3, 31))

    assert now == [Decile(1, 1, 10000, 1, 100, 0), Decile(4, 1, 4300, 1, 43, 1), Decile(7, 1, 300, 1, 3, 0)]
    assert before == [Decile(1, 1, 5000, 1, 50, 1), Decile(6, 1, 1000, 1, 10, 0)]


def test_groups_before_by_points(shop):
    promises.program(shop, at=at(1, 1))
    member, stranger = promises.member(shop, at=at(1, 1)), factories.customer(shop)
    promises.judged(shop, member, amount=1000, at=at(3, 1))
    factories.purchase(shop, stranger, amount=8000, at=at(3, 2))
    promises.judged(shop, member, amount=9000, at=at(4, 1))

    before = deciles.deciles_before(shop, day=date(2026, 3, 31), by=deciles.POINTS)

    assert [(one.net_value, one.members, one.earned) for one in before] == [(1000, 1, 10), (8000, 0, 0)]


def test_who_joined_when_history_came_in_was_a_member_as_early_as_the_history_tells(shop):
    promises.program(shop, at=at(4, 30), starts_at=at(1, 1))
    known, quiet = promises.member(shop, at=at(4, 30)), promises.member(shop, at=at(4, 30))
    promises.judged(shop, known, at=at(3, 1))
    factories.purchase(shop, quiet, amount=50, at=at(3, 1))

    assert [one.members for one in deciles.deciles_before(shop, day=date(2026, 3, 31))] == [1, 0]


def test_groups_before_of_a_day_that_nothing_followed_are_those_of_today(shop):
    promises.program(shop, at=at(1, 1))
    for month, amount in [(1, 900), (2, 400), (4, 2500)]:
        promises.judged(shop, promises.member(shop, at=at(1, 1)), amount=amount, at=at(month, 9))

    for by in (deciles.VALUE, deciles.POINTS):
        assert deciles.deciles_before(shop, day=TODAY, by=by) == deciles.deciles(shop, day=TODAY, by=by)


def test_regular_is_missed_after_twice_the_usual_time(shop):
    weekly_buyer = buys(shop, (3, 18), (3, 25), (4, 1), (4, 8))
    buys(shop, (3, 25), (4, 1), (4, 8), (4, 17))
    buys(shop, (4, 1), (4, 8))

    assert [*attention.quiet_regulars(shop, today=TODAY)] == [{"customer": weekly_buyer.pk}]


def test_who_has_been_away_too_long_is_lapsed_and_not_slipping(shop):
    buys(shop, (1, 5), (1, 6), (1, 7), (1, 8))

    assert [*attention.quiet_regulars(shop, today=TODAY)] == []


def test_points_expire_soon_for_those_who_hold_them(shop):
    policies = {"expiry": {"kind": "days", "days": 30}}
    promises.program(shop, policies=policies, at=at(1, 1))
    late, early, gone = (promises.member(shop, at=at(1, 1)) for __ in range(3))
    promises.judged(shop, late, at=at(4, 30))
    promises.judged(shop, early, at=at(4, 1))
    promises.judged(shop, gone, at=at(3, 1))

    soon = attention.holders(shop, days=5, today=TODAY)

    assert [*soon.order_by("customer")] == [{"customer": early.pk}]
    assert [attention.expiring_lots(shop, days=days, today=TODAY).count() for days in (30, 31)] == [1, 2]


def test_last_days_beside_those_before(shop):
    ana = buys(shop, (3, 1), (3, 10), (4, 20))
    factories.purchase(shop, amount=250, at=at(4, 21))
    factories.refund(shop, buyer=ana, amount=100, at=at(4, 22))
    buys(shop, (4, 30), amount=500)

    found = recent(shop, today=TODAY)

    now, before = found.now, found.before
    assert (now.first, now.last, before.first, before.last) == (APRIL, TODAY, date(2026, 3, 2), date(2026, 3, 31))
    assert (now.revenue, now.purchases, now.new_customers, now.customers, now.returning) == (1650, 3, 1, 2, 1)
    assert (before.revenue, before.purchases, before.new_customers, before.customers) == (1000, 1, 0, 1)
    assert (now.returning_share, now.average_purchase, found.comparable) == (0.5, 550, True)


def test_days_before_the_shops_first_are_no_comparison(shop):
    buys(shop, (3, 3))

    found = recent(shop, today=TODAY)

    assert (found.since, found.comparable) == (date(2026, 3, 3), False)


def test_weeks_begin_on_monday_and_with_the_first_sale():
    days = [Sales(date(2026, 4, 12), 5, 1), Sales(date(2026, 4, 13), 7, 2), Sales(date(2026, 4, 19), 1, 1)]

    found = weekly(days, first=date(2026, 3, 30), last=date(2026, 4, 21))

    assert [(week.first, week.revenue, week.purchases) for week in found] == [
        (date(2026, 4, 6), 5, 1), (date(2026, 4, 13), 8, 3), (date(2026, 4, 20), 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 30])
def test_figures_cost_the_same_for_one_and_for_many(shop, django_assert_num_queries, number):
    for __ in range(number):
        buys(shop, (1, 5), (4, 5))

    with django_assert_num_queries(11):
        returning(shop, since=JAN, until=APRIL)  # 2
        second_visits(shop, since=JAN, until=APRIL)  # 2
        lapsed(shop, day=TODAY)  # 1
        deciles.deciles(shop, day=TODAY)  # 1
        deciles.deciles_before(shop, day=TODAY)  # 1
        recent(shop, today=TODAY)  # 4
