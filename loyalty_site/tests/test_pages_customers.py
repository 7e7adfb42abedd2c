import re
from datetime import timedelta

import pytest
from django.utils import translation

from customers.merchants import shops
from customers.merchants.models import Role, User
from customers.purchases import ReturnDraft
from loyalty_site import flows
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop():
    return factories.merchant()


@pytest.fixture
def alice(client, shop):
    client.force_login(User.objects.get(email="alice@a.test"))
    return client


@pytest.fixture
def dora(client, shop):
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))
    return client


def text(response):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def names(response):
    return re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', response.content.decode())


@pytest.mark.parametrize(("number", "queries"), [(1, 5), (30, 5)])
def test_list_costs_the_same_for_one_and_for_many(alice, shop, django_assert_num_queries, number, queries):
    # session, user, place; how many, and the page of them
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop))

    with django_assert_num_queries(queries):
        alice.get("/m/a/customers/")


def test_list_shows_who_bought_last_first(alice, shop):
    for name, days in [("Ana", 3), ("Ben", 1), ("Cleo", 2)]:
        factories.purchase(shop, factories.customer(shop, name=name), at=factories.AT - timedelta(days=days))
    factories.customer(shop, name="Dan")

    assert names(alice.get("/m/a/customers/")) == ["Ben", "Cleo", "Ana", "Dan"]


def test_list_shows_only_this_shops_customers(alice, shop):
    factories.customer(shop, name="Ana")
    factories.customer(factories.merchant(slug="b", owner="charlie@b.test"), name="Ben")

    assert names(alice.get("/m/a/customers/")) == ["Ana"]


def test_list_has_fifty_a_page_and_keeps_the_search(alice, shop):
    for __ in range(51):
        factories.customer(shop, name="Ana")

    first, second = (alice.get("/m/a/customers/", {"search": "ana", "page": number}) for number in (1, 2))

    assert (len(names(first)), len(names(second))) == (50, 1)
    assert "Page 1 of 2" in text(first)
    assert 'href="?search=ana&amp;page=2"' in first.content.decode()


@pytest.mark.parametrize("search", ["ana", "1222", "ANA@mail.test", "T-1"])
def test_search_finds_by_what_is_known(alice, shop, search):
    factories.customer(shop, name="Ana", phone="600 111 222", email="ana@mail.test", external_id="T-1")
    factories.customer(shop, name="Ben")

    assert names(alice.get("/m/a/customers/", {"search": search})) == ["Ana"]


def test_search_that_finds_nobody_differs_from_an_empty_shop(alice, shop):
    assert "Nobody yet" in text(alice.get("/m/a/customers/"))
    assert "Nobody matches" in text(alice.get("/m/a/customers/", {"search": "zoe"}))


def test_htmx_gets_the_part_only(alice, shop):
    factories.customer(shop, name="Ana")

    response = alice.get("/m/a/customers/", {"search": "ana"}, headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert names(response) == ["Ana"]


def test_owner_sees_contacts_and_value(alice, shop):
    ana = factories.customer(shop, name="Ana", phone="600 111 222", email="ana@mail.test")
    factories.purchase(shop, ana, amount=123456)

    page = text(alice.get("/m/a/customers/"))

    assert "+34600111222 ana@mail.test" in page
    assert "1,234.56 €" in page


@pytest.mark.parametrize("path", ["/m/a/customers/", "/m/a/customers/{id}/"])
def test_staff_see_masked_contacts_and_no_net_value(dora, shop, path):
    ana = factories.customer(shop, name="Ana", phone="600 111 222", email="ana@mail.test")
    factories.purchase(shop, ana, amount=500)

    page = text(dora.get(path.format(id=ana.public_id)))

    assert "+34••••••222" in page
    assert "a•••@mail.test" in page
    assert "Net value" not in page


def test_customer_page_shows_what_was_bought_and_why_it_earned(alice, shop):
    station = shops.add_location(merchant=shop, name="Station")
    factories.program(shop)
    ana = factories.customer(shop, name="Ana")
    factories.purchase(shop, ana, amount=1299, channel="web", location_id=station.pk)

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "1 purchase, the last 10 Mar 2026" in page
    assert "12.99 € web, Station +12 points Points 1 for each full 1.00 € of 12.99 €" in page
    assert "earned Points +12 12" in page


def test_customer_page_says_what_came_back(alice, shop):
    factories.program(shop)
    ana = factories.customer(shop, name="Ana")
    bought = factories.purchase(shop, ana, amount=1000).draft
    back = ReturnDraft(amount=400, occurred_at=factories.AT, purchase_id=bought.pk)
    flows.record_returns(merchant=shop, drafts=[back], at=factories.AT)

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "10.00 € 4.00 € came back" in page
    assert "taken back Points −4 6" in page


@pytest.mark.parametrize(("number", "queries"), [(1, 10), (30, 10)])
def test_customer_page_costs_the_same_for_one_purchase_and_for_many(
    alice, shop, django_assert_num_queries, number, queries
):
    # session, user, place, customer; memberships, entries' sums, lots; purchases, judgements; entries
    factories.program(shop)
    ana = factories.customer(shop)
    for __ in range(number):
        factories.purchase(shop, ana)

    with django_assert_num_queries(queries):
        alice.get(f"/m/a/customers/{ana.public_id}/")


def test_customer_page_shows_the_latest_twenty(alice, shop):
    ana = factories.customer(shop)
    for days in range(21):
        factories.purchase(shop, ana, amount=100 + days, at=factories.AT - timedelta(days=days))

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "1.19 €" in page
    assert "1.20 €" not in page


def test_customer_without_anything_is_shown(alice, shop):
    ana = factories.customer(shop, name="", phone="600 111 222")

    page = text(alice.get(f"/m/a/customers/{ana.public_id}/"))

    assert "No purchase yet." in page
    assert "In no program yet." in page
