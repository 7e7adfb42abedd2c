from datetime import UTC, datetime, timedelta

import pytest

from customers.purchases import LineDraft
from customers.tests import factories as shops
from rewards import earning, ledger, programs
from rewards.models import Entry, Judgement, Lot
from rewards.tests import factories
from rewards.tests.factories import AT

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


def kept(shop):
    """Points that the shop's entries add up to."""
    return sum(Entry.objects.filter(merchant=shop).values_list("points", flat=True))


def test_a_purchase_earns_and_remembers_why(shop):
    made = factories.program(shop, policies={"expiry": {"kind": "months", "months": 12}})
    ana = factories.member(shop)

    bought = factories.judged(shop, ana, amount=3899)

    judgement = Judgement.objects.get()
    assert (judgement.purchase_id, judgement.program, judgement.points) == (bought.pk, made, 38)
    assert judgement.awards == [
        {"rule": "1 per euro", "kind": "per_amount", "points": 38, "base": 3899, "terms": {"points": 1, "every": 100}}
    ]
    lot = Lot.objects.get()
    assert (lot.points, lot.available_at, lot.expires_at) == (38, AT, datetime(2027, 3, 10, 23, tzinfo=UTC))


def test_a_hold_delays_to_local_midnight(shop):
    factories.program(shop, policies={"hold_days": 14})

    factories.judged(shop, factories.member(shop))

    assert Lot.objects.get().available_at == datetime(2026, 3, 23, 23, tzinfo=UTC)


def test_a_purchase_that_earns_nothing_is_judged_all_the_same(shop):
    factories.program(shop)

    factories.judged(shop, factories.member(shop), amount=99)

    assert Judgement.objects.values_list("points", "awards").get() == (0, [])
    assert not Entry.objects.exists()


def test_excluded_lines_earn_nothing(shop):
    factories.program(shop)
    lines = [LineDraft(amount=1000), LineDraft(amount=250, excluded=True)]

    factories.judged(shop, factories.member(shop), amount=1250, lines=lines)

    assert Judgement.objects.get().points == 10


def test_anonymous_sales_and_strangers_earn_nothing(shop):
    factories.program(shop, auto_enrol=False)

    factories.judged(shop, None)
    factories.judged(shop, shops.customer(shop))

    assert not Judgement.objects.exists()


def test_each_purchase_is_judged_by_the_version_of_its_moment(shop):
    made = factories.program(shop, starts_at=AT - 30 * DAY)
    ana = factories.member(shop)
    double = [{"name": "2 per euro", "award": {"per_amount": {"points": 2, "every": 100}}}]
    programs.publish(program=made, rules=double, at=AT - 10 * DAY)

    for days in (31, 20, 5):
        factories.judged(shop, ana, amount=1000, at=AT - days * DAY)

    assert list(Judgement.objects.order_by("pk").values_list("points", flat=True)) == [10, 20]


def test_every_program_judges(shop):
    factories.program(shop, name="One")
    factories.program(shop, name="Two", rules=[{"name": "5", "award": {"per_amount": {"points": 5, "every": 100}}}])

    factories.judged(shop, factories.member(shop), amount=1000)

    assert list(Judgement.objects.order_by("pk").values_list("points", flat=True)) == [10, 50]


def test_judging_again_earns_nothing_more(shop):
    factories.program(shop)
    bought = factories.judged(shop, factories.member(shop))
    Judgement.objects.all().delete()

    earning.judge(merchant=shop, purchases=[bought], at=AT)

    assert kept(shop) == 10


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([1], 38), ([99], 38), ([100], 37), ([1899], 20), ([1000, 1000, 1000], 8), ([3899], 0), ([3898, 1], 0)],
)
def test_points_kept_are_what_the_rest_would_have_earned(shop, amounts, expected):
    factories.program(shop)
    bought = factories.judged(shop, factories.member(shop), amount=3899)

    for amount in amounts:
        factories.returned(shop, bought, amount=amount)

    assert kept(shop) == expected
    assert list(ledger.differences()) == []


def test_a_refund_is_judged_by_the_purchases_own_version(shop):
    made = factories.program(shop)
    bought = factories.judged(shop, factories.member(shop), amount=1000)
    double = [{"name": "2 per euro", "award": {"per_amount": {"points": 2, "every": 100}}}]
    programs.publish(program=made, rules=double, at=AT + DAY)

    factories.returned(shop, bought, amount=500, at=AT + 2 * DAY)

    assert kept(shop) == 5


def test_a_refund_scales_what_of_the_basket_earns(shop):
    factories.program(shop)
    lines = [LineDraft(amount=1000), LineDraft(amount=1000, excluded=True)]
    bought = factories.judged(shop, factories.member(shop), amount=2000, lines=lines)

    factories.returned(shop, bought, amount=1000)

    assert kept(shop) == 5


def test_a_refund_takes_the_purchases_own_lot_even_when_pending(shop):
    factories.program(shop, policies={"hold_days": 14})
    ana = factories.member(shop)
    factories.judged(shop, ana, amount=1000, at=AT - 30 * DAY)
    bought = factories.judged(shop, ana, amount=1000)

    factories.returned(shop, bought, amount=1000)

    assert list(Lot.objects.order_by("pk").values_list("remaining", flat=True)) == [0]


def test_own_points_that_expired_are_not_taken_again(shop):
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 1}})
    ana = factories.member(shop)
    bought = factories.judged(shop, ana, amount=1000)
    factories.judged(shop, ana, amount=1000, at=AT + 5 * DAY)

    [posted] = factories.returned(shop, bought, amount=1000, at=AT + 5 * DAY)

    assert (posted.moved, posted.lapsed) == (0, 10)
    assert ledger.balance(factories.membership(ana).account_id, at=AT + 5 * DAY, now=AT + 5 * DAY).available == 10


def test_own_points_that_expired_and_were_booked_are_not_taken_again(shop):
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 1}})
    bought = factories.judged(shop, factories.member(shop), amount=1000)
    ledger.expire(at=AT + 5 * DAY)

    [posted] = factories.returned(shop, bought, amount=1000, at=AT + 5 * DAY)

    assert (posted.moved, posted.lapsed) == (0, 10)


def test_a_return_without_a_receipt_never_causes_a_deficit(shop):
    factories.program(shop)
    ana = factories.member(shop)
    factories.judged(shop, ana, amount=500)

    [posted] = factories.returned(shop, person=ana, amount=2000)

    assert (posted.moved, posted.forgiven) == (-5, 15)
    assert kept(shop) == 0


def test_a_refund_after_a_return_that_took_the_lot_makes_a_deficit_or_forgives(shop):
    made = factories.program(shop)
    ana = factories.member(shop)
    bought = factories.judged(shop, ana, amount=1000)
    factories.returned(shop, person=ana, amount=1000)

    factories.returned(shop, bought, amount=1000)

    assert ledger.balance(factories.membership(ana, made).account_id, at=AT, now=AT).available == -10


def test_what_was_forgiven_is_never_sought_again(shop):
    factories.program(shop, policies={"clawback": "clamp"})
    ana = factories.member(shop)
    bought = factories.judged(shop, ana, amount=1000)
    factories.returned(shop, person=ana, amount=1000)

    first = factories.returned(shop, bought, amount=600)
    factories.judged(shop, ana, amount=5000)
    second = factories.returned(shop, bought, amount=400)

    assert [(one.moved, one.forgiven) for one in [*first, *second]] == [(0, 6), (-4, 0)]
    assert kept(shop) == 46


def test_an_anonymous_return_takes_no_points(shop):
    factories.program(shop)

    assert factories.returned(shop, amount=1000) == []


@pytest.mark.parametrize("count", [1, 20])
def test_judging_takes_the_same_statements_for_one_and_for_many(shop, count, django_assert_num_queries):
    factories.program(shop)
    bought = [shops.purchase(shop, factories.member(shop)) for __ in range(count)]

    # savepoint and release, programs, versions, pauses, memberships, judgements, and nine of posting
    with django_assert_num_queries(16):
        earning.judge(merchant=shop, purchases=bought, at=AT)

    assert Judgement.objects.count() == count


def test_expired_points_settle_one_refund_only(shop):
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 1}})
    ana = factories.member(shop)
    bought = factories.judged(shop, ana, amount=10_000)
    place = factories.Till(factories.membership(ana))
    ledger.post([place.posting(-60, kind="adjust")], at=AT)
    factories.judged(shop, ana, amount=9_000, at=AT + 5 * DAY)

    back = [factories.returned(shop, bought, amount=5_000, at=AT + 5 * DAY)[0] for __ in range(2)]

    assert [(one.moved, one.lapsed) for one in back] == [(-10, 40), (-50, 0)]
