"""What a key is bound to: a rate and a location."""

import pytest
from django.core.cache import cache

from customers.merchants import shops
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused

pytestmark = pytest.mark.django_db

SALE = {"amount": 1250}


@pytest.fixture
def shop():
    cache.clear()
    yield factories.merchant()
    cache.clear()


@pytest.fixture
def counters(shop):
    return [shops.add_location(merchant=shop, name=name) for name in ("Front", "Back")]


def test_rate_is_said_in_the_headers(shop, settings):
    settings.API_RATE_LIMIT = 6000
    till = api_client.api(shop)

    reply = till.get("me")

    assert (reply["RateLimit-Limit"], reply["RateLimit-Remaining"]) == ("6000", "5999")
    assert 1 <= int(reply["RateLimit-Reset"]) <= 60


def test_request_too_many_is_429_and_says_when(shop, settings):
    settings.API_RATE_LIMIT = 1
    till = api_client.api(shop)

    replies = [till.post("purchases", SALE) for __ in range(3)]

    last = next(reply for reply in replies if reply.status_code == 429)  # a minute may end between two of them
    assert refused(last) == (429, "rate_limited")
    assert last.json()["retryable"] is True
    assert last["RateLimit-Remaining"] == "0"
    assert 1 <= int(last["Retry-After"]) <= 61


def test_rate_is_counted_for_each_key(shop, settings):
    settings.API_RATE_LIMIT = 1

    replies = [api_client.api(shop).get("me").status_code for __ in range(2)]

    assert replies == [200, 200]


def test_rate_of_none_is_not_counted(shop, settings):
    settings.API_RATE_LIMIT = 0

    reply = api_client.api(shop).get("me")

    assert (reply.status_code, reply.has_header("RateLimit-Limit")) == (200, False)


def test_key_of_a_location_records_there(shop, counters):
    till = api_client.api(shop, scope="counter", location=counters[0])

    replies = [till.post("purchases", {**SALE, **more}) for more in ({}, {"location": counters[0].public_id})]

    assert [reply.json()["location"] for reply in replies] == [counters[0].public_id] * 2
    assert till.get("me").json()["key"]["location"] == counters[0].public_id


@pytest.mark.parametrize("path", ["purchases", "purchases/preview", "customers"])
def test_key_of_a_location_records_nowhere_else(shop, counters, path):
    till = api_client.api(shop, scope="counter", location=counters[0])
    body = {"location": counters[1].public_id} | ({} if path == "customers" else SALE)

    response = till.post(path, body)

    assert refused(response) == (403, "other_location")
    assert places(response) == [("location", "other_location")]


def test_key_of_a_location_records_nowhere_else_in_a_batch(shop, counters):
    till = api_client.api(shop, scope="counter", location=counters[0])
    rows = [{**SALE, "external_id": "r1", "location": counters[1].public_id}]

    [result] = till.post("purchases/batch", {"purchases": rows}).json()["results"]

    assert (result["status"], result["error"]["code"]) == ("error", "other_location")


def test_key_without_a_location_records_anywhere(shop, counters):
    reply = api_client.api(shop).post("purchases", {**SALE, "location": counters[1].public_id})

    assert reply.json()["location"] == counters[1].public_id


def test_location_of_another_shop_is_unknown(shop):
    other = shops.add_location(merchant=factories.merchant(slug="b", owner="charlie@b.test"), name="Theirs")

    reply = api_client.api(shop).post("purchases", {**SALE, "location": other.public_id})

    assert refused(reply) == (404, "unknown_location")
