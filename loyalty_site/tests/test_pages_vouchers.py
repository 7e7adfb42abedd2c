"""Stamp cards and vouchers on pages: seen at the counter and on the card, used once, taken back."""

import pytest
from django.urls import reverse

from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text as seen
from rewards.models import Voucher, VoucherUse

pytestmark = pytest.mark.django_db

COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}
STAMPS = {"size": 3, "reward": {"name": "A coffee", "benefit": COFFEE}}
RULES = [{"name": "Stamp", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]


@pytest.fixture
def buyer(shop):
    factories.program(shop, name="Card", kind="stamps", rules=RULES, stamps=STAMPS)
    return factories.customer(shop)


@pytest.fixture
def owner(client, shop):
    client.force_login(factories.place(shop).user)
    return client


def page(client, name, buyer, **asked):
    return client.get(reverse(name, args=["a", buyer.public_id]), asked)


def press(client, name, back="counter"):
    return client.post(reverse(name, args=["a", Voucher.objects.get().public_id]), {"back": back}, follow=True)


@pytest.mark.any_database
def test_card_is_drawn_and_said(owner, shop, buyer):
    factories.purchase(shop, buyer, amount=200)

    for name in ("counter_card", "customer"):
        shown = page(owner, name, buyer).content.decode()
        assert 'aria-label="2 of 3 stamps"' in shown
        assert (shown.count('class="stamp full"'), shown.count('class="stamp"')) == (2, 1)
        assert "1 more fills the card." in shown


def test_receipt_says_that_the_card_is_full(owner, shop, buyer):
    sale = factories.purchase(shop, buyer, amount=300)

    shown = seen(page(owner, "counter_card", buyer, receipt=sale.draft.public_id))

    assert f"The stamp card is full: A coffee {Voucher.objects.get().code}" in shown


@pytest.mark.any_database
def test_voucher_is_used_at_the_counter_once(owner, shop, buyer):
    factories.purchase(shop, buyer, amount=300)
    assert "A coffee 1 × coffee for free" in seen(page(owner, "counter_card", buyer))

    used = press(owner, "voucher_use")

    assert used.redirect_chain == [(reverse("counter_card", args=["a", buyer.public_id]), 302)]
    assert "A coffee is used. Hand it over." in seen(used)
    assert "Use it" not in seen(used)
    assert "This voucher has been used already." in seen(press(owner, "voucher_use"))
    use = VoucherUse.objects.get()
    assert (use.staff, use.actor) == (factories.place(shop), factories.place(shop).public_id)


@pytest.mark.any_database
def test_use_is_taken_back_on_the_customers_page(owner, shop, buyer):
    factories.purchase(shop, buyer, amount=300)
    press(owner, "voucher_use")
    assert "Not used after all" in seen(page(owner, "customer", buyer))

    again = press(owner, "voucher_reverse", back="customer")

    assert "A coffee can be used again." in seen(again)
    assert Voucher.objects.get().status == "open"


def test_program_page_says_what_a_full_card_gives(owner, shop, buyer):
    shown = seen(owner.get(reverse("program", args=["a", buyer.memberships.get().program.public_id])))
    full = "A card of 3 stamps is full and gives: A coffee (1 × coffee for free). The next card begins at once."

    assert "1 stamp for each full 1.00 €." in shown.replace("\xa0", " ")
    assert full in shown
    assert "A return that needs stamps of a full card cancels its reward, if that is not used yet." in shown
    assert "Points" not in shown.partition("Version 1")[2]


def test_cashback_is_money_on_every_page(owner, shop):
    made = factories.program(shop, name="Back", kind="cashback", rules=RULES)
    buyer = factories.customer(shop)
    sale = factories.purchase(shop, buyer, amount=12500)

    for name, asked in (("counter_card", {}), ("customer", {}), ("counter_card", {"receipt": sale.draft.public_id})):
        assert "1.25 €" in seen(page(owner, name, buyer, **asked)).replace("\xa0", " ")
    moved = seen(page(owner, "customer_ledger", buyer)).replace("\xa0", " ")
    assert "+1.25 €" in moved
    assert "0.01 € for each full 1.00 € of 125.00 €" in moved
    promise = seen(owner.get(reverse("program", args=["a", made.public_id]))).replace("\xa0", " ")
    assert "0.01 € for each full 1.00 €." in promise
    assert "A point is worth" not in promise


@pytest.mark.any_database
def test_membership_counts_nothing(owner, shop):
    made = factories.program(shop, name="Club", kind="membership", rules=[])
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer)

    assert "0 points" not in seen(page(owner, "counter_card", buyer))
    assert "Member since" in seen(page(owner, "customer", buyer))
    assert "Everybody who is in is a member." in seen(owner.get(reverse("program", args=["a", made.public_id])))


@pytest.mark.parametrize("count", [1, 9])
@pytest.mark.parametrize(("name", "queries"), [("counter_card", 19), ("customer", 22)])
def test_page_takes_the_same_queries(owner, shop, buyer, django_assert_num_queries, name, queries, count):
    factories.purchase(shop, buyer, amount=300 * count)

    with django_assert_num_queries(queries):
        page(owner, name, buyer)
