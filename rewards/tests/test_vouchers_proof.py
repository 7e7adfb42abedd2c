"""`reconcile` finds each kind of damage to vouchers."""

import pytest

from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import vouchers
from rewards.models import Voucher, VoucherBatch, VoucherUse
from rewards.vouchers import Wanted

pytestmark = pytest.mark.django_db
TEA = {"kind": "amount_off", "amount": 200}
GIFT = {"kind": "gift_card", "amount": 1000}


def made(shop, **fields) -> Voucher:
    wanted = Wanted(**{"benefit": TEA, "name": "Tea", **fields})
    return vouchers.make(merchant=shop, wanted=wanted, at=AT).vouchers.first()


@pytest.fixture
def shop():
    """A shop where a voucher was used twice, by two people, and a gift card paid 400, of which 100 came back."""
    shop = shops.merchant()
    tea, gift = made(shop, uses=3, per_customer=1), made(shop, benefit=GIFT)
    for __ in range(2):
        vouchers.use(voucher=tea, customer=shops.customer(shop), at=AT)
    for amount in (400, 50):
        vouchers.use(voucher=gift, amount=amount, at=AT)
    vouchers.reverse(voucher=gift, at=AT)
    vouchers.give_back(use=gift.uses.standing().get(), amount=100, at=AT)
    vouchers.revoke(voucher=made(shop, count=2), at=AT)
    return shop


def tea():
    return Voucher.objects.filter(per_customer=1)


def gift():
    return Voucher.objects.filter(benefit__kind="gift_card")


def revoked():
    return Voucher.objects.filter(status="revoked")


def test_sound_vouchers_have_no_difference(shop):
    assert list(vouchers.differences()) == []


def paid():
    """The use of the gift card that stands."""
    return VoucherUse.objects.filter(amount=400)


def often():
    """All uses of the limited voucher by one customer."""
    VoucherUse.objects.filter(amount=None).update(customer=VoucherUse.objects.earliest("pk").customer)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda: tea().update(uses_left=2), "2 of 3 uses are left, but it was used 2 times"),
        (lambda: tea().update(uses_allowed=4), "1 of 4 uses are left, but it was used 2 times"),
        (lambda: VoucherUse.objects.filter(amount=None).update(reversed_at=AT), "but it was used 0 times"),
        (lambda: gift().update(balance=701), "holds 701 of 1000, but 300 were taken from it"),
        (lambda: gift().update(balance=None), "1 of 1 uses are left | a gift card without a balance"),
        (lambda: paid().update(amount=500), "holds 700 of 1000, but 400 were taken from it"),
        (lambda: paid().update(returned=0), "holds 700 of 1000, but 400 were taken from it"),
        (lambda: revoked().update(balance=200), "has a balance, but is no gift card"),
        (often, "used 2 times by one customer, of 1"),
        (lambda: VoucherBatch.objects.filter(count=2).update(count=3), "3 vouchers were made, but 2 are there"),
        (lambda: revoked().update(merchant=shops.merchant("b")), "belongs to another shop than its batch"),
        (lambda: revoked().update(entry=10**9), "names entry 1000000000, which is not there"),
        (lambda: revoked().update(purchase=10**9), "names purchase 1000000000, which is not there"),
        (lambda: paid().update(purchase=10**9), "names a purchase that is not there"),
    ],
)
def test_each_kind_of_damage_is_found(shop, damage, words):
    damage()

    found = list(vouchers.differences())

    wanted = words.split(" | ")
    assert len(found) == len(wanted)
    assert [one for one in wanted if not any(one in sentence for sentence in found)] == []


def test_use_by_somebody_else_is_found(shop):
    mine = made(shop, customer=shops.customer(shop))
    vouchers.use(voucher=mine, at=AT)
    mine.uses.update(customer=shops.customer(shop))

    assert list(vouchers.differences(shop)) == [f"voucher {mine.public_id}: used by another customer than its own"]


def test_another_merchants_damage_is_not_ours(shop):
    other = shops.merchant("b")
    made(other)
    Voucher.objects.filter(merchant=other).update(uses_allowed=2)

    assert list(vouchers.differences(shop)) == []
    assert len(list(vouchers.differences(other))) == 1
