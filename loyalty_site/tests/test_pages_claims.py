"""The pages of a purchase in which something was claimed."""

import pytest

from customers.merchants.models import User
from customers.models import Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.claims import Shop, cashback
from loyalty_site.tests.page_text import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """20.00: 5.00 off for points, 3.00 off, 2.00 of a gift card, 1.00 of cashback."""
    shop = Shop()
    program = cashback(shop)
    shop.buy(20000)
    shop.codes = [shop.voucher(300), shop.gift_card(200)]
    shop.bought = shop.buy(
        lines=[{"amount": 2000, "name": "Cake"}],
        rewards=[shop.reward(cost=100, amount=500)],
        vouchers=shop.codes,
        use_balance={"program": program.public_id, "amount": 100},
    )
    return shop


def page(client, shop, path: str = "") -> str:
    client.force_login(User.objects.get(places__merchant=shop.merchant))
    response = client.get(f"/m/{shop.merchant.slug}/purchases/{shop.bought['id']}/{path}")
    assert response.status_code == 200
    return text(response)


@pytest.mark.any_database
def test_purchase_says_what_was_taken_off_and_how_it_was_paid(client, shop):
    said = page(client, shop)

    assert "Full price 20.00 €" in said
    assert "−5.00 €" in said
    assert "Voucher −3.00 € Paid with Voucher 2.00 €" in said
    assert "Paid in money 9.00 €" in said
    assert "8.00 € off" in said


@pytest.mark.any_database
def test_giving_back_says_what_comes_back_where(client, shop):
    said = page(client, shop, "give-back/?how=amount&amount=12.00")

    assert "9.00 € in money, 3.00 € to the gift cards and the balance that paid." in said
    assert "12 points taken back , 100 points that were used come back" in said
    assert f"To be used again: {' , '.join(shop.codes)}" in said


@pytest.mark.any_database
def test_voiding_says_which_vouchers_are_free(client, shop):
    said = page(client, shop, "void/")

    assert "100 points that were used come back" in said
    assert f"To be used again: {' , '.join(shop.codes)}" in said


def test_receipt_at_the_counter_says_how_it_was_paid(client, shop):
    client.force_login(User.objects.get(places__merchant=shop.merchant))

    said = text(client.get(f"/m/{shop.merchant.slug}/counter/{shop.ana}/?receipt={shop.bought['id']}"))

    assert "Recorded 20.00 €" in said
    assert "To pay 9.00 €" in said


@pytest.mark.any_database
def test_purchase_without_claims_says_what_was_paid(client, shop):
    found = factories.purchase(shop.merchant, shop.person, amount=700).draft
    shop.bought = {"id": Purchase.objects.get(pk=found.pk).public_id}

    said = page(client, shop)

    assert "Paid 7.00 €" in said
    assert "Full price" not in said


@pytest.mark.parametrize("path", ["give-back/", "exchange/"])
def test_what_a_discount_paid_whole_without_naming_a_product_is_voided(client, shop, path):
    shop.bought = shop.buy(300, vouchers=[shop.voucher(300)])

    assert "it names no products, so nothing can come back by itself. Void it" in page(client, shop, path)
