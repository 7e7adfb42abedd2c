import re

import pytest
from django.forms import ValidationError
from django.utils import translation

from customers.merchants import shops
from customers.merchants.models import Role, User
from customers.models import Customer, CustomerActivity, Purchase
from loyalty_site import forms
from loyalty_site.tests import factories
from rewards.models import Entry, Judgement

pytestmark = pytest.mark.django_db
RECEIPT = "till-0123456789abcdefghijkl"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.fixture
def dora(client, shop):
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))
    return client


@pytest.fixture
def ana(shop):
    factories.program(shop)
    return factories.customer(shop, name="Ana Alvarez", phone="+34600111222", email="ana@mail.test")


def card(customer):
    return f"/m/a/counter/{customer.public_id}/"


def text(response):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("12.50", "EUR", 1250),
        ("12,50", "EUR", 1250),
        (" 12,5 ", "EUR", 1250),
        ("12", "EUR", 1200),
        ("12,", "EUR", 1200),
        (".5", "EUR", 50),
        ("0", "EUR", 0),
        ("1250", "JPY", 1250),
        ("1,250", "KWD", 1250),
        ("10000000000", "EUR", 10**12),
    ],
)
def test_amount_is_read_as_people_write_it(typed, currency, amount):
    assert forms.read_amount(typed, currency) == amount


@pytest.mark.parametrize(
    ("typed", "currency", "sentence"),
    [
        ("1.234,50", "EUR", "This amount has two decimal marks. Write thousands without a mark: 1250.50."),
        ("12.5.0", "EUR", "This amount has two decimal marks. Write thousands without a mark: 1250.50."),
        ("1,234", "EUR", "EUR has 2 decimals at most. Write the amount like 1250.50."),
        ("12.5", "JPY", "JPY has 0 decimals at most. Write the amount like 1250."),
        ("-5", "EUR", "An amount is not below zero. Leave the minus sign out."),
        ("twelve", "EUR", "Write the amount with digits only, for example 1250.50."),
        ("١٢", "EUR", "Write the amount with digits only, for example 1250.50."),
        ("1e5", "EUR", "Write the amount with digits only, for example 1250.50."),
        (".", "EUR", "Enter the amount, for example 1250.50."),
        ("10000000000.01", "EUR", "This amount is too large. Check the digits."),
        ("9" * 60, "EUR", "This amount is too large. Check the digits."),
    ],
)
def test_amount_that_is_not_clear_is_refused_with_a_sentence(typed, currency, sentence):
    with pytest.raises(ValidationError) as refused:
        forms.read_amount(typed, currency)

    assert refused.value.messages == [sentence]


@pytest.mark.parametrize("typed", ["1222", "600 111 222", "ANA@mail.test", "Alv"])
def test_search_finds_a_customer_and_masks_what_identifies(dora, ana, typed):
    page = text(dora.get("/m/a/counter/", {"q": typed}))

    assert "Ana Alvarez" in page
    assert "+34••••••222 · a•••@mail.test" in page
    assert "600111222" not in page


def test_search_answers_htmx_with_the_part_only(dora, ana):
    response = dora.get("/m/a/counter/", {"q": "Ana"}, headers=HTMX)

    assert "<html" not in response.content.decode()
    assert "Ana Alvarez" in text(response)


@pytest.mark.parametrize(("number", "queries"), [(1, 5), (30, 5)])
def test_search_costs_the_same_for_one_and_for_many(dora, shop, django_assert_num_queries, number, queries):
    # session, user, place; whole identifiers, beginnings of names
    for __ in range(number):
        factories.customer(shop, name="Ana")

    with django_assert_num_queries(queries):
        dora.get("/m/a/counter/", {"q": "An"})


@pytest.mark.parametrize(
    ("typed", "field"), [("Zoe", "name"), ("600 999 888", "phone"), ("zoe@mail.test", "email"), ("12", "name")]
)
def test_search_that_finds_nobody_offers_a_card_with_what_was_typed(dora, ana, typed, field):
    page = dora.get("/m/a/counter/", {"q": typed}).content.decode()

    assert re.search(rf'name="{field}" value="{typed}"', page)


def test_enrolment_makes_a_card_and_opens_it(dora, shop):
    response = dora.post("/m/a/counter/enrol/", {"name": "Zoe", "phone": "600 999 888", "email": ""})

    zoe = Customer.objects.get()
    assert (zoe.merchant, zoe.name, zoe.phone, zoe.email) == (shop, "Zoe", "+34600999888", None)
    assert response.headers["Location"] == card(zoe)


def test_enrolment_of_somebody_known_leads_to_the_card(dora, ana):
    page = dora.post("/m/a/counter/enrol/", {"phone": "600 111 222"}).content.decode()

    assert "Another customer has this phone" in page
    assert f'href="{card(ana)}"' in page
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Write at least a name, a phone or an e-mail."),
        ({"phone": "12"}, "&#x27;12&#x27; is not a phone number."),
        ({"email": "zoe"}, "&#x27;zoe&#x27; is not an e-mail address."),
    ],
)
def test_enrolment_is_refused_with_a_sentence_and_nothing_written(dora, shop, sent, sentence):
    page = dora.post("/m/a/counter/enrol/", sent).content.decode()

    assert sentence in page
    assert Customer.objects.count() == 0


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
    # session, user, place; customer, locations; memberships, entries, lots
    factories.purchase(shop, ana)

    with django_assert_num_queries(8):
        dora.get(card(ana))


def test_preview_says_what_will_be_earned_and_why_and_writes_nothing(dora, ana):
    response = dora.get(card(ana), {"amount": "12,50", "receipt": RECEIPT}, headers=HTMX)

    assert text(response).strip() == "+12 points Points 1 for each full 1.00 € of 12.50 €"
    assert (Purchase.objects.count(), Judgement.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_preview_does_not_wait_for_the_location(dora, shop, ana):
    for name in ("Main Street", "Station"):
        shops.add_location(merchant=shop, name=name)

    response = dora.get(card(ana), {"amount": "12,50", "receipt": RECEIPT, "location": ""}, headers=HTMX)

    assert text(response).strip() == "+12 points Points 1 for each full 1.00 € of 12.50 €"


def test_preview_works_as_a_page_too(dora, ana):
    page = text(dora.get(card(ana), {"amount": "12,50", "receipt": RECEIPT}))

    assert "1 for each full 1.00 € of 12.50 €" in page


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0.99", "0 points Points too little for a full step"),
        ("1.2.3", "This amount has two decimal marks. Write thousands without a mark: 1250.50."),
        ("", "Type the amount to see what it earns."),
    ],
)
def test_preview_says_why_there_is_nothing(dora, ana, amount, sentence):
    response = dora.get(card(ana), {"amount": amount, "receipt": RECEIPT}, headers=HTMX)

    assert text(response).strip() == sentence


def test_preview_without_a_program_says_so(dora, shop):
    response = dora.get(card(factories.customer(shop)), {"amount": "5", "receipt": RECEIPT}, headers=HTMX)

    assert text(response).strip() == "No program is running for this customer, so this purchase earns nothing."


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
