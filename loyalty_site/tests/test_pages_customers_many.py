import csv

import pytest
from django.utils import translation

from customers.merchants.models import Role
from customers.models import Customer
from loyalty_site.models import SavedView
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def tags():
    return {one.name: one.attributes.get("tags", []) for one in Customer.objects.order_by("pk")}


def rows(response):
    return list(csv.reader(response.content.decode().splitlines()))


def test_ticked_ones_get_a_tag_after_a_question(alice, shop):
    ana, ben = (factories.customer(shop, name=name) for name in ("Ana", "Ben"))
    asking = {"who": "ticked", "id": ana.public_id, "action": "tag", "tag": " press  list ", "query": "search="}

    asked = alice.post("/m/a/customers/bulk/", asking)
    before = tags()
    form = {"query": f"id={ana.public_id}", "who": "all", "action": "tag", "tag": "press list", "confirmed": "1"}
    response = alice.post("/m/a/customers/bulk/", form, follow=True)

    assert "1 customer will get the tag “press list”." in text(asked)
    assert before == {"Ana": [], "Ben": []}
    assert tags() == {"Ana": ["press list"], "Ben": []}
    assert "1 customer got the tag “press list”." in text(response)


def test_all_that_match_lose_a_tag_whatever_its_case(alice, shop):
    for name in ("Ana", "Anton", "Ben"):
        factories.customer(shop, name=name, attributes={"tags": ["Press", "old"], "shoe": 42})

    form = {"query": "search=an", "who": "all", "action": "untag", "tag": "press", "confirmed": "1"}
    alice.post("/m/a/customers/bulk/", form)

    assert tags() == {"Ana": ["old"], "Anton": ["old"], "Ben": ["Press", "old"]}
    assert Customer.objects.filter(attributes__shoe=42).count() == 3


def test_tagged_ones_are_found_by_their_tag(alice, shop):
    factories.customer(shop, name="Ana")
    form = {"query": "", "who": "all", "action": "tag", "tag": "Café", "confirmed": "1"}
    alice.post("/m/a/customers/bulk/", form)

    assert "1 customer " in text(alice.get("/m/a/customers/", {"tag": "cafe"}))


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"who": "ticked", "action": "tag", "tag": "x"}, "Nobody is ticked"),
        ({"who": "all", "action": "tag", "tag": ""}, "Write the tag."),
        ({"who": "all", "action": "drop", "tag": "x"}, "Choose what to do."),
        ({"who": "all", "action": "tag", "tag": "x" * 41, "confirmed": "1"}, "at most 40 characters"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(alice, shop, form, sentence):
    factories.customer(shop, name="Ana")

    assert sentence in text(alice.post("/m/a/customers/bulk/", form))
    assert tags() == {"Ana": []}


def test_customers_of_another_shop_are_not_tagged(alice, shop):
    foreign = factories.customer(factories.merchant(slug="b", owner="charlie@b.test"), name="Ben")

    form = {"query": f"id={foreign.public_id}", "who": "all", "action": "tag", "tag": "x", "confirmed": "1"}
    alice.post("/m/a/customers/bulk/", form)

    assert tags() == {"Ben": []}


def test_csv_holds_what_the_list_shows(alice, shop):
    ana = factories.customer(shop, name="=Ana", phone="600 111 222", city="León")
    factories.purchase(shop, ana, amount=123456)
    factories.customer(shop, name="Ben", city="Vigo")

    response = alice.get("/m/a/customers.csv", {"col": ["reach", "city", "value", "last"], "sort": "name"})

    assert rows(response) == [
        ["Name", "Phone and e-mail", "City", "Net value", "Last purchase"],
        ["'=Ana", "'+34600111222", "León", "1234.56", "2026-03-10"],
        ["Ben", "", "Vigo", "0.00", ""],
    ]


def test_csv_has_everybody_and_not_only_a_page(alice, shop):
    for __ in range(51):
        factories.customer(shop)

    assert len(rows(alice.get("/m/a/customers.csv"))) == 52


def test_list_is_saved_under_a_name_and_opened_again(alice, shop):
    response = alice.post("/m/a/customers/views/", {"query": "search=an&page=2&nonsense=1", "name": " My  Anas "})

    view = SavedView.objects.get()
    assert (view.name, view.query, view.owner.user.email) == ("My Anas", "search=an", "alice@a.test")
    assert response.headers["Location"] == "/m/a/customers/?search=an"
    assert "My Anas" in text(alice.get("/m/a/customers/"))


def test_view_of_the_shop_is_seen_by_all_and_changed_by_those_who_manage(alice, shop):
    alice.post("/m/a/customers/views/", {"query": "city=Vigo", "name": "Vigo", "shared": "on"})
    alice.post("/m/a/customers/views/", {"query": "city=Lugo", "name": "Lugo"})
    shared = SavedView.objects.get(owner=None)
    alice.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))

    page = alice.get("/m/a/customers/").content.decode()
    refused = text(alice.post(f"/m/a/customers/views/{shared.public_id}/", {"delete": "1"}))

    assert (">Vigo</a>" in page, ">Lugo</a>" in page) == (True, False)
    assert "Only somebody who may change settings" in refused
    assert SavedView.objects.count() == 2


def test_view_is_renamed_and_deleted(alice, shop):
    alice.post("/m/a/customers/views/", {"query": "city=Vigo", "name": "Vigo"})
    view = SavedView.objects.get()

    alice.post(f"/m/a/customers/views/{view.public_id}/", {"name": "Galicia"})
    renamed = SavedView.objects.get().name
    alice.post(f"/m/a/customers/views/{view.public_id}/", {"delete": "1"})

    assert renamed == "Galicia"
    assert SavedView.objects.count() == 0


def test_two_views_of_one_name_are_refused(alice, shop):
    for __ in range(2):
        response = alice.post("/m/a/customers/views/", {"query": "city=Vigo", "name": "Vigo"})

    assert "A view has this name already. Choose another one." in text(response)
    assert SavedView.objects.count() == 1
