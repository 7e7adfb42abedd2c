"""Redeeming: points become vouchers, at once or after a hold, and come back when that is cancelled."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.merchants.refusals import Refusal
from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import catalog, ledger, redemption, vouchers
from rewards.models import Entry, Hold, Lot, Redemption, Reward, Voucher
from rewards.tests import factories
from rewards.tests.factories import Till

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def program():
    return factories.program(shops.merchant())


@pytest.fixture
def ana(program):
    """A member with 100 points, 30 of which expire in a month."""
    place = factories.membership(factories.member(program.merchant))
    till = Till(place)
    ledger.post([till.posting(30, expires_at=AT + 30 * DAY), till.posting(70)], at=AT)
    return place


@pytest.fixture
def coffee(program):
    return factories.reward(program, stock=7)


def available(member, at=AT):
    return ledger.balance(member.account_id, at=at, now=at).available


def lots(member):
    return list(Lot.objects.filter(account=member.account_id).order_by("pk").values_list("points", "remaining"))


def stock(reward):
    return Reward.objects.get(pk=reward.pk).stock


def take(member, reward, at=AT, **more):
    return redemption.redeem(membership=member, reward=reward, at=at, **more)


def cancel(made, at=AT, **more):
    return redemption.cancel(redemption=made, at=at, **more)


def refused(work):
    """The code with which something is refused, and that nothing was written then."""
    before = [list(model.objects.values()) for model in (Redemption, Entry, Voucher, Reward, Hold)]
    with pytest.raises(Refusal) as error:
        work()
    assert [list(model.objects.values()) for model in (Redemption, Entry, Voucher, Reward, Hold)] == before
    return error.value.code


def sound():
    return [*ledger.differences(), *redemption.differences()] == []


def test_redeeming_spends_the_points_and_issues_a_voucher_for_each(ana, coffee):
    made = take(ana, coffee, quantity=2, actor="stf_1")

    assert (made.status, made.points, made.entry.points, made.entry.reason) == ("captured", 20, -20, "Coffee")
    assert (available(ana), stock(coffee)) == (80, 5)
    issued = list(made.vouchers.all())
    assert [(one.name, one.customer_id, one.status) for one in issued] == [("Coffee", ana.customer_id, "open")] * 2
    assert issued[0].benefit == coffee.benefit
    assert (issued[0].balance, issued[0].expires_at) == (None, None)
    assert sound()


def test_a_gift_card_has_its_amount_and_a_voucher_lives_through_its_last_local_day(ana, program):
    card = factories.reward(program, benefit={"kind": "gift_card", "amount": 500}, voucher_days=30)

    [voucher] = take(ana, card, at=datetime(2026, 3, 10, 23, 30, tzinfo=UTC)).vouchers.all()  # the 11th in Madrid

    assert voucher.balance == 500
    assert voucher.expires_at == datetime(2026, 4, 10, 22, tzinfo=UTC)


def test_what_costs_nothing_makes_no_entry(ana, program):
    made = take(ana, factories.reward(program, cost=0))

    assert (made.entry, made.points, made.vouchers.count(), available(ana)) == (None, 0, 1, 100)
    assert cancel(made).status == "cancelled"
    assert sound()


def test_a_hold_sets_points_and_stock_aside_and_its_capture_takes_them(ana, coffee):
    made = take(ana, coffee, capture=False)
    assert (made.status, made.entry, made.vouchers.count()) == ("held", None, 0)
    assert (available(ana), stock(coffee), made.held_until) == (90, 6, AT + 15 * MINUTE)

    done = redemption.capture(redemption=made, at=AT + MINUTE, actor="stf_2")

    assert (done.status, done.entry.points, done.entry.actor, done.vouchers.count()) == ("captured", -10, "stf_2", 1)
    assert (available(ana, AT + MINUTE), stock(coffee)) == (90, 6)
    assert sound()


def test_what_was_done_already_is_answered_again(ana, coffee):
    made = take(ana, coffee, capture=False)

    for __ in range(2):
        redemption.capture(redemption=made, at=AT)
    assert (Entry.objects.filter(kind="redeem").count(), Voucher.objects.count()) == (1, 1)

    for __ in range(2):
        assert cancel(made).status == "cancelled"
    assert (available(ana), stock(coffee)) == (100, 7)
    assert sound()


def test_a_hold_without_points_is_one_too(ana, program):
    free = factories.reward(program, cost=0, stock=1)
    made = take(ana, free, capture=False)

    assert (made.hold, stock(free)) == (None, 0)
    assert redemption.capture(redemption=made, at=AT).vouchers.count() == 1
    assert sound()


def test_a_hold_that_is_over_gives_everything_back_and_is_not_captured(ana, coffee):
    made = take(ana, coffee, capture=False)
    late = AT + 15 * MINUTE

    assert refused(lambda: redemption.capture(redemption=made, at=late)) == "hold_over"
    assert (available(ana, late), redemption.status(made, at=late), redemption.status(made, at=AT)) == (
        100,
        "expired",
        "held",
    )

    take(ana, coffee, at=late)

    made.refresh_from_db()
    assert (made.status, made.ended_at, stock(coffee)) == ("expired", late, 6)
    assert cancel(made, at=late).status == "expired"
    assert sound()


def test_the_last_one_that_lapsed_can_be_taken(ana, program):
    last = factories.reward(program, stock=1)
    take(ana, last, capture=False)

    assert refused(lambda: take(ana, last)) == "out_of_stock"
    assert take(ana, last, at=AT + 15 * MINUTE).status == "captured"
    assert stock(last) == 0


def test_a_hold_is_let_go_by_cancelling_it(ana, coffee):
    made = cancel(take(ana, coffee, capture=False))

    assert (made.status, available(ana), stock(coffee)) == ("cancelled", 100, 7)
    assert refused(lambda: redemption.capture(redemption=made, at=AT)) == "hold_over"
    assert sound()


def test_cancelling_gives_points_back_to_the_lots_they_came_from(ana, program):
    big = factories.reward(program, cost=50)
    made = take(ana, big)
    assert lots(ana) == [(30, 0), (70, 50)]

    made = cancel(made, actor="stf_1")

    assert (made.status, lots(ana)) == ("cancelled", [(30, 30), (70, 70)])
    assert [one.status for one in made.vouchers.all()] == ["cancelled"]
    assert Entry.objects.get(kind="return").actor == "stf_1"
    assert sound()


def test_what_was_used_does_not_come_back(ana, coffee):
    made = take(ana, coffee, quantity=2)
    vouchers.use(voucher=made.vouchers.first(), at=AT)

    assert refused(lambda: cancel(made)) == "voucher_used"

    vouchers.reverse(voucher=made.vouchers.first(), at=AT)
    assert cancel(made).status == "cancelled"
    assert sound()


def test_a_gift_card_that_was_spent_from_does_not_come_back(ana, program):
    made = take(ana, factories.reward(program, benefit={"kind": "gift_card", "amount": 500}))
    made.vouchers.update(balance=499)

    assert refused(lambda: cancel(made)) == "voucher_used"


@pytest.mark.parametrize("quantity", [1, 7])
def test_redeeming_takes_the_same_queries_however_many(ana, coffee, quantity, django_assert_num_queries):
    with django_assert_num_queries(27):  # six of them for savepoints
        take(ana, coffee, quantity=quantity)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "revoked"}, "voucher_revoked"),
        ({"expires_at": AT}, "voucher_expired"),
        ({"status": "cancelled"}, "voucher_cancelled"),
    ],
)
def test_points_of_a_voucher_that_is_over_do_not_come_back(ana, coffee, change, code):
    made = take(ana, coffee)
    made.vouchers.update(**change)

    assert refused(lambda: cancel(made)) == code


def test_what_a_refund_gave_back_before_is_not_given_again(ana, coffee):
    made = take(ana, coffee)
    ledger.give_back(entry=made.entry, key="r", at=AT)

    assert (cancel(made).status, available(ana)) == ("cancelled", 100)
    assert sound()


def test_an_endless_stock_stays_endless_whatever_comes_back(ana, coffee, program):
    endless = factories.reward(program)
    made = take(ana, endless)
    catalog.update(reward=endless, at=AT, stock=5)

    cancel(made)

    assert (stock(endless), sound()) == (5, True)
    catalog.update(reward=coffee, at=AT, stock=None)
    assert stock(coffee) is None


@pytest.mark.parametrize(
    ("fields", "more", "code"),
    [
        ({"cost": 101}, {}, "insufficient_points"),
        ({"stock": 1}, {"quantity": 2}, "out_of_stock"),
        ({"status": "draft"}, {}, "not_eligible"),
        ({"status": "archived"}, {}, "not_eligible"),
        ({"per_customer": 1}, {"quantity": 2}, "limit_reached"),
        ({}, {"quantity": 0}, "invalid_quantity"),
        ({}, {"quantity": 101}, "invalid_quantity"),
        ({}, {"quantity": True}, "invalid_quantity"),
    ],
)
@pytest.mark.parametrize("capture", [True, False])
def test_what_is_refused_leaves_nothing_behind(ana, program, fields, more, code, capture):
    reward = factories.reward(program, **fields)

    assert refused(lambda: take(ana, reward, capture=capture, **more)) == code


def test_who_owes_points_redeems_nothing_that_costs(program, coffee):
    ben = factories.membership(factories.member(program.merchant))
    ledger.post([Till(ben).posting(-1)], at=AT)

    assert refused(lambda: take(ben, coffee)) == "deficit"
    assert take(ben, factories.reward(program, cost=0)).status == "captured"
