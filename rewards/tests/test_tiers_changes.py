"""What else changes tiers: what comes back, what comes late, history, and new versions."""

from datetime import UTC, datetime

import pytest

from customers import purchases as bought
from customers.tests import factories as shops
from rewards import earning, pools, programs, tiers
from rewards.models import Membership, TierChange
from rewards.tests import factories
from rewards.tests.factories import AT
from rewards.tests.ladders import FRIEND
from rewards.tests.tiered import DAY, buy, changes, ladder, points, promise, proven, tier

pytestmark = pytest.mark.django_db
YEAR_OVER = datetime(2027, 3, 10, 23, tzinfo=UTC)  # 11 March in Madrid: a purchase of AT no longer counts
GRACE_OVER = datetime(2027, 4, 9, 22, tzinfo=UTC)  # 30 days later; summer time has begun


@pytest.fixture
def shop():
    return shops.merchant()


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


def test_a_tier_reached_by_points_is_kept_by_who_shares_an_account(shop):
    promise(shop, levels=ladder(0, 30), basis="points")
    ana, ben = factories.member(shop), factories.member(shop)
    buy(shop, ana, 3000)
    mine, host = (Membership.objects.get(customer=one) for one in (ana, ben))

    pools.join(membership=mine, host=host, at=AT)
    buy(shop, ana, 1000)

    assert (tier(ana), tier(ben), proven()) == ("t1", "t0", True)
    pools.leave(membership=mine, at=AT)
    buy(shop, ana, 1000)
    assert (tier(ana), changes(ana), proven()) == ("t1", [("t0", "t1", AT, "purchase")], True)
