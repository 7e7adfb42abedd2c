"""Tiers of members: reached at once, kept for the window and the grace, lost with what comes back."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import purchases as bought
from customers.merchants.models import Merchant
from customers.models import Customer
from customers.tests import factories as shops
from rewards import earning, programs, tiers
from rewards.models import Judgement, Membership, Program, TierChange
from rewards.tests import factories
from rewards.tests.factories import AT, RULES
from rewards.tests.ladders import FRIEND

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR_OVER = datetime(2027, 3, 10, 23, tzinfo=UTC)  # 11 March in Madrid: a purchase of AT no longer counts
GRACE_OVER = datetime(2027, 4, 9, 22, tzinfo=UTC)  # 30 days later; summer time has begun


@pytest.fixture
def shop():
    return shops.merchant()


def promise(shop: Merchant, *, levels=FRIEND, basis="spend", months=12, grace=30, **fields) -> Program:
    """A running program with tiers that has long begun."""
    policy = {"basis": basis, "window_months": months, "grace_days": grace}
    return factories.program(shop, tiers=levels, tier_policy=policy, starts_at=AT - 900 * DAY, **fields)


def ladder(*thresholds: int) -> list[dict]:
    return [{"name": f"t{number}", "threshold": threshold} for number, threshold in enumerate(thresholds)]


def buy(shop: Merchant, who: Customer, amount: int, at=AT, **more):
    return factories.judged(shop, who, amount=amount, at=at, **more)


def points(*purchases) -> list[int]:
    found = dict(Judgement.objects.standing().values_list("purchase", "points"))
    return [found[one.pk] for one in purchases]


def tier(who: Customer, at=AT, now=None) -> str | None:
    member = Membership.objects.get(customer=who)
    return tiers.tiers_at([member], at=at, now=now or at)[member.pk]


def changes(who: Customer) -> list[tuple]:
    found = TierChange.objects.filter(membership__customer=who).order_by("pk")
    return [(one.from_tier, one.to_tier, one.at, one.cause) for one in found]


def proven(at=AT) -> bool:
    return list(tiers.differences(at=at)) == []


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


@pytest.mark.parametrize(("basis", "threshold"), [("spend", 20000), ("points", 200), ("visits", 2)])
def test_a_refund_that_removes_the_qualification_removes_the_tier_at_once(shop, basis, threshold):
    promise(shop, levels=ladder(0, threshold), basis=basis)
    ana = factories.member(shop)
    one, __ = buy(shop, ana, 10000), buy(shop, ana, 10000)

    factories.returned(shop, one, amount=9900, at=AT + DAY)
    part = tier(ana, AT + DAY)
    factories.returned(shop, one, amount=100, at=AT + 2 * DAY)

    assert (part, tier(ana, AT + 2 * DAY)) == ("t1" if basis == "visits" else "t0", "t0")
    assert changes(ana)[-1][2:] == (AT + (2 if basis == "visits" else 1) * DAY, "refund")
    assert proven(AT + 2 * DAY)


def test_a_refund_judges_again_with_the_tier_of_then(shop):
    promise(shop)
    ana = factories.member(shop)
    one = buy(shop, ana, 20000)
    two = buy(shop, ana, 1000)
    factories.returned(shop, one, amount=20000, at=AT + DAY)

    factories.returned(shop, two, amount=200, at=AT + DAY)

    assert sum(entry.points for entry in two_entries(two)) == 12
    assert proven(AT + DAY)


def two_entries(purchase):
    return Membership.objects.get().entries.filter(purchase=purchase.pk)


@pytest.mark.parametrize("basis", ["spend", "points"])
def test_a_return_without_a_receipt_takes_the_tier_at_once(shop, basis):
    promise(shop, levels=ladder(0, 20000 if basis == "spend" else 200), basis=basis)
    ana = factories.member(shop)
    buy(shop, ana, 20000)

    factories.returned(shop, person=ana, amount=100, at=AT + DAY)

    assert changes(ana)[1:] == [("t1", "t0", AT + DAY, "refund")]
    assert proven(AT + DAY)


def test_a_void_takes_the_tier_at_once(shop):
    promise(shop)
    ana = factories.member(shop)
    one = buy(shop, ana, 20000)

    purchase, __ = bought.void(merchant=shop, purchase_id=one.pk, at=AT + DAY)
    earning.withdraw(merchant=shop, purchase=purchase, at=AT + DAY)

    assert changes(ana)[1:] == [("Friend", "Regular", AT + DAY, "void")]
    assert proven(AT + DAY)


def test_a_purchase_that_moves_takes_the_tier_along(shop):
    promise(shop)
    ana, ben = factories.member(shop), factories.member(shop)
    one = buy(shop, ana, 20000)

    purchase, __ = bought.move(merchant=shop, purchase_id=one.pk, customer_id=ben.pk)
    one.customer_id = ben.pk
    earning.move(merchant=shop, purchase=purchase, draft=one, at=AT + DAY)

    assert changes(ana)[1:] == [("Friend", "Regular", AT + DAY, "move")]
    assert changes(ben) == [("Regular", "Friend", AT + DAY, "move")]
    assert proven(AT + DAY)


def test_of_several_at_once_the_second_is_judged_with_what_the_first_has_brought(shop):
    promise(shop)
    ana, ben = factories.member(shop), factories.member(shop)
    drafts = [
        shops.draft(ana, amount=amount, at=AT - days * DAY) for amount, days in [(1000, 1), (20000, 3), (1000, 500)]
    ]
    drafts.append(shops.draft(ben, amount=1000, at=AT))

    earning.judge(merchant=shop, purchases=bought.record(merchant=shop, drafts=drafts, at=AT), at=AT)

    assert points(*drafts) == [15, 200, 10, 10]
    assert proven()


def test_a_list_over_years_goes_up_and_down_as_it_happened(shop):
    promise(shop)
    ana = factories.member(shop)
    moments = [AT - 800 * DAY, AT - 300 * DAY, AT]
    drafts = [shops.draft(ana, amount=20000, at=moment) for moment in moments]

    earning.judge(merchant=shop, purchases=bought.record(merchant=shop, drafts=drafts, at=AT), at=AT)

    assert [(one[0], one[1], one[3]) for one in changes(ana)] == [
        ("Regular", "Friend", "purchase"),
        ("Friend", "Regular", "window"),
        ("Regular", "Friend", "purchase"),
    ]
    assert points(*drafts) == [200, 200, 300]
    assert proven()


def test_a_late_purchase_takes_the_tier_as_known_when_recorded(shop):
    promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 20000)

    late = factories.judged(shop, ana, amount=1000, at=AT - 3 * DAY)

    assert points(late) == [15]
    assert proven()


def test_other_purchases_are_never_judged_again(shop):
    promise(shop)
    ana = factories.member(shop)
    one = buy(shop, ana, 20000)
    two = buy(shop, ana, 1000)

    factories.returned(shop, one, amount=20000)

    assert points(two) == [15]


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


def test_history_earns_with_the_tiers_it_brings(shop):
    ana = shops.customer(shop)
    drafts = [shops.purchase(shop, ana, amount=amount, at=AT - days * DAY) for amount, days in [(20000, 9), (1000, 8)]]
    shops.refund(shop, drafts[1], amount=200, at=AT - 7 * DAY)
    promise(shop)

    earning.judge(merchant=shop, purchases=drafts, at=AT, history=True)

    assert points(*drafts) == [200, 15]
    assert changes(ana) == [("Regular", "Friend", AT - 9 * DAY, "purchase")]
    assert proven()


def test_what_was_bought_before_the_start_reaches_nothing(shop):
    ana = shops.customer(shop)
    shops.purchase(shop, ana, amount=20000, at=AT - DAY)
    factories.program(shop, tiers=FRIEND)

    buy(shop, ana, 100)

    assert tier(ana) == "Regular"
    assert proven()


def test_a_new_version_moves_members_by_its_thresholds_from_then_on(shop):
    made = promise(shop)
    ana, ben = factories.member(shop), factories.member(shop)
    buy(shop, ana, 20000)
    buy(shop, ben, 15000)
    lower = [{"name": "Regular", "threshold": 0}, {"name": "Pal", "threshold": 15000}]

    programs.publish(program=made, tiers=lower, at=AT + DAY)
    tiers.follow_program(program=made, at=AT + DAY)

    assert changes(ana)[1:] == [("Friend", "Pal", AT + DAY, "rules")]
    assert changes(ben) == [("Regular", "Pal", AT + DAY, "rules")]
    assert proven(AT + DAY)


def test_a_version_without_tiers_takes_them_all(shop):
    made = promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 20000)

    programs.publish(program=made, tiers=[], at=AT + DAY)
    tiers.follow_program(program=made, at=AT + DAY)

    assert (tier(ana, AT + DAY), made.versions.last().tier_policy) == (None, None)
    assert proven(AT + DAY)


def test_a_purchase_follows_a_new_version_that_nobody_followed_yet(shop):
    made = promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 15000)
    programs.publish(program=made, tiers=[FRIEND[0], {**FRIEND[1], "threshold": 15000}], at=AT + DAY)

    assert points(buy(shop, ana, 1000, at=AT + DAY)) == [15]
    assert changes(ana) == [("Regular", "Friend", AT + DAY, "rules")]
    assert proven(AT + DAY)


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


def test_the_proof_finds_a_tier_that_is_not_deserved(shop):
    promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 20000)
    Membership.objects.update(tier="Regular", tier_until=None, tier_after=None)

    [first, second] = tiers.differences(at=AT)

    assert first.endswith("its tiers are Regular, but it deserves Friend until 2027-04-09 22:00, Regular")
    assert second.endswith("in tier Regular, but its last change led to Friend")


def test_forgetting_customers_forgets_their_changes(shop):
    promise(shop)
    ana = factories.member(shop)
    buy(shop, ana, 20000)

    earning.forget(merchant=shop, customers=[ana.pk])

    assert TierChange.objects.count() == 0


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
