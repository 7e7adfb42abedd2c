import pytest

from customers import proof
from customers.models import CustomerMonth, Purchase, PurchaseLine, Refund
from customers.purchases import LineDraft
from customers.tests import factories

pytestmark = pytest.mark.django_db
NOBODY = 10**9


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
