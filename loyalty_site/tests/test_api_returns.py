"""Returns without a receipt over the API."""

from datetime import timedelta

import pytest

from customers.models import CustomerActivity
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import api, places, refused, snapshot
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound
from rewards import programs

pytestmark = pytest.mark.django_db

COFFEE = {"name": "3 per coffee", "award": {"per_item": 3}, "when": {"categories": ["coffee"]}}
EURO = {"name": "1 per euro", "award": {"per_amount": {"points": 1, "every": 100}}}


@pytest.fixture
def ana(shop):
    return factories.customer(shop, name="Ana")


@pytest.fixture
def till(shop):
    return api(shop, scope="counter")


def available(reply) -> list[int]:
    return [held["available"] for held in reply.json()["balances"]]


@pytest.mark.any_database
def test_return_takes_back_what_its_amount_would_have_earned(shop, ana, till):
    factories.program(shop)
    factories.purchase(shop, ana, amount=2000)

    reply = till.post("returns", {"customer": ana.public_id, "amount": 550})

    assert reply.status_code == 201
    said = reply.json()
    assert (said["id"][:4], said["customer"], said["amount"]) == ("ref_", ana.public_id, 550)
    assert (said["points_reversed"], said["points_forgiven"], available(reply)) == (5, 0, [15])
    kept = CustomerActivity.objects.get(customer=ana)
    assert (kept.purchases, kept.net_value) == (1, 1450)
    assert_sound(shop)


@pytest.mark.any_database
def test_goods_are_judged_by_what_they_are(shop, ana, till):
    factories.program(shop, rules=[EURO, COFFEE])
    factories.purchase(shop, ana, amount=5000)
    goods = [
        {"name": "Espresso", "category": "Coffee", "quantity": 2, "amount": 400},
        {"name": "Deposit", "amount": 300, "excluded": True},
    ]

    reply = till.post("returns", {"customer": ana.public_id, "lines": goods})

    assert (reply.json()["amount"], reply.json()["points_reversed"], available(reply)) == (700, 4 + 6, [40])
    assert_sound(shop)


@pytest.mark.any_database
def test_return_never_leaves_a_deficit(shop, ana, till):
    factories.program(shop)
    factories.purchase(shop, ana, amount=300)

    reply = till.post("returns", {"customer": ana.public_id, "amount": 1000})

    assert (reply.json()["points_reversed"], reply.json()["points_forgiven"], available(reply)) == (3, 7, [0])
    assert_sound(shop)


@pytest.mark.any_database
def test_return_goes_by_the_version_of_its_date(shop, ana, till):
    program = factories.program(shop, at=AT - timedelta(days=9))
    factories.purchase(shop, ana, amount=2000)
    double = [{**EURO, "award": {"per_amount": {"points": 2, "every": 100}}}]
    programs.publish(program=program, rules=double, at=AT + timedelta(days=1))
    old = {"customer": ana.public_id, "amount": 500, "occurred_at": AT.isoformat()}
    new = {**old, "occurred_at": (AT + timedelta(days=2)).isoformat()}

    taken = [till.post("returns", body).json()["points_reversed"] for body in (old, new)]

    assert taken == [5, 10]


def test_same_external_id_answers_the_first(shop, ana, till):
    factories.program(shop)
    factories.purchase(shop, ana, amount=2000)
    body = {"customer": ana.public_id, "amount": 500, "external_id": "back-1"}

    first, second = till.post("returns", body), till.post("returns", {**body, "amount": 900})

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()


def test_rehearsal_says_the_same_and_writes_nothing(shop, ana, till):
    factories.program(shop)
    factories.purchase(shop, ana, amount=2000)
    before = snapshot()

    reply = till.post("returns?dry_run=true", {"customer": ana.public_id, "amount": 500}, once=None)

    assert (reply.status_code, reply.json()["points_reversed"], reply.json()["id"]) == (200, 5, None)
    assert snapshot() == before


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_refund", "amount"),
        ({"amount": 100, "lines": [{"amount": 100}]}, "invalid_refund", "amount"),
        ({"amount": 0}, "invalid_amount", "amount"),
        ({"amount": -5}, "invalid_amount", "amount"),
        ({"lines": [{"amount": 0}]}, "invalid_amount", "lines"),
        ({"amount": 100, "occurred_at": "2999-01-01T00:00:00Z"}, "future_date", "occurred_at"),
        ({"amount": 100, "currency": "USD"}, "currency_mismatch", "currency"),
        ({"amount": 100, "purchase": "pur_1"}, "unknown_field", "purchase"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(ana, till, body, code, field):
    before = snapshot()

    reply = till.post("returns", {"customer": ana.public_id, **body})

    assert (refused(reply), places(reply)[0][0]) == ((400, code), field)
    assert snapshot() == before


def test_return_of_nobody_is_not_found(till):
    assert refused(till.post("returns", {"customer": "cus_nobody", "amount": 100})) == (404, "not_found")
