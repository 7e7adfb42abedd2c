"""`reconcile` finds each kind of damage to what was redeemed, given back, passed on, pooled and adjusted."""

from datetime import timedelta

import pytest

from customers.merchants.models import ApiKey
from customers.tests import factories as shops
from rewards import adjustments, ledger, pools, transfers
from rewards.models import Adjustment, Entry, Lot, LotUse, Membership, PointsAccount
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
GONE = 10**9


@pytest.fixture
def shop():
    """Ana gets 30 by hand, redeems 20 of which 5 come back, passes 10 on to Ben, and Cleo joins Ben with 7."""
    shop = shops.merchant()
    factories.program(shop)
    ana, ben, cleo = (Till(factories.membership(factories.member(shop))) for __ in range(3))
    till = ApiKey.objects.create(merchant=shop, name="till", scope="manage", hash="x", created_at=AT)
    adjustments.adjust(membership=ana.place, points=30, reason="hello", by=till, at=AT)
    spent = ledger.spend(membership=ana.place, points=20, key="s", at=AT)
    ledger.give_back(entry=spent, points=5, key="b", at=AT)
    transfers.transfer(sender=ana.place, receiver=ben.place, points=10, key="t", at=AT)
    ledger.post([cleo.posting(7, expires_at=AT + timedelta(days=9))], at=AT)
    pools.join(membership=cleo.place, host=ben.place, at=AT)
    return shop


def entries(kind):
    return Entry.objects.filter(kind=kind)


def test_a_sound_ledger_has_no_difference(shop):
    assert list(ledger.differences()) == []


def shift_a_transfer():
    """One point more arrives than was sent, and everything else agrees."""
    arrived = entries("transfer_in").earliest("pk")
    entries("transfer_in").filter(pk=arrived.pk).update(points=11)
    arrived.lots.update(points=11, remaining=11)
    account = PointsAccount.objects.get(pk=arrived.account_id)
    PointsAccount.objects.filter(pk=account.pk).update(balance=account.balance + 1)


def other_program():
    return factories.program(shops.merchant("b"), name="Other")


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda: LotUse.objects.filter(points__lt=0).update(points=-6), "remain of"),
        (lambda: LotUse.objects.filter(points__lt=0).delete(), "brought 5 points, but no lot holds them"),
        (
            lambda: LotUse.objects.filter(entry__kind="redeem").update(points=19),
            "took 20 points, but drew 19 from lots",
        ),
        (lambda: LotUse.objects.filter(entry__kind="redeem").update(points=-20), "an entry that takes points gives 20"),
        (lambda: entries("transfer_in")._raw_delete("default"), "passed on 10 points, but 0 arrived"),
        (shift_a_transfer, "passed on 10 points, but 11 arrived"),
        (lambda: entries("return").update(points=21), "redeemed 20 points, but 21 came back"),
        (lambda: entries("return").update(origin=entries("adjust").get()), "answers an entry of another kind"),
        (lambda: entries("return").update(origin=GONE), "answers an entry that is not there"),
        (lambda: Lot.objects.filter(origin__isnull=False).update(origin=GONE), "follows a lot that is not there"),
        (
            lambda: Lot.objects.filter(points=30).update(account=Membership.objects.latest("pk").account_id),
            "but came with an entry of",
        ),
        (
            lambda: LotUse.objects.filter(entry__kind="redeem").update(lot=Lot.objects.get(points=10)),
            "by an entry of another account",
        ),
        (lambda: Membership.objects.update(program=other_program()), "its account belongs to another program"),
        (lambda: Membership.objects.update(program=other_program()), "its membership and its account are of two"),
        (lambda: Adjustment.objects.update(points=29), "29 points, but its entry says something else"),
        (lambda: Adjustment.objects.update(entry=entries("return").get()), "but its entry says something else"),
    ],
)
def test_each_kind_of_damage_is_found(shop, damage, word):
    damage()

    assert [sentence for sentence in ledger.differences(shop) if word in sentence]
