"""`reconcile` finds each kind of damage."""

import pytest

from customers.models import Purchase
from customers.tests import factories as shops
from rewards import ledger
from rewards.models import Entry, Judgement, Lot, LotUse, Membership, PointsAccount
from rewards.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """A shop where 10 points were earned and 3 taken back."""
    shop = shops.merchant()
    factories.program(shop)
    ana = factories.member(shop)
    bought = factories.judged(shop, ana, amount=1000)
    factories.returned(shop, bought, amount=300)
    return shop


def test_a_sound_ledger_has_no_difference(shop):
    assert list(ledger.differences()) == []


@pytest.mark.parametrize(
    ("damage", "count", "word"),
    [
        (lambda: PointsAccount.objects.update(balance=8), 2, "balance 8, but its entries add up to 7"),
        (lambda: PointsAccount.objects.update(deficit=1), 1, "its deficit is 1"),
        (lambda: Lot.objects.update(remaining=6), 2, "6 remain of 10, but 3 were drawn"),
        (lambda: Lot.objects.update(points=12), 2, "brought 10 points, but its lots hold 12"),
        (lambda: LotUse.objects.update(points=4), 2, "took 3 points, but drew 4 from lots"),
        (lambda: LotUse.objects.all().delete(), 1, "7 remain of 10, but 0 were drawn"),
        (lambda: LotUse.objects.update(entry=10**9), 1, "names an entry that is not there"),
        (lambda: Lot.objects.all()._raw_delete("default"), 3, "no lot holds them"),
        (lambda: Entry.objects.filter(kind="earn")._raw_delete("default"), 3, "came with an entry that is not there"),
        (lambda: Entry.objects.filter(kind="earn").update(purchase=10**9), 1, "names a purchase that is not there"),
        (lambda: Entry.objects.update(membership=10**9), 2, "belongs to no membership"),
        (lambda: Judgement.objects.update(purchase=10**9), 1, "judgement"),
    ],
)
def test_each_kind_of_damage_is_found(shop, damage, count, word):
    damage()

    found = list(ledger.differences(shop))

    assert len(found) == count
    assert any(word in sentence for sentence in found)


def test_another_merchants_damage_is_not_ours(shop):
    other = shops.merchant("b")
    factories.program(other)
    factories.judged(other, factories.member(other), amount=500)
    PointsAccount.objects.filter(program__merchant=other).update(balance=1)

    assert list(ledger.differences(shop)) == []
    assert len(list(ledger.differences(other))) == 2
    assert Purchase.objects.count() == Membership.objects.count() == 2
