"""Giving back on a page: what happens to the points is said before it happens."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from customers.merchants.models import Role, User
from customers.models import Purchase, Refund, RefundLine
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import snapshot
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import line
from rewards import ledger
from rewards.models import Entry
from rewards.tests import factories as promises

pytestmark = pytest.mark.django_db
RECEIPT = "back-0123456789abcdefghijkl"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def bought(shop, buyer, **more) -> Purchase:
    return Purchase.objects.get(pk=factories.purchase(shop, buyer, **more).draft.pk)


def address(purchase) -> str:
    return reverse("give_back", args=["a", purchase.public_id])


def test_page_says_what_giving_back_everything_does_and_writes_nothing(dora, shop):
    factories.program(shop)
    purchase = bought(shop, factories.customer(shop))
    page = address(purchase)
    before = snapshot()

    said = text(dora.get(page))

    after = snapshot()
    assert {name for name in after if after[name] != before[name]} <= {"sessions.Session"}
    assert "10.00 € of the purchase comes back. Nothing of it stays bought." in said
    assert "Points: 10 points taken back . 0 points to spend are left." in said.replace("  ", " ")
    assert "Give back 10.00 €" in said


@pytest.mark.any_database
def test_page_says_what_giving_back_an_amount_does(dora, shop):
    factories.program(shop)
    purchase = bought(shop, factories.customer(shop))

    said = text(dora.get(address(purchase), {"amount": "3,50", "receipt": RECEIPT}))

    assert "3.50 € of the purchase comes back. 6.50 € stays bought." in said
    assert "4 points taken back" in said
    assert "6 points to spend are left" in said


def test_part_alone_answers_htmx(dora, shop):
    factories.program(shop)
    purchase = bought(shop, factories.customer(shop))

    response = dora.get(address(purchase), {"amount": "1", "receipt": RECEIPT}, headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert "1 point taken back" in text(response)


def test_staff_gives_back_and_is_named_in_the_books(dora, shop):
    factories.program(shop)
    buyer = factories.customer(shop)
    purchase = bought(shop, buyer)

    response = dora.post(address(purchase), {"amount": "3.50", "receipt": RECEIPT}, follow=True)

    assert response.redirect_chain == [(reverse("purchase", args=["a", purchase.public_id]), 302)]
    assert "Given back: 3.50 €." in text(response)
    assert Refund.objects.get().amount == 350
    taken = Entry.objects.get(kind="reverse")
    assert (taken.points, taken.actor) == (-4, shop.staff.get(user__email="dora@a.test").public_id)


def test_form_sent_twice_gives_back_once(dora, shop):
    purchase = bought(shop, factories.customer(shop))

    for __ in range(2):
        assert dora.post(address(purchase), {"amount": "3.50", "receipt": RECEIPT}).status_code == 302

    assert Refund.objects.count() == 1


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("11", "More would come back than is left of this purchase."),
        ("0", "A refund gives something back: send an amount above 0."),
        ("", "Enter the amount that comes back."),
        ("x", "Write the amount with digits only"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_cannot_come_back_is_said(dora, shop, method, amount, sentence):
    purchase = bought(shop, factories.customer(shop))

    response = getattr(dora, method)(address(purchase), {"amount": amount, "receipt": RECEIPT})

    assert response.status_code == 200
    assert sentence in text(response)
    assert Refund.objects.count() == 0


@pytest.mark.any_database
def test_page_says_what_is_owed_after_points_were_spent(dora, shop):
    program = factories.program(shop)
    buyer = factories.customer(shop)
    purchase = bought(shop, buyer)
    ledger.post([promises.Till(promises.membership(buyer, program)).posting(-7, kind="adjust")], at=AT)

    assert "7 points are owed then, and the next purchases repay them." in text(dora.get(address(purchase)))


@pytest.mark.any_database
def test_page_says_what_is_let_go_under_clamp(dora, shop):
    program = factories.program(shop, policies={"clawback": "clamp"})
    buyer = factories.customer(shop)
    purchase = bought(shop, buyer)
    ledger.post([promises.Till(promises.membership(buyer, program)).posting(-7, kind="adjust")], at=AT)

    said = text(dora.get(address(purchase)))

    assert "3 points taken back" in said
    assert "7 points that were spent already are let go" in said


@pytest.mark.any_database
def test_anonymous_purchase_gives_back_money_alone(dora, shop):
    purchase = bought(shop, None)

    assert "No points move: nobody in a program bought this." in text(dora.get(address(purchase)))
    assert "Given back: 10.00 €." in text(
        dora.post(address(purchase), {"amount": "10", "receipt": RECEIPT}, follow=True)
    )
    assert "Everything of this purchase has come back already." in text(dora.get(address(purchase)))


def test_voided_purchase_gives_nothing_back(dora, shop):
    purchase = bought(shop, factories.customer(shop))
    flows.void_purchase(merchant=shop, purchase_id=purchase.pk, at=AT)

    assert "This purchase was voided" in text(dora.get(address(purchase)))


@pytest.mark.any_database
def test_profile_leads_to_giving_back_only_those_who_may_and_only_what_is_left(client, dora, shop):
    buyer = factories.customer(shop)
    open_, gone = bought(shop, buyer), bought(shop, buyer)
    flows.refund_purchase(merchant=shop, purchase_id=gone.pk, amount=1000, at=AT)
    profile = reverse("customer", args=["a", buyer.public_id])

    page = dora.get(profile).content.decode()

    assert (address(open_) in page, address(gone) in page) == (True, False)
    client.force_login(factories.staff(shop, email="bob@a.test", role=Role.ANALYST))
    assert address(open_) not in client.get(profile).content.decode()


def basket(shop, buyer) -> Purchase:
    """3 coffees for 9.00 and 2 cakes for 5.00."""
    lines = [line(900, "coffee", 3, name="Coffee"), line(500, "cake", 2, name="Cake")]
    return bought(shop, buyer, amount=1400, lines=lines)


def test_products_are_given_back_by_quantity_and_the_rest_stays(dora, shop):
    factories.program(shop)
    purchase = basket(shop, factories.customer(shop))

    said = text(dora.get(address(purchase), {"line-1": "2", "receipt": RECEIPT}))
    response = dora.post(address(purchase), {"line-1": "2", "line-2": "", "receipt": RECEIPT}, follow=True)

    assert "6.00 € of the purchase comes back. 8.00 € stays bought." in said
    assert "6 points taken back" in said
    assert "Given back: 6.00 €." in text(response)
    assert list(RefundLine.objects.values_list("line__number", "quantity", "amount")) == [(1, 2, 600)]
    assert "1 of 3" in text(dora.get(address(purchase)))


def test_products_are_asked_for_before_anything_is_said(dora, shop):
    purchase = basket(shop, factories.customer(shop))

    said = text(dora.get(address(purchase)))

    assert "Write how many of a product come back to see what happens." in said
    assert "Give back 1" not in said


@pytest.mark.any_database
def test_all_that_is_left_fills_the_quantities(dora, shop):
    purchase = basket(shop, factories.customer(shop))
    flows.refund_purchase(merchant=shop, purchase_id=purchase.pk, lines=[(1, 1), (2, 2)], at=AT)

    page = dora.get(address(purchase)).content.decode()
    link = re.search(r'href="([^"]*all=1)"', page)[1].replace("&amp;", "&")

    assert "6.00 € of the purchase comes back. Nothing of it stays bought." in text(dora.get(link))


def test_a_long_receipt_is_looked_at_and_given_back_whole(dora, shop):
    purchase = bought(shop, factories.customer(shop), amount=120_000, lines=[line(100) for __ in range(1200)])
    typed = {f"line-{number}": "1" for number in range(1, 1201)}

    looked = dora.post(address(purchase), {**typed, "receipt": RECEIPT, "look": "1"})
    assert "1,200.00 € of the purchase comes back. Nothing of it stays bought." in text(looked)
    assert Refund.objects.count() == 0

    dora.post(address(purchase), {**typed, "receipt": RECEIPT})
    assert Refund.objects.get().amount == 120_000


def test_an_amount_of_a_receipt_with_products_is_taken_off_all(dora, shop):
    purchase = basket(shop, factories.customer(shop))

    said = text(dora.get(address(purchase), {"how": "amount", "amount": "7", "receipt": RECEIPT}))

    assert "It is taken off all products in proportion." in said
    assert "7.00 € of the purchase comes back. 7.00 € stays bought." in said


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"line-2": "3"}, "Cake: More would come back than is left of this purchase."),
        ({"line-2": "x"}, "Cake: Write how many come back with digits, for example 1 or 0.5."),
        ({"line-2": "-1"}, "Cake: Write how many come back with digits, for example 1 or 0.5."),
        ({"line-2": "0.0001"}, "Cake: Write how many come back with digits, for example 1 or 0.5."),
        ({"line-1": "1", "line-2": "2.001"}, "Cake: More would come back than is left of this purchase."),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_cannot_come_back_of_a_product_is_said_beside_it(dora, shop, method, typed, sentence):
    purchase = basket(shop, factories.customer(shop))

    response = getattr(dora, method)(address(purchase), {**typed, "receipt": RECEIPT})
    part = dora.get(address(purchase), {**typed, "receipt": RECEIPT}, headers={"HX-Request": "true"})

    assert sentence.removeprefix("Cake: ") in text(response)
    assert sentence in text(part)
    assert 'value="{}"'.format(typed["line-2"]) in response.content.decode()
    assert response.content.decode().count('aria-invalid="true"') == 1
    assert Refund.objects.count() == 0


def test_post_without_a_quantity_says_what_is_missing(dora, shop):
    purchase = basket(shop, factories.customer(shop))

    response = dora.post(address(purchase), {"receipt": RECEIPT})

    assert "Write how many of a product come back" in text(response)
    assert Refund.objects.count() == 0


@pytest.mark.parametrize("programs", [1, 5])
def test_page_takes_the_same_queries(client, shop, django_assert_num_queries, programs):
    for number in range(programs):
        factories.program(shop, name=f"P{number}")
    purchase = bought(shop, factories.customer(shop))
    client.force_login(User.objects.get(email="alice@a.test"))
    client.get(address(purchase))

    with django_assert_num_queries(55):
        client.get(address(purchase))
