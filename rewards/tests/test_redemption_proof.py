"""`reconcile` finds each kind of damage to redemptions."""

import pytest

from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import ledger, redemption
from rewards.models import Entry, Hold, Redemption, Reward, Voucher
from rewards.tests import factories
from rewards.tests.factories import Till

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """A shop where a reward was taken, one is set aside, and one was cancelled."""
    shop = shops.merchant()
    program = factories.program(shop)
    ana = factories.membership(factories.member(shop))
    factories.member(shop)
    ledger.post([Till(ana).posting(100)], at=AT)
    reward = factories.reward(program, stock=7)
    factories.program(shop, name="Other")
    for capture in (True, False):
        redemption.redeem(membership=ana, reward=reward, at=AT, capture=capture)
    gone = redemption.redeem(membership=ana, reward=reward, at=AT)
    redemption.cancel(redemption=gone, at=AT)
    return shop


def of(status):
    return Redemption.objects.filter(status=status)


def vouchers_of(status):
    return Voucher.objects.filter(redemption__status=status)


def other(shop_model):
    """A row of the other program."""
    return shop_model.objects.exclude(pk=Redemption.objects.first().membership_id).order_by("-pk").first()


@pytest.mark.parametrize(
    ("damage", "count", "word"),
    [
        (lambda: of("captured").update(entry=None), 1, "but no entry took them"),
        (lambda: of("captured").update(points=11), 1, "cost 11 points, but its entry says something else"),
        (lambda: of("captured").update(entry=10**9), 1, "names an entry that is not there"),
        (lambda: of("captured").update(purchase=10**9), 1, "names a purchase that is not there"),
        (lambda: of("captured").update(quantity=2), 2, "2 were redeemed, but 1 vouchers were issued"),
        (lambda: vouchers_of("captured").delete(), 1, "1 were redeemed, but 0 vouchers were issued"),
        (lambda: vouchers_of("captured").update(customer=None), 1, "belongs to somebody else"),
        (lambda: vouchers_of("cancelled").update(status="open"), 1, "a voucher of it still stands"),
        (lambda: vouchers_of("captured").update(redemption=of("held").get()), 2, "is held, but vouchers were issued"),
        (lambda: Entry.objects.filter(kind="return").update(points=9), 1, "but 9 of 10 points came back"),
        (lambda: of("held").update(hold=None), 1, "no points are held for it"),
        (lambda: Hold.objects.update(points=9), 1, "its hold says something else"),
        (lambda: Hold.objects.update(ended_at=AT), 1, "its hold says something else"),
        (lambda: of("held").update(entry=Entry.objects.get(kind="earn")), 2, "is held, but an entry took its points"),
        (lambda: of("held").update(status="captured"), 3, "its hold was captured by another entry"),
        (lambda: Reward.objects.update(stocked=8), 1, "5 left and 2 out of stock, but 8 were put into it"),
        (lambda: of("held").update(from_stock=False), 1, "5 left and 1 out of stock, but 7 were put into it"),
        (
            lambda: Reward.objects.update(program=Reward.objects.get().merchant.programs.get(name="Other")),
            3,
            "of two programs",
        ),
    ],
)
def test_each_kind_of_damage_is_found(shop, damage, count, word):
    assert list(redemption.differences(shop)) == []

    damage()

    found = list(redemption.differences(shop))
    assert (len(found), any(word in sentence for sentence in found)) == (count, True), found


def test_another_merchants_damage_is_not_ours(shop):
    other = shops.merchant("b")
    Reward.objects.update(stocked=8)

    assert list(redemption.differences(other)) == []
    assert len(list(redemption.differences())) == 1
