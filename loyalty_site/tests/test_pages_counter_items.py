"""Products at the counter: the buttons that rules ask for, their usual prices, and lines that agree with the amount."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from customers.models import Purchase, PurchaseLine
from loyalty_site import flows
from loyalty_site.selectors.counter.items import Item, itemised
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import line, program_with, rule
from rewards import programs

pytestmark = pytest.mark.django_db
RECEIPT = "till-0123456789abcdefghijkl"
HTMX = {"HX-Request": "true"}
COFFEE = {"when": {"categories": ["Coffee"]}}
CARD = {"size": 3, "reward": {"name": "Free coffee", "benefit": {"kind": "free_product", "category": "coffee"}}}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    """A member of a stamp card for coffee and of points for everything, twice for rye."""
    program_with(shop, rule({"per_item": 1}, **COFFEE), name="Card", kind="stamps", stamps=CARD)
    rye = rule({"per_amount": {"points": 1, "every": 100}}, name="Rye", when={"skus": ["RYE"]})
    program_with(shop, rule(1), rye, name="Points")
    return factories.customer(shop, name="Ana")


def card(customer):
    return f"/m/a/counter/{customer.public_id}/"


def sent(**fields):
    return {"receipt": RECEIPT, "amount": "", **fields}


@pytest.mark.any_database
def test_buttons_are_what_rules_name_with_the_price_in_the_middle_the_most_sold_first(shop, ana):
    for amount in (210, 250, 300):
        factories.purchase(shop, None, lines=[line(2 * amount, "coffee", 2)], amount=2 * amount)
    factories.purchase(shop, None, lines=[line(380, "Bread", sku="rye", name="Rye loaf")], amount=380)

    assert itemised(shop, at=AT).items == (
        Item(key="category-coffee", label="Coffee", category="Coffee", price=250),
        Item(key="sku-rye", label="Rye loaf", sku="RYE", name="Rye loaf", category="Bread", price=380),
    )


def test_price_of_a_product_nobody_bought_is_not_known(shop, ana):
    assert [item.price for item in itemised(shop, at=AT).items] == [None, None]


def test_programs_that_do_not_run_and_rules_that_are_over_have_no_buttons(shop):
    over = rule(1, name="over", when={"skus": ["TEA"], "ends_at": "2026-03-01T00:00:00Z"})
    program_with(shop, rule(1), over, name="Running", starts_at=datetime(2026, 1, 1, tzinfo=UTC))
    programs.create(merchant=shop, name="Draft", rules=[rule(1, **COFFEE)], at=AT)
    paused = program_with(shop, rule(1, **COFFEE), name="Paused")
    programs.pause(program=paused, at=AT)

    assert not itemised(shop, at=AT + timedelta(hours=1))


@pytest.mark.parametrize("number", [1, 30])
def test_buttons_cost_literally(shop, ana, django_assert_num_queries, number):
    # rewards; programs, versions, pauses; the last purchases, their lines
    for __ in range(number):
        factories.purchase(shop, None, lines=[line(250, "coffee")], amount=250)

    with django_assert_num_queries(6):
        itemised(shop, at=AT)


def test_products_fire_their_rules_and_the_rest_is_one_plain_line(dora, shop, ana):
    dora.post(card(ana), sent(**{"amount": "12.50", "many-category-coffee": "2", "each-category-coffee": "2,50"}))

    lines = PurchaseLine.objects.order_by("number").values_list("category", "quantity", "unit_amount", "amount")
    assert list(lines) == [("Coffee", Decimal(2), 250, 500), ("", Decimal(1), None, 750)]
    assert Purchase.objects.get().amount == 1250
    assert {
        held.program.name: held.account.balance for held in ana.memberships.select_related("program", "account")
    } == {
        "Card": 2,
        "Points": 12,
    }


def test_price_left_empty_is_the_usual_one(dora, shop, ana):
    factories.purchase(shop, None, lines=[line(260, "coffee")], amount=260)

    dora.post(card(ana), sent(**{"many-category-coffee": "2"}))

    assert Purchase.objects.latest("pk").amount == 520


@pytest.mark.any_database
def test_products_that_are_not_tapped_send_nothing(dora, shop, ana):
    factories.purchase(shop, None, lines=[line(260, "coffee")], amount=260)

    page = dora.get(card(ana)).content.decode()

    assert re.search(r'name="each-category-coffee" value=""[^>]*placeholder="2,60" data-usual="2,60"', page)


def test_amount_left_empty_is_what_the_products_come_to(dora, shop, ana):
    dora.post(card(ana), sent(**{"many-sku-rye": "0.5", "each-sku-rye": "3,99"}))

    assert Purchase.objects.get().amount == 200
    assert PurchaseLine.objects.get().sku == "RYE"


def test_preview_says_total_lines_stamps_and_what_is_missing(dora, shop, ana):
    asked = sent(**{"amount": "12.50", "many-category-coffee": "2", "each-category-coffee": "2.50"})

    page = text(dora.get(card(ana), asked, headers=HTMX))

    assert "12.50 € 2 × Coffee 5.00 € · other 7.50 €" in page
    assert "+2 stamps Card" in page
    assert "Card · 1 stamp to a full card." in page
    assert Purchase.objects.count() == 0


def test_preview_says_that_the_card_gets_full(dora, shop, ana):
    page = text(dora.get(card(ana), sent(**{"many-category-coffee": "3", "each-category-coffee": "2"}), headers=HTMX))

    assert "The stamp card is full: Free coffee." in page
    assert "Card · 3 stamps to a full card." in page


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"amount": "3", "many-category-coffee": "2", "each-category-coffee": "2.50"},
            "The products come to 5.00 €, which is more than the amount. Correct one of them.",
        ),
        ({"many-category-coffee": "2"}, "Coffee: Write what one Coffee costs."),
        (
            {"many-category-coffee": "two", "each-category-coffee": "2"},
            "Coffee: Write how many with digits, for example 2 or 0.5.",
        ),
        ({"many-sku-rye": "1", "each-sku-rye": "1.2.3"}, "Rye: This amount has two decimal marks."),
        ({}, "Enter the amount of the purchase."),
    ],
)
def test_what_does_not_agree_is_refused_with_a_sentence_and_nothing_written(dora, shop, ana, typed, sentence):
    page = text(dora.post(card(ana), sent(**typed)))

    assert sentence.casefold() in page.casefold()
    assert Purchase.objects.count() == 0


def test_rule_that_counts_all_items_asks_only_for_their_number(dora, shop):
    program_with(shop, rule({"per_item": 1}), name="Card", kind="stamps", stamps=CARD)
    ana = factories.customer(shop)

    page = dora.get(card(ana)).content.decode()
    dora.post(card(ana), sent(amount="7.50", others="2"))

    assert "How many items" in page
    assert PurchaseLine.objects.get().quantity == 2
    assert ana.memberships.get().account.balance == 2


def test_counter_without_such_rules_has_no_products(dora, shop):
    factories.program(shop)
    page = dora.get(card(factories.customer(shop))).content.decode()

    assert "<fieldset" not in page


@pytest.mark.any_database
def test_lines_from_the_counter_can_be_given_back(dora, shop, ana):
    dora.post(card(ana), sent(**{"amount": "7.50", "many-category-coffee": "1", "each-category-coffee": "2.50"}))
    flows.refund_purchase(
        merchant=shop, purchase_id=Purchase.objects.get().pk, lines=[(1, Decimal(1))], at=timezone.now()
    )

    assert Purchase.objects.get().refunded == 250
