from datetime import timedelta

import pytest

from customers.tests import factories as shops
from rewards import earning, ledger, transfers
from rewards.models import Entry, Lot
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def ana(shop):
    factories.program(shop)
    return Till(factories.membership(factories.member(shop)))


@pytest.fixture
def ben(shop, ana):
    return Till(factories.membership(factories.member(shop)))


def transfer(sender, receiver, points, *, key="t1", at=AT):
    return transfers.transfer(sender=sender.place, receiver=receiver.place, points=points, key=key, at=at)


def available(till, at=AT):
    return ledger.balance(till.place.account_id, at=at, now=at).available


def test_the_lots_keep_their_times(ana, ben):
    ledger.post([ana.posting(10), ana.posting(10, at=AT - DAY, expires_at=AT + 5 * DAY)], at=AT)

    done = transfer(ana, ben, 15)

    assert (done.sent.kind, done.sent.points, done.received.kind, done.received.points) == (
        "transfer_out", -15, "transfer_in", 15,
    )  # fmt: skip
    assert done.received.origin == done.sent
    assert [(lot.points, lot.available_at, lot.expires_at) for lot in done.lots] == [
        (10, AT - DAY, AT + 5 * DAY),
        (5, AT, None),
    ]
    assert (available(ana), available(ben), available(ben, AT + 5 * DAY)) == (5, 15, 5)
    assert list(ledger.differences()) == []


def test_the_same_key_transfers_once(ana, ben):
    ledger.post([ana.posting(10)], at=AT)

    first, again = transfer(ana, ben, 4), transfer(ana, ben, 4)

    assert (first.sent, first.received) == (again.sent, again.received)
    assert (available(ana), available(ben)) == (6, 4)


def test_pending_points_stay(ana, ben):
    ledger.post([ana.posting(10, available_at=AT + DAY)], at=AT)

    with pytest.raises(ledger.InsufficientPoints):
        transfer(ana, ben, 1)

    assert Entry.objects.count() == 1


def test_who_owes_cannot_transfer(ana, ben):
    ledger.post([ana.posting(-4)], at=AT)

    with pytest.raises(ledger.Deficit):
        transfer(ana, ben, 1)


def test_what_arrives_repays_a_deficit_in_spending_order(ana, ben):
    ledger.post([ana.posting(10), ana.posting(10, expires_at=AT + DAY), ben.posting(-12)], at=AT)

    transfer(ana, ben, 20)

    assert available(ben) == 8
    assert list(Lot.objects.filter(account=ben.place.account_id, remaining__gt=0).values_list("remaining")) == [(8,)]
    assert list(ledger.differences()) == []


def test_nobody_transfers_to_themselves(ana):
    with pytest.raises(transfers.OwnAccount) as refusal:
        transfer(ana, ana, 1)

    assert (refusal.value.kind, refusal.value.field) == ("invalid", "to")


def test_points_stay_in_their_program(shop, ana):
    other = factories.program(shop, name="Other")
    ben = Till(factories.membership(factories.member(shop), other))

    with pytest.raises(transfers.OtherProgram):
        transfer(ana, ben, 1)


def test_a_refund_goes_to_who_earned_the_points(shop, ana, ben):
    bought = factories.judged(shop, ana.place.customer, amount=1000)
    transfer(ana, ben, 10)

    factories.returned(shop, bought, amount=400)

    assert (available(ana), available(ben)) == (-4, 10)


def test_points_that_came_back_are_the_purchases_own(shop, ana, ben):
    ledger.post([ana.posting(5, expires_at=AT + DAY)], at=AT)
    bought = factories.judged(shop, ana.place.customer, amount=1000)
    transfer(ana, ben, 15)
    transfer(ben, ana, 15, key="t2")

    factories.returned(shop, bought, amount=1000)

    assert list(ledger.differences()) == []
    [left] = Lot.objects.filter(account=ana.place.account_id, remaining__gt=0)
    assert (left.remaining, left.expires_at) == (5, AT + DAY)


def test_own_points_that_expired_after_a_way_round_are_not_taken_again(shop, ana, ben):
    bought = shops.purchase(shop, ana.place.customer)
    ledger.post([ana.posting(10, purchase_id=bought.pk, expires_at=AT + DAY)], at=AT)
    transfer(ana, ben, 10)
    transfer(ben, ana, 10, key="t2")
    ledger.expire(at=AT + DAY)

    back = ana.posting(-10, purchase_id=bought.pk, at=AT + DAY)
    ledger.post([back], at=AT + DAY)

    assert (back.moved, back.lapsed) == (0, 10)
    assert list(earning.differences(shop)) == []
