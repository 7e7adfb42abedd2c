from decimal import Decimal

import pytest

from customers import proof, purchases
from customers.merchants.models import Merchant
from customers.models import CustomerMonth, Purchase, PurchaseLine, Refund, RefundLine
from customers.purchases import LineDraft
from customers.tests import factories

pytestmark = pytest.mark.django_db
NOBODY = 10**9
FREE = {"amount": 0, "occurred_at": factories.AT, "occurred_on": factories.AT, "recorded_at": factories.AT}


def other_line() -> int:
    """A line of another purchase, of which enough was bought."""
    shop = Merchant.objects.get()
    five = [LineDraft(amount=800, quantity=Decimal(5))]
    return PurchaseLine.objects.get(purchase=factories.purchase(shop, None, amount=800, lines=five).pk).pk


@pytest.fixture
def shop():
    shop = factories.merchant()
    bought = factories.purchase(shop, factories.customer(shop), lines=[LineDraft(amount=1000)])
    factories.refund(shop, bought, amount=300)
    return shop


def test_sound_facts_have_no_orphans(shop):
    factories.purchase(shop, None)

    assert list(proof.orphans()) == []


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda: Purchase.objects.update(customer=NOBODY), "names a customer that is not there"),
        (lambda: Refund.objects.update(customer=NOBODY), "names a customer that is not there"),
        (lambda: Refund.objects.update(purchase=NOBODY), "names a purchase that is not there"),
        (lambda: CustomerMonth.objects.update(customer=NOBODY), "names a customer that is not there"),
        (lambda: PurchaseLine.objects.update(purchase=NOBODY), "belongs to a purchase that is not there"),
    ],
)
def test_each_lost_key_is_found(shop, damage, sentence):
    damage()

    found = list(proof.orphans())

    assert [one.partition(": ")[2] for one in found] == [sentence]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda: RefundLine.objects.update(quantity=5), "4 were bought, but 5 came back"),
        (lambda: RefundLine.objects.update(line=other_line()), "is of another purchase than its refund"),
        (lambda: Refund.objects.create(**FREE, merchant=Merchant.objects.get()), "neither money nor products"),
        (lambda: Refund.objects.filter(lines=None).delete(), "500 came back, but its refunds add up to 200"),
        (lambda: Purchase.objects.update(refunded=0), "0 came back, but its refunds add up to 500"),
        (lambda: RefundLine.objects.update(amount=201), "gave back 200, but its lines add up to 201"),
        (lambda: RefundLine.objects.update(line=NOBODY), "of a refund: names a line that is not there"),
        (lambda: RefundLine.objects.update(refund=NOBODY), "of a refund: names a refund that is not there"),
    ],
)
def test_each_wrong_refund_is_found(damage, sentence):
    shop = factories.merchant()
    four = [LineDraft(amount=800, quantity=Decimal(4))]
    bought = factories.purchase(shop, factories.customer(shop), amount=800, lines=four)
    purchases.refund(merchant=shop, purchase_id=bought.pk, lines=[(1, Decimal(1))], at=factories.AT, external_id="back")
    factories.refund(shop, bought, amount=300)
    assert list(proof.wrong_refunds()) == []

    damage()

    assert [sentence in one for one in proof.wrong_refunds()] == [True]
