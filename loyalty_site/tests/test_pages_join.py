"""Joining by oneself: what is asked, what is kept, and that nobody learns who is a customer."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from customers.models import Consent, Customer
from loyalty_site.pages import joining, limits
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import points
from loyalty_site.tests.test_qr import read
from rewards import programs
from rewards.models import Membership

pytestmark = pytest.mark.django_db
PAGE = "/join/a/"
WHOLE = {"name": "Ana", "phone": "600 123 456", "email": "ana@a.test", "day": "27", "month": "3"}


@pytest.fixture(autouse=True)
def _nobody_came_before():
    cache.clear()
    yield
    cache.clear()


def bare(response) -> str:
    """A page without the word against forgery, which differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_page_says_what_one_gets_and_where_the_terms_are(client, shop):
    made = factories.program(shop, name="Café points")

    page = client.get(PAGE)

    assert "Join in What you get 1 point for each full 1.00 €." in text(page)
    assert f'href="/terms/a/{made.public_id}/"' in page.content.decode()
    assert "checked" not in page.content.decode()


def test_club_says_its_tiers(client, shop):
    ladder = [{"name": "Friend", "threshold": 0}, {"name": "Family", "threshold": 50_000, "perks": ["A seat"]}]
    club = programs.create(merchant=shop, name="Club", kind="membership", rules=[], tiers=ladder, at=timezone.now())
    programs.activate(program=club, at=timezone.now())

    shown = text(client.get(PAGE))

    assert "Friend from the start, Family from 500.00" in shown
    assert "Family: A seat." in shown


def test_page_of_a_shop_without_a_program_promises_nothing(client, shop):
    factories.program(shop, auto_enrol=False)

    assert "There is no program to join at the moment." in text(client.get(PAGE))


def test_shop_that_is_not_there_has_no_page(client):
    assert client.get("/join/nowhere/").status_code == 404


def test_joining_makes_a_card_with_what_was_said_and_its_memberships(client, shop):
    welcome = {"name": "Welcome", "trigger": "signup", "award": {"fixed": 10}}
    made = factories.program(shop, rules=[welcome], at=timezone.now())

    answer = client.post(PAGE, {**WHOLE, "news-email": "on"})

    card = Customer.objects.get()
    kept = (card.name, card.phone, card.email, card.birthday, card.language)
    assert kept == ("Ana", "+34600123456", "ana@a.test", "03-27", "en")
    assert Membership.objects.get().program == made
    assert Consent.objects.values_list("channel", "purpose", "granted", "source").get() == (
        "email", "marketing", True, "join",
    )  # fmt: skip
    assert points(card) == 10
    assert "You are in" in text(answer)


def test_code_to_show_holds_what_was_typed_and_finds_the_card(client, alice, shop):
    answer = client.post(PAGE, {"name": "Ana", "phone": "600 123 456"})

    said = read(answer.content.decode())

    assert said == "+34600123456"
    assert "Ana" in text(alice.get("/m/a/counter/", {"q": said}, follow=True))


@pytest.mark.parametrize("known", [{"phone": "+34600123456"}, {"email": "ANA@a.test"}])
def test_known_and_unknown_get_the_same_answer_and_the_card_stays_as_it_is(shop, known):
    factories.program(shop)
    sent = {**WHOLE, "news-sms": "on"}
    fresh = Client().post(PAGE, sent)
    Customer.objects.all().delete()
    factories.customer(shop, name="Somebody Else", **known)
    before = list(Customer.objects.values()), list(Membership.objects.values())

    again = Client().post(PAGE, sent)

    assert (again.status_code, bare(again)) == (fresh.status_code, bare(fresh))
    assert (list(Customer.objects.values()), list(Membership.objects.values())) == before
    assert not Consent.objects.exists()


def test_contacts_of_two_people_change_neither(client, shop):
    factories.customer(shop, phone="+34600123456")
    factories.customer(shop, email="ana@a.test")
    before = list(Customer.objects.values())

    assert "You are in" in text(client.post(PAGE, WHOLE))
    assert list(Customer.objects.values()) == before


@pytest.mark.any_database
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Write your name; a first name is enough."),
        ({"phone": "", "email": ""}, "Write a phone or an e-mail, so that you are recognised."),
        ({"phone": "12"}, "'12' is not a phone number."),
        ({"email": "ana"}, "'ana' is not an e-mail address."),
        ({"month": ""}, "Choose both day and month of your birthday"),
        ({"day": "31", "month": "2"}, "is not a day of the year"),
        ({"email": "", "news-email": "on"}, "Write your e-mail too, so that news can reach you there."),
        ({"phone": "", "news-sms": "on"}, "Write your phone too, so that news can reach you there."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_whoever_is_known(client, shop, wrong, said, known):
    if known:
        factories.customer(shop, phone="+34600123456")
        factories.customer(shop, email="ana@a.test")
    before = Customer.objects.count()

    answer = client.post(PAGE, {**WHOLE, **wrong})

    assert said in text(answer).replace("&#x27;", "'")
    assert Customer.objects.count() == before


def test_form_from_elsewhere_is_refused(shop):
    assert Client(enforce_csrf_checks=True).post(PAGE, WHOLE).status_code == 403


def test_one_address_joins_so_many_times_an_hour(client, shop, monkeypatch):
    monkeypatch.setattr(joining, "MOST", 2)
    sent = [{"name": "Ana", "email": f"ana{number}@a.test"} for number in range(3)]

    answers = [client.post(PAGE, one) for one in sent]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many people have joined from here within the hour." in text(answers[2])
    assert Customer.objects.count() == 2
    assert client.post(PAGE, sent[2], REMOTE_ADDR="10.0.0.9").status_code == 200


@pytest.mark.parametrize(("https", "expected"), [(True, "10.0.0.9"), (False, "127.0.0.1")])
def test_proxy_is_believed_where_there_is_one(rf, settings, https, expected):
    settings.HTTPS = https

    assert limits.caller(rf.get("/", headers={"X-Forwarded-For": "1.2.3.4, 10.0.0.9"})) == expected


def test_page_speaks_the_language_of_the_visitor(client, shop):
    client.post(PAGE, WHOLE, headers={"Accept-Language": "es"})

    assert Customer.objects.get().language == "es"
    assert '<html lang="es"' in client.get(PAGE, headers={"Accept-Language": "es"}).content.decode()


@pytest.mark.parametrize("programs", [1, 4])
def test_page_costs_the_same_for_one_and_for_many(client, shop, django_assert_num_queries, programs):
    for number in range(programs):
        factories.program(shop, name=f"Program {number}", at=timezone.now())

    with django_assert_num_queries(3):  # shop, programs, versions
        assert client.get(PAGE).status_code == 200


@pytest.mark.any_database
def test_settings_and_home_lead_there(alice, shop):
    for page in ("/m/a/settings/", "/m/a/"):
        answer = alice.get(page).content.decode()
        assert ('href="/join/a/"' in answer, 'href="/m/a/print/"' in answer) == (True, True)
