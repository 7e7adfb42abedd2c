"""What a device keeps for the counter, and what its pages are told."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation

from customers.merchants import shops
from customers.merchants.models import StaffMember, User
from loyalty_site.offline_forms import typist
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text

pytestmark = pytest.mark.django_db
SEND, KEPT = "/m/a/counter/send/", "/m/a/counter/kept/"
RECEIPT = "till-0123456789abcdefghijkl"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    factories.program(shop)
    return factories.customer(shop, name="Ana Alvarez", phone="+34600111222", preferences=["Rye bread"])


@pytest.fixture
def place(dora, shop):
    """Dora's place at the shop."""
    return StaffMember.objects.select_related("merchant").get(user__email="dora@a.test")


def test_device_keeps_who_was_served_lately_and_no_whole_phone(dora, shop, place, ana):
    at = timezone.now()
    factories.purchase(shop, ana, at=at, amount=2000)
    factories.purchase(shop, factories.customer(shop, name="Old", at=at), at=at - timedelta(days=91))
    factories.purchase(shop, None, at=at)

    response = dora.get(KEPT)

    assert response.headers["Cache-Control"] == "private, no-cache, max-age=0, no-store, must-revalidate"
    told = response.json()
    assert typist(told.pop("slip")) == place.public_id
    assert at <= datetime.fromisoformat(told.pop("at")) <= timezone.now()
    assert told == {
        "place": place.public_id,
        "name": "Dora",
        "customers": [
            {
                "id": ana.public_id,
                "name": "Ana Alvarez",
                "card": ana.card_code,
                "phone": "+34••••••222",
                "digits": "1222",
                "held": ["Points: 20 points"],
                "preferences": ["Rye bread"],
            }
        ],
    }


def test_device_keeps_whom_its_location_served(dora, shop, ana):
    station = shops.add_location(merchant=shop, name="Station")
    shops.add_location(merchant=shop, name="Main Street")
    dora.post(f"/m/a/counter/{ana.public_id}/", {"amount": "5", "receipt": RECEIPT, "location": station.public_id})
    factories.purchase(shop, factories.customer(shop, name="Ben"), at=timezone.now())

    assert [one["name"] for one in dora.get(KEPT).json()["customers"]] == ["Ana Alvarez"]


@pytest.mark.parametrize("number", [1, 30])
def test_what_a_device_keeps_costs_literally(dora, shop, ana, django_assert_num_queries, number):
    # session, user, place; purchases, customers, memberships, entries, lots
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop), at=timezone.now())

    with django_assert_num_queries(8):
        dora.get(KEPT)


@pytest.mark.parametrize("page", ["offline", "queue"])
def test_page_that_is_kept_holds_no_customer_no_token_and_no_message(dora, shop, ana, page):
    factories.purchase(shop, ana, at=timezone.now())

    kept = dora.get(f"/m/a/counter/{page}/").content.decode()

    assert "csrfmiddlewaretoken" not in kept
    assert "Ana Alvarez" not in kept
    assert "messages" not in kept


def test_every_page_of_the_counter_says_what_its_scripts_need(dora, ana):
    for path in ("", "enrol/", f"{ana.public_id}/", "offline/", "queue/"):
        page = dora.get(f"/m/a/counter/{path}").content.decode()
        assert re.findall(r'data-send="([^"]+)"', page) == [SEND]
        assert '<script type="module" src="/static/offline/counter.js">' in page


def shell(client) -> dict:
    """What the worker is told to keep."""
    program = client.get("/m/a/counter/worker.js")
    assert program.headers["Content-Type"] == "text/javascript"
    assert (program.headers["Cache-Control"], "Cookie" in program.headers["Vary"]) == ("private, max-age=600", True)
    return json.loads(program.content.decode().partition("\n")[0].removeprefix("const SHELL = ").removesuffix(";"))


def test_worker_keeps_the_two_pages_and_their_files(dora, ana):
    told = shell(dora)

    assert (told["scope"], told["offline"], told["queue"]) == (
        "/m/a/counter/",
        "/m/a/counter/offline/",
        "/m/a/counter/queue/",
    )
    for page in ("offline", "queue"):
        needed = re.findall(r'(?:src|href)="(/static/[^"]+)"', dora.get(told[page]).content.decode())
        assert set(needed) - set(told["files"]) == set()


def test_worker_has_another_version_for_another_person_place_or_language(client, dora, shop):
    versions = [shell(dora)["version"], shell(dora)["version"]]
    User.objects.filter(email="dora@a.test").update(language="es")
    versions.append(shell(dora)["version"])
    shops.add_location(merchant=shop, name="Station")
    versions.append(shell(dora)["version"])
    client.force_login(User.objects.get(email="alice@a.test"))
    versions.append(shell(client)["version"])

    assert (versions[0], len(set(versions))) == (versions[1], 4)


def test_offline_page_tells_how_an_amount_is_written(client, dora, shop):
    page = dora.get("/m/a/counter/offline/")

    assert 'pattern="[0-9]{1,9}([.,][0-9]{1,2})?"' in page.content.decode()
    assert "for example 1250,50." in text(page)
    assert "Location" not in text(page)


def test_offline_page_of_a_currency_without_cents_takes_none(client):
    factories.merchant(slug="j", owner="jun@j.test", currency="JPY")
    client.force_login(User.objects.get(email="jun@j.test"))

    assert 'pattern="[0-9]{1,9}"' in client.get("/m/j/counter/offline/").content.decode()
