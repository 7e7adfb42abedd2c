"""Tiers of members: reached at once, kept for the window and the grace, read at any moment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import purchases as bought
from customers.tests import factories as shops
from rewards import earning, tiers
from rewards.models import Judgement, Membership, Program, TierChange
from rewards.tests import factories
from rewards.tests.factories import AT, RULES
from rewards.tests.ladders import FRIEND
from rewards.tests.tiered import DAY, buy, changes, ladder, points, promise, proven, tier

pytestmark = pytest.mark.django_db
YEAR_OVER = datetime(2027, 3, 10, 23, tzinfo=UTC)  # 11 March in Madrid: a purchase of AT no longer counts
GRACE_OVER = datetime(2027, 4, 9, 22, tzinfo=UTC)  # 30 days later; summer time has begun


@pytest.fixture
def shop():
    return shops.merchant()


def test_the_contracts_friend_earns_half_more_from_the_purchase_after_the_one_that_reached_it(shop):
    promise(shop)
    ana = factories.member(shop)

    one, two, three = buy(shop, ana, 19900), buy(shop, ana, 100), buy(shop, ana, 1000)

    assert points(one, two, three) == [199, 1, 15]
    assert Judgement.objects.get(purchase=three.pk).awards[1] == {
        "rule": "Friend",
        "kind": "multiply",
        "points": 5,
        "base": 10,
        "terms": {"factor": "1.5", "tier": "Friend"},
    }
    assert [one["tier"] for one in Judgement.objects.order_by("pk").values_list("facts", flat=True)] == [
        "Regular",
        "Regular",
        "Friend",
    ]
    assert changes(ana) == [("Regular", "Friend", AT, "purchase")]
    assert TierChange.objects.get().purchase_id == two.pk
    assert proven()


def test_a_member_begins_in_the_tier_that_needs_nothing(shop):
    before = shops.customer(shop)
    promise(shop)
    after = factories.member(shop)

    assert [tier(before), tier(after)] == ["Regular", "Regular"]
    assert changes(after) == []
    assert proven()


def test_below_the_first_threshold_there_is_no_tier(shop):
    promise(shop, levels=ladder(20000))
    ana = factories.member(shop)

    buy(shop, ana, 19999)

    assert tier(ana) is None
    buy(shop, ana, 1)
    assert (tier(ana), changes(ana)) == ("t0", [(None, "t0", AT, "purchase")])


def test_a_tier_ends_after_the_window_and_the_grace_whatever_job_has_run(shop):
    promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 20000)

    moments = [YEAR_OVER, GRACE_OVER - timedelta(microseconds=1), GRACE_OVER]

    assert [tier(ana, moment) for moment in moments] == ["Friend", "Friend", "Regular"]
    assert Membership.objects.get().tier_until == GRACE_OVER
    assert proven(GRACE_OVER)


def test_the_job_books_what_has_ended_once(shop):
    promise(shop, levels=ladder(0, 5000, 20000))
    ana = factories.member(shop)
    buy(shop, ana, 15000)
    buy(shop, ana, 5000, at=AT + 10 * DAY)

    assert tiers.book(at=GRACE_OVER + 20 * DAY) == 1
    assert tiers.book(at=GRACE_OVER + 20 * DAY) == 0

    assert changes(ana)[1:] == [
        ("t1", "t2", AT + 10 * DAY, "purchase"),
        ("t2", "t1", GRACE_OVER, "window"),
        ("t1", "t0", GRACE_OVER + 10 * DAY, "window"),
    ]
    member = Membership.objects.get()
    assert (member.tier, member.tier_since, member.tier_until, member.tier_after) == (
        "t0",
        GRACE_OVER + 10 * DAY,
        None,
        None,
    )
    assert proven(GRACE_OVER + 20 * DAY)


def test_a_tier_of_the_past_is_read_from_the_changes(shop):
    promise(shop)
    ana = factories.member(shop, at=AT - DAY)
    buy(shop, ana, 20000)
    tiers.book(at=GRACE_OVER)
    now = GRACE_OVER + DAY

    assert [tier(ana, moment, now) for moment in (AT - DAY, AT, GRACE_OVER - DAY, GRACE_OVER, now)] == [
        "Regular",
        "Friend",
        "Friend",
        "Regular",
        "Regular",
    ]


def test_a_purchase_after_the_end_books_the_end_first(shop):
    promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 20000)

    late = buy(shop, ana, 20000, at=GRACE_OVER + DAY)

    assert points(late) == [200]
    assert changes(ana)[1:] == [
        ("Friend", "Regular", GRACE_OVER, "window"),
        ("Regular", "Friend", GRACE_OVER + DAY, "purchase"),
    ]
    assert proven(GRACE_OVER + DAY)


@pytest.mark.parametrize(("basis", "thresholds"), [("points", (0, 200)), ("visits", (0, 2))])
def test_points_and_visits_count_too(shop, basis, thresholds):
    promise(shop, levels=ladder(*thresholds), basis=basis)
    ana = factories.member(shop)

    buy(shop, ana, 10000)
    assert tier(ana) == "t0"
    buy(shop, ana, 10000)

    assert tier(ana) == "t1"
    assert proven()


def test_a_rule_may_ask_for_a_tier(shop):
    rules = [*RULES, {"name": "Friends", "award": {"fixed": 7}, "when": {"tiers": ["friend"]}}]
    promise(shop, levels=[FRIEND[0], {"name": "Friend", "threshold": 20000}], rules=rules)
    ana = factories.member(shop)

    assert points(buy(shop, ana, 20000), buy(shop, ana, 1000)) == [200, 17]


@pytest.mark.parametrize(("multipliers", "expected"), [("best", 20), ("all", 30)])
def test_the_factor_of_a_tier_is_one_of_them(shop, multipliers, expected):
    rules = [*RULES, {"name": "Double", "award": {"multiply": "2"}}]
    promise(shop, rules=rules, policies={"multipliers": multipliers})
    ana = factories.member(shop)
    buy(shop, ana, 20000)

    assert points(buy(shop, ana, 1000)) == [expected]


def test_progress_says_what_is_missing_and_until_when(shop):
    promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 12000)

    def stands(at):
        member = Membership.objects.with_tiers().get()
        found = tiers.progress(shop, [member], at=at)[member.pk]
        return (found.tier.name, found.reached, found.next and found.next.name, found.missing, found.until)

    assert stands(AT) == ("Regular", 12000, "Friend", 8000, None)
    buy(shop, ana, 8000, at=AT + DAY)
    assert stands(AT + DAY) == ("Friend", 20000, None, 0, GRACE_OVER)
    assert stands(YEAR_OVER) == ("Friend", 8000, None, 0, GRACE_OVER)


def queries(shop, people, amount) -> int:
    drafts = [shops.draft(one, amount=amount, at=AT + DAY) for one in people]
    fresh = bought.record(merchant=shop, drafts=drafts, at=AT)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        earning.judge(merchant=shop, purchases=fresh, at=AT)
    return len(captured)


def test_statements_do_not_grow_with_the_list(shop):
    promise(shop)
    people = [factories.member(shop) for __ in range(30)]

    assert queries(shop, people[:1], 20000) == queries(shop, people[1:], 20000)


def test_a_program_without_tiers_costs_nothing_more(shop):
    factories.program(shop)
    people = [factories.member(shop)]
    plain = queries(shop, people, 20000)
    Program.objects.all().update(name="P")
    other = shops.merchant("b")
    promise(other)

    assert queries(other, [factories.member(other)], 20000) == plain + 5  # places, purchases, returns; tier, change
