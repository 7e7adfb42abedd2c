import re

import pytest
from django.utils import translation

from customers.merchants import shops
from customers.merchants.models import Role, User
from customers.models import CustomerActivity, Purchase
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from rewards import programs
from rewards.models import Entry, Judgement

pytestmark = pytest.mark.django_db
RECEIPT = "till-0123456789abcdefghijkl"
HTMX = {"HX-Request": "true"}
TWELVE = (
    "To pay 12.50 € +12 points Points 1 for each full 1.00 € of 12.50 € New balance in Points: 12 points "
    "To pay 12.50 € · +12 points"
)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    factories.program(shop)
    return factories.customer(shop, name="Ana Alvarez", phone="+34600111222", email="ana@mail.test")


def card(customer):
    return f"/m/a/counter/{customer.public_id}/"


def test_card_shows_who_it_is_and_what_they_hold(dora, shop, ana):
    ana.preferences, ana.notes = ["Rye bread"], "Sings."
    ana.save()
    factories.purchase(shop, ana, amount=1299)

    page = text(dora.get(card(ana)))

    assert "Ana Alvarez" in page
    assert "Rye bread" in page
    assert "Sings." in page
    assert "12 points" in page


def test_card_costs_literally(dora, shop, ana, django_assert_num_queries):
    # session, user, place; customer, locations; vouchers; rewards, programs, versions, pauses; memberships, entries,
    # lots; last purchases, days, lines
    factories.purchase(shop, ana)

    with django_assert_num_queries(16):
        dora.get(card(ana))


def test_preview_says_what_will_be_earned_and_why_and_writes_nothing(dora, ana):
    response = dora.get(card(ana), {"amount": "12,50", "receipt": RECEIPT}, headers=HTMX)

    assert text(response).strip() == TWELVE
    assert (Purchase.objects.count(), Judgement.objects.count(), Entry.objects.count()) == (0, 0, 0)


@pytest.mark.any_database
def test_card_leads_to_the_last_purchases(dora, shop, ana):
    first, *__ = [factories.purchase(shop, ana, amount=100 * n).draft for n in range(1, 7)]
    void = factories.purchase(shop, ana).draft
    flows.void_purchase(merchant=shop, purchase_id=void.pk, at=AT)

    page = dora.get(card(ana))

    assert page.content.decode().count("/m/a/purchases/") == 5
    assert "10.00 € (void)" in text(page)
    assert first.public_id not in page.content.decode()


@pytest.mark.any_database
def test_code_that_the_customer_says_is_previewed_recorded_and_kept(dora, shop):
    bonus = {"name": "Code", "trigger": "purchase", "award": {"fixed": 5}, "when": {"code": "HELLO"}}
    factories.program(shop, rules=[bonus])
    ana = factories.customer(shop)
    sent = {"amount": "12.50", "receipt": RECEIPT, "code": " hello "}

    assert "5 points" in text(dora.get(card(ana), sent, headers=HTMX))
    dora.post(card(ana), sent)

    assert list(Entry.objects.values_list("points", flat=True)) == [5]
    assert Purchase.objects.get().code == "hello"


def test_preview_of_several_rules_says_what_each_gives(dora, shop):
    happy = {"name": "Happy", "award": {"multiply": "2"}, "when": {"hours": ["00:00", "24:00"]}}
    euro = {"name": "Euro", "award": {"per_amount": {"points": 1, "every": 100}}}
    factories.program(shop, name="Café", rules=[euro, happy])
    buyer = factories.customer(shop)

    response = dora.get(card(buyer), {"amount": "12,50", "receipt": RECEIPT}, headers=HTMX)

    said = "+24 points Café Euro +12: 1 for each full 1.00 € of 12.50 € Happy +12: 12 points × 2 (00:00–24:00)"
    assert said in text(response)


def test_preview_does_not_wait_for_the_location(dora, shop, ana):
    for name in ("Main Street", "Station"):
        shops.add_location(merchant=shop, name=name)

    response = dora.get(card(ana), {"amount": "12,50", "receipt": RECEIPT, "location": ""}, headers=HTMX)

    assert text(response).strip() == TWELVE


def test_preview_works_as_a_page_too(dora, ana):
    page = text(dora.get(card(ana), {"amount": "12,50", "receipt": RECEIPT}))

    assert "1 for each full 1.00 € of 12.50 €" in page


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        (
            "0.99",
            "To pay 0.99 € 0 points Points no rule gives anything for this, or its limit is reached To pay 0.99 €",
        ),
        (
            "1.2.3",
            "This amount has two decimal marks. Write thousands without a mark: 1250,50. "
            "Something is missing: see what",
        ),
        ("", "Type the amount to see what it earns."),
    ],
)
def test_preview_says_why_there_is_nothing(dora, ana, amount, sentence):
    response = dora.get(card(ana), {"amount": amount, "receipt": RECEIPT}, headers=HTMX)

    assert text(response).strip() == sentence


def test_preview_without_a_program_says_so(dora, shop):
    response = dora.get(card(factories.customer(shop)), {"amount": "5", "receipt": RECEIPT}, headers=HTMX)

    nothing = "No program gives this customer points, so this purchase earns nothing."
    assert text(response).strip() == f"To pay 5.00 € {nothing} To pay 5.00 €"


def test_purchase_is_recorded_with_everything_the_till_knows(dora, shop, ana):
    only = shops.add_location(merchant=shop, name="Main Street")

    dora.post(card(ana), {"amount": "12,50", "receipt": RECEIPT})

    purchase = Purchase.objects.get()
    assert (purchase.customer, purchase.amount, purchase.channel) == (ana, 1250, "store")
    assert (purchase.location, purchase.staff.user.email) == (only, "dora@a.test")
    assert purchase.external_id == RECEIPT
    assert CustomerActivity.objects.get().net_value == 1250


def test_receipt_says_amount_points_reason_and_balance(dora, shop, ana):
    factories.purchase(shop, ana, amount=700)

    response = dora.post(card(ana), {"amount": "12.50", "receipt": RECEIPT}, follow=True)

    assert response.redirect_chain == [(f"{card(ana)}?receipt={Purchase.objects.latest('id').public_id}", 302)]
    page = text(response)
    assert "Recorded 12.50 €" in page
    assert "+12 points Points 1 for each full 1.00 € of 12.50 €" in page
    assert "New balance in Points: 19 points" in page


def test_receipt_of_somebody_else_is_not_shown(dora, shop, ana):
    other = factories.customer(shop)
    recorded = factories.purchase(shop, other)

    page = text(dora.get(card(ana), {"receipt": recorded.draft.public_id}))

    assert "Recorded" not in page


def test_form_sent_twice_records_once_and_says_so(dora, ana):
    sent = {"amount": "12.50", "receipt": RECEIPT}
    first = dora.post(card(ana), sent)
    second = dora.post(card(ana), sent)

    assert second.headers["Location"] == first.headers["Location"] + "&again=1"
    assert Purchase.objects.count() == 1
    assert Entry.objects.count() == 1
    assert "This form was sent twice and counted once." in text(dora.get(second.headers["Location"]))


def test_form_sent_again_with_another_amount_shows_what_stands(dora, ana):
    dora.post(card(ana), {"amount": "12.50", "receipt": RECEIPT})
    page = text(dora.post(card(ana), {"amount": "3", "receipt": RECEIPT}, follow=True))

    assert Purchase.objects.get().amount == 1250
    assert "Recorded already." in page
    assert "Recorded 12.50 €" in page


def test_every_form_has_a_receipt_of_its_own(dora, ana):
    found = {re.search(r'value="(till-[\w-]{22})"', dora.get(card(ana)).content.decode())[1] for __ in range(3)}

    assert len(found) == 3


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"amount": "1.2.3", "receipt": RECEIPT}, "This amount has two decimal marks."),
        ({"amount": "", "receipt": RECEIPT}, "Enter the amount of the purchase."),
        ({"amount": "5", "receipt": "mine"}, "Load the page again and enter the amount once more."),
    ],
)
def test_purchase_is_refused_beside_the_field_and_nothing_written(dora, ana, sent, sentence):
    page = text(dora.post(card(ana), sent))

    assert sentence in page
    assert (Purchase.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.any_database
def test_location_is_asked_where_there_are_several_and_remembered(dora, shop, ana):
    shops.add_location(merchant=shop, name="Main Street")
    station = shops.add_location(merchant=shop, name="Station")

    asked = text(dora.post(card(ana), {"amount": "5", "receipt": RECEIPT}))
    dora.post(card(ana), {"amount": "5", "receipt": RECEIPT, "location": station.public_id})
    page = dora.get(card(ana)).content.decode()

    assert "Choose the location." in asked
    assert Purchase.objects.get().location == station
    assert f'<option value="{station.public_id}" selected>' in page


def test_location_of_another_shop_is_refused(dora, shop, ana):
    shops.add_location(merchant=shop, name="Main Street")
    shops.add_location(merchant=shop, name="Station")
    foreign = shops.add_location(merchant=factories.merchant(slug="b", owner="charlie@b.test"), name="Elsewhere")

    page = text(dora.post(card(ana), {"amount": "5", "receipt": RECEIPT, "location": foreign.public_id}))

    assert "Choose one of your locations." in page
    assert Purchase.objects.count() == 0


def test_card_is_not_kept_by_the_browser(dora, ana):
    assert "no-store" in dora.get(card(ana)).headers["Cache-Control"]


def test_owner_may_serve_too(client, shop, ana):
    client.force_login(User.objects.get(email="alice@a.test"))

    client.post(card(ana), {"amount": "5", "receipt": RECEIPT})

    assert Purchase.objects.get().staff.role == Role.OWNER


def test_button_says_for_whom_and_the_field_shows_the_mark_of_the_shop(dora, ana):
    page = dora.get(card(ana)).content.decode()

    assert "Record for Ana Alvarez</button>" in page
    assert 'placeholder="0,00"' in page


def test_receipt_leads_to_the_next_customer_and_asks_for_no_amount(dora, ana):
    page = dora.post(card(ana), {"amount": "5", "receipt": RECEIPT}, follow=True).content.decode()

    assert '<a class="button primary" href="/m/a/counter/" autofocus>Next customer</a>' in page
    assert 'name="amount"' not in page


def test_membership_is_not_said_to_give_no_points(dora, ana, shop):
    club = programs.create(merchant=shop, name="Club", at=AT, kind="membership", rules=[])
    programs.activate(program=club, at=AT)

    response = dora.get(card(ana), {"amount": "5", "receipt": RECEIPT}, headers=HTMX)

    earned = "+5 points Points 1 for each full 1.00 € of 5.00 € New balance in Points: 5 points"
    assert text(response).strip() == f"To pay 5.00 € {earned} To pay 5.00 € · +5 points"
