import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from customers.merchants import shops
from customers.merchants.models import StaffMember
from customers.models import Customer
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text

pytestmark = pytest.mark.django_db
RECEIPT = "till-0123456789abcdefghijkl"
HTMX = {"HX-Request": "true"}


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


@pytest.mark.parametrize("typed", ["1222", "Alv", "Ana Alv"])
def test_search_finds_a_customer_and_masks_what_identifies(dora, ana, typed):
    page = text(dora.get("/m/a/counter/", {"q": typed}))

    assert "Ana Alvarez" in page
    assert "+34••••••222 · a•••@mail.test" in page
    assert "600111222" not in page


def test_search_answers_htmx_with_the_part_only(dora, ana):
    response = dora.get("/m/a/counter/", {"q": "Ana"}, headers=HTMX)

    assert "<html" not in response.content.decode()
    assert "Ana Alvarez" in text(response)


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("headers", "queries"), [(HTMX, 5), ({}, 6)])
def test_search_costs_the_same_for_one_and_for_many(dora, shop, django_assert_num_queries, number, headers, queries):
    # session, user, place; whole identifiers (twice with Enter), beginnings of names
    for __ in range(number):
        factories.customer(shop, name="Ana")

    with django_assert_num_queries(queries):
        dora.get("/m/a/counter/", {"q": "An"}, headers=headers)


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


def test_empty_counter_shows_whom_this_person_served_today(dora, shop):
    place = StaffMember.objects.get(user__email="dora@a.test")
    today, before = timezone.now(), timezone.now() - timedelta(days=2)
    for name, at, staff in [("Ana", today, place.pk), ("Ben", before, place.pk), ("Cleo", today, None)]:
        factories.purchase(shop, factories.customer(shop, name=name, at=before), at=at, staff_id=staff)

    page = dora.get("/m/a/counter/").content.decode()

    assert re.findall(r'class="card" href="[^"]+"><strong>([^<]+)', page) == ["Ana"]


def test_empty_counter_shows_whom_colleagues_served_at_the_remembered_location(dora, shop):
    station = shops.add_location(merchant=shop, name="Station")
    shops.add_location(merchant=shop, name="Main Street")
    ana = factories.customer(shop, name="Ana")
    dora.post(card(ana), {"amount": "5", "receipt": RECEIPT, "location": station.public_id})
    factories.purchase(shop, factories.customer(shop, name="Ben"), at=timezone.now(), location_id=station.pk)

    page = dora.get("/m/a/counter/").content.decode()

    assert re.findall(r'class="card" href="[^"]+"><strong>([^<]+)', page) == ["Ben", "Ana"]


@pytest.mark.parametrize("number", [1, 9])
def test_empty_counter_shows_eight_and_costs_literally(dora, shop, django_assert_num_queries, number):
    # session, user, place; today's purchases with their customers
    place = StaffMember.objects.get(user__email="dora@a.test")
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop), at=timezone.now(), staff_id=place.pk)

    with django_assert_num_queries(4):
        page = dora.get("/m/a/counter/").content.decode()

    assert page.count('<a class="card"') == min(number, 8)


def test_enrolment_asks_for_the_phone_first_and_ticks_no_consent(dora, shop):
    page = dora.get("/m/a/counter/enrol/").content.decode()

    assert re.search(r'name="phone"[^>]* autofocus', page)
    assert page.index('name="phone"') < page.index('name="name"')
    assert "checked" not in page
    assert "Shop A will send you news and offers in the ways you choose." in page


def test_enrolment_keeps_the_consents_that_were_ticked_and_where_it_was(dora, shop):
    station = shops.add_location(merchant=shop, name="Station")

    dora.post("/m/a/counter/enrol/", {"phone": "600 999 888", "consent-sms": "on"})

    zoe = Customer.objects.get()
    assert (zoe.location, zoe.phone) == (station, "+34600999888")
    said = zoe.consents.values_list("channel", "purpose", "granted", "source")
    assert list(said) == [("sms", "marketing", True, "counter")]


def test_enrolment_with_what_was_typed_goes_on_in_the_next_field(dora, shop):
    page = dora.get("/m/a/counter/enrol/", {"q": "600 999 888"}).content.decode()

    assert re.search(r'name="name"[^>]* autofocus', page)
    assert 'value="600 999 888"' in page
