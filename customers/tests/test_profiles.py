import re

import pytest

from customers import profiles
from customers.merchants.refusals import Invalid
from customers.models import Consent, Customer
from customers.profiles import DuplicateCustomer, UseErase
from customers.tests import factories
from customers.tests.factories import AT

pytestmark = pytest.mark.django_db


def test_register_normalises_and_gives_a_card_code():
    shop = factories.merchant()

    ana = profiles.register(
        merchant=shop,
        fields={"name": "Ana", "phone": "600 123 456", "email": "", "external_id": ""},
        consents=[{"channel": "email", "purpose": "marketing", "granted": True, "source": "till"}],
        at=AT,
    )

    ana = Customer.objects.get(pk=ana.pk)
    assert (ana.phone, ana.email, ana.external_id) == ("+34600123456", None, None)
    assert re.fullmatch("[2-9A-HJKMNP-TV-Z]{10}", ana.card_code)
    assert Consent.objects.get(customer=ana).granted is True


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "0034600123456"), ("email", "ANA@shop.test"), ("external_id", "7"), ("card_code", "card1")],
)
def test_register_names_the_customer_who_has_it_already(field, value):
    shop = factories.merchant()
    ana = factories.customer(shop, external_id="7", phone="600123456", email="ana@shop.test", card_code="CARD1")

    with pytest.raises(DuplicateCustomer) as refusal:
        profiles.register(merchant=shop, fields={field: value}, consents=[], at=AT)

    assert (refusal.value.field, refusal.value.extra) == (field, {"existing": ana.public_id})
    assert Customer.objects.count() == 1


def test_another_merchant_may_have_the_same_customer():
    for slug in ("a", "b"):
        factories.customer(factories.merchant(slug), phone="600123456", external_id="7")

    assert Customer.objects.filter(phone="+34600123456").count() == 2


@pytest.mark.parametrize("birthday", ["2-3", "02-30", "13-01", "0203", "1990-02-03"])
def test_a_birthday_is_a_day_of_the_year(birthday):
    shop = factories.merchant()

    with pytest.raises(Invalid) as refusal:
        factories.customer(shop, birthday=birthday)

    assert refusal.value.field == "birthday"


def test_the_leap_day_is_a_birthday():
    assert factories.customer(factories.merchant(), birthday="02-29").birthday == "02-29"


def test_update_changes_what_is_named_and_nothing_else():
    shop = factories.merchant()
    ana = factories.customer(shop, name="Ana", city="León")

    profiles.update(customer=ana, fields={"name": "Ana Ruiz", "email": "ana@shop.test"}, at=AT)

    ana.refresh_from_db()
    assert (ana.name, ana.city, ana.email) == ("Ana Ruiz", "León", "ana@shop.test")


def test_update_to_somebody_elses_phone_changes_nothing():
    shop = factories.merchant()
    factories.customer(shop, phone="600123456")
    bo = factories.customer(shop, name="Bo", phone="600999888")

    with pytest.raises(DuplicateCustomer):
        profiles.update(customer=bo, fields={"name": "B", "phone": "600123456"}, at=AT)

    bo.refresh_from_db()
    assert (bo.name, bo.phone) == ("Bo", "+34600999888")


def test_update_to_ones_own_phone_is_no_duplicate():
    ana = factories.customer(factories.merchant(), phone="600123456")

    profiles.update(customer=ana, fields={"phone": "+34 600 12 34 56"}, at=AT)

    assert ana.phone == "+34600123456"


def test_a_card_code_cannot_be_emptied():
    ana = factories.customer(factories.merchant(), card_code="CARD1")

    profiles.update(customer=ana, fields={"card_code": ""}, at=AT)

    ana.refresh_from_db()
    assert ana.card_code == "CARD1"


def test_delete_removes_a_card_without_history():
    ana = factories.customer(factories.merchant())

    profiles.delete(customer=ana)

    assert not Customer.objects.exists()


def test_delete_refuses_a_card_with_history():
    shop = factories.merchant()
    ana = factories.customer(shop)
    factories.purchase(shop, ana)

    with pytest.raises(UseErase):
        profiles.delete(customer=ana)

    assert Customer.objects.get() == ana
