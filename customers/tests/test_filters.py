from datetime import timedelta

import pytest

from customers.filters import CustomerFilter, PurchaseFilter
from customers.merchants.models import Merchant
from customers.models import Customer, Purchase
from customers.tests import factories
from customers.tests.factories import AT

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def people(**wanted):
    found = CustomerFilter(wanted, Customer.objects.order_by("pk"), merchant=Merchant.objects.get())
    assert found.is_valid()
    return [person.name for person in found.qs]


@pytest.fixture
def shop():
    shop = factories.merchant()
    ana = factories.customer(
        shop, name="Ana Ruiz", phone="600123456", email="ana@shop.test", external_id="7", card_code="C1", city="León"
    )
    factories.customer(shop, name="Bo Diaz", phone="600999888", at=AT + DAY)
    factories.purchase(shop, ana)
    return shop


@pytest.mark.parametrize(
    "wanted",
    [
        {"search": "ruiz"}, {"search": "123456"}, {"search": "ANA@shop.test"}, {"search": "c1"}, {"search": "7"},
        {"phone": "+34600123456"}, {"phone": " 34 600 123 456"}, {"phone": "600-123-456"}, {"email": "ANA@shop.test"},
        {"external_id": "7"}, {"card_code": "c1"}, {"city": "León"}, {"created_before": "2026-03-11T00:00:00Z"},
        {"last_purchase_after": "2026-03-10T12:00:00Z"}, {"last_purchase_before": "2026-03-10T12:00:01Z"},
    ],
)  # fmt: skip
def test_customers_are_filtered(shop, wanted):
    assert people(**wanted) == ["Ana Ruiz"]


@pytest.mark.parametrize(
    "wanted", [{"phone": "12"}, {"phone": "600"}, {"search": "zz"}, {"last_purchase_before": "2026-03-10T12:00:00Z"}]
)
def test_too_little_or_something_else_finds_nobody(shop, wanted):
    assert people(**wanted) == []


def test_purchases_are_filtered():
    shop = factories.merchant()
    ana = factories.customer(shop)
    first = factories.purchase(shop, ana, external_id="r1", channel="web")
    second = factories.purchase(shop, None, at=AT + DAY)

    def found(**wanted):
        return [purchase.pk for purchase in PurchaseFilter(wanted, Purchase.objects.order_by("pk")).qs]

    assert found(customer=ana.public_id) == [first.pk]
    assert found(channel="web") == [first.pk]
    assert found(external_id="r1") == [first.pk]
    assert found(date="2026-03-11") == [second.pk]
    assert found(occurred_after="2026-03-11T00:00:00Z") == [second.pk]
    assert found(occurred_before="2026-03-11T00:00:00Z") == [first.pk]
    assert found() == [first.pk, second.pk]
