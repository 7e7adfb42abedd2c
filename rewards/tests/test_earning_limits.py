"""Limits over many purchases: what was used before counts, in calendar periods, and comes back with what comes back."""

from datetime import UTC, datetime, timedelta

import pytest

from customers import purchases as facts
from customers.tests import factories as shops
from rewards import earning, programs
from rewards.models import Judgement, RuleDay, RuleUse
from rewards.tests import factories
from rewards.tests.factories import AT
from rewards.tests.promises import rule

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


def promise(shop, *wanted, **fields):
    """A program of these rules that has long begun."""
    return factories.program(shop, rules=list(wanted), starts_at=AT - 900 * DAY, **fields)


def once(period="ever", scope="per_customer", **bound):
    return {scope: {**(bound or {"times": 1}), "period": period}}


def earned(shop, person, *moments, amount=1000) -> list[int]:
    """The points of one purchase after the other."""
    bought = [factories.judged(shop, person, amount=amount, at=at) for at in moments]
    points = dict(Judgement.objects.values_list("purchase", "points"))
    assert list(earning.differences()) == []
    return [points[one.pk] for one in bought]


@pytest.mark.parametrize(
    ("period", "second", "expected"),
    [
        ("day", datetime(2026, 3, 10, 22, 59, tzinfo=UTC), 0),  # 23:59 in Madrid
        ("day", datetime(2026, 3, 10, 23, 1, tzinfo=UTC), 10),
        ("week", datetime(2026, 3, 15, 12, tzinfo=UTC), 0),
        ("week", datetime(2026, 3, 16, 12, tzinfo=UTC), 10),
        ("week", datetime(2026, 3, 8, 12, tzinfo=UTC), 10),
        ("month", datetime(2026, 3, 31, 12, tzinfo=UTC), 0),
        ("month", datetime(2026, 4, 1, 12, tzinfo=UTC), 10),
        ("year", datetime(2026, 1, 1, 12, tzinfo=UTC), 0),
        ("year", datetime(2025, 12, 31, 12, tzinfo=UTC), 10),
        ("ever", datetime(2024, 12, 31, 12, tzinfo=UTC), 0),
    ],
)
@pytest.mark.parametrize("scope", ["per_customer", "total"])
def test_periods_are_local_calendar_periods_of_the_purchase(shop, scope, period, second, expected):
    promise(shop, rule(1, limits=once(period, scope)))

    assert earned(shop, factories.member(shop), AT, second) == [10, expected]


def test_a_limit_per_customer_is_each_customers_own(shop):
    promise(shop, rule(1, limits=once()))
    ana, bob = factories.member(shop), factories.member(shop)

    assert [*earned(shop, ana, AT, AT), *earned(shop, bob, AT)] == [10, 0, 10]


def test_a_total_limit_is_for_all_customers_together(shop):
    promise(shop, rule(1, limits=once(scope="total", times=2)))

    assert [earned(shop, factories.member(shop), AT)[0] for __ in range(3)] == [10, 10, 0]


@pytest.mark.parametrize("scope", ["per_customer", "total"])
def test_an_award_is_cut_to_what_is_left_of_points(shop, scope):
    promise(shop, rule(1, limits=once("month", scope, points=25)))

    assert earned(shop, factories.member(shop), AT, AT, AT, AT, AT + 30 * DAY) == [10, 10, 5, 0, 10]


def test_a_purchase_for_which_a_rule_gives_nothing_uses_nothing(shop):
    promise(shop, rule(1, limits=once()))
    ana = factories.member(shop)

    assert [*earned(shop, ana, AT, amount=50), *earned(shop, ana, AT)] == [0, 10]


def test_a_used_up_exclusive_rule_lets_the_others_award(shop):
    promise(shop, rule({"fixed": 50}, "hello", exclusive=True, limits=once("day")), rule(1, "euro"))

    assert earned(shop, factories.member(shop), AT, AT) == [50, 10]


def test_several_at_once_count_on_in_order_of_occurrence(shop):
    promise(shop, rule(1, limits=once(points=15)), rule(1, "total", limits=once(scope="total", times=3)))
    ana, bob = factories.member(shop), factories.member(shop)
    drafts = [shops.draft(who, at=AT - days * DAY) for days, who in [(1, ana), (3, ana), (2, ana), (4, bob)]]

    earning.judge(merchant=shop, purchases=facts.record(merchant=shop, drafts=drafts, at=AT), at=AT)

    points = dict(Judgement.objects.values_list("purchase", "points"))
    assert [points[one.pk] for one in drafts] == [0, 20, 15, 20]
    assert list(earning.differences()) == []


def test_a_rule_keeps_what_it_used_through_versions_by_its_name(shop):
    made = promise(shop, rule(1, "hello", limits=once()))
    ana = factories.member(shop)
    before = earned(shop, ana, AT)
    twice = [rule(2, "hello", limits=once("month", times=2)), rule(1, "other", limits=once())]
    programs.publish(program=made, rules=twice, at=AT + DAY)

    assert [*before, *earned(shop, ana, AT + 2 * DAY, AT + 3 * DAY)] == [10, 30, 0]


def test_a_limit_counts_from_the_version_that_has_it(shop):
    made = promise(shop, rule(1, "hello"))
    ana = factories.member(shop)
    before = earned(shop, ana, AT)
    programs.publish(program=made, rules=[rule(1, "hello", limits=once())], at=AT + DAY)

    assert [*before, *earned(shop, ana, AT + 2 * DAY, AT + 3 * DAY)] == [10, 10, 0]


@pytest.mark.parametrize("scope", ["per_customer", "total"])
def test_versions_that_count_by_other_periods_share_a_batch(shop, scope):
    made = promise(shop, rule(1, "hello", limits=once("day", scope)))
    programs.publish(program=made, rules=[rule(1, "hello", limits=once("month", scope, times=2))], at=AT + DAY)
    ana = factories.member(shop)
    drafts = [shops.draft(ana, at=AT + days * DAY) for days in (0, 0, 2, 3, 30)]

    bought = facts.record(merchant=shop, drafts=drafts, at=AT + 31 * DAY)
    earning.judge(merchant=shop, purchases=bought, at=AT + 31 * DAY)

    assert list(Judgement.objects.order_by("purchase").values_list("points", flat=True)) == [10, 0, 10, 0, 10]


@pytest.mark.parametrize("scope", ["per_customer", "total"])
def test_a_limit_so_freed_counts_for_later_purchases(shop, scope):
    promise(shop, rule(1, limits=once(scope=scope, points=15)))
    ana = factories.member(shop)
    bought = factories.judged(shop, ana)

    factories.returned(shop, bought, amount=400)
    part = earned(shop, ana, AT)
    factories.returned(shop, bought, amount=600)

    assert [*part, *earned(shop, ana, AT)] == [9, 6]


@pytest.mark.parametrize("scope", ["per_customer", "total"])
def test_a_time_is_freed_when_its_points_are_gone(shop, scope):
    promise(shop, rule(1, limits=once(scope=scope)))
    ana = factories.member(shop)
    bought = factories.judged(shop, ana)

    factories.returned(shop, bought, amount=500)
    still_used = earned(shop, ana, AT)
    factories.returned(shop, bought, amount=500)

    assert [*still_used, *earned(shop, ana, AT)] == [0, 10]


def test_a_refund_judges_by_what_was_left_when_the_purchase_was_judged(shop):
    promise(shop, rule(1, limits=once(points=15)))
    ana = factories.member(shop)
    first, second = (factories.judged(shop, ana) for __ in range(2))

    factories.returned(shop, first, amount=1000)
    factories.returned(shop, second, amount=300)

    # The second had 5 left then, and what remains of it would have earned 7: it keeps its 5.
    kept = dict(RuleUse.objects.values_list("purchase", "points"))
    assert (kept[first.pk], kept[second.pk]) == (0, 5)


def test_a_return_without_a_receipt_takes_what_an_unused_limit_would_have_given(shop):
    promise(shop, rule(1, limits=once("day", points=15)))
    ana = factories.member(shop)
    earned(shop, ana, AT, AT + DAY)

    [posted] = factories.returned(shop, person=ana, amount=2000, at=AT + 2 * DAY)

    assert posted.moved == -15


def test_removing_customers_frees_what_they_used_of_all(shop):
    promise(shop, rule(1, limits=once(scope="total")))
    ana = factories.member(shop)
    earned(shop, ana, AT)

    earning.forget(merchant=shop, customers=[ana.pk])

    assert not RuleUse.objects.exists()
    assert set(RuleDay.objects.values_list("times", "points")) == {(0, 0)}
    assert earned(shop, factories.member(shop), AT) == [10]


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize(
    ("scope", "queries"),
    [
        ("per_customer", 18),  # 16 without limits; uses read and written
        ("total", 21),  # turnstile, days, uses; then days read again, written
    ],
)
def test_limits_take_the_same_statements_for_one_and_for_many(shop, scope, queries, count, django_assert_num_queries):
    promise(shop, *(rule(1, f"r{number}", limits=once("week", scope, times=99)) for number in range(5)))
    bought = [shops.purchase(shop, factories.member(shop)) for __ in range(count)]

    with django_assert_num_queries(queries):
        earning.judge(merchant=shop, purchases=bought, at=AT)

    assert RuleUse.objects.count() == 5 * count


def test_rules_without_limits_cost_nothing_more(shop, django_assert_num_queries):
    promise(shop, *(rule(1, f"r{number}") for number in range(5)))
    bought = shops.purchase(shop, factories.member(shop))

    with django_assert_num_queries(16):
        earning.judge(merchant=shop, purchases=[bought], at=AT)

    assert not RuleUse.objects.exists()
