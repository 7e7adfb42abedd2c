"""Giving back over the API: what is asked, what is answered, what is refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Refund
from loyalty_site import flows
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, snapshot
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, back, bought, line, rule
from rewards.models import Entry, Membership

pytestmark = pytest.mark.django_db
# Savepoints included; PostgreSQL has one for the lock_timeout more.
REFUNDING = {"sqlite": 56, "postgresql": 57}


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.mark.any_database
def test_a_refund_answers_what_went_back_and_what_is_left(shop, till):
    program = factories.program(shop)
    purchase = bought(shop)
    path = f"purchases/{purchase.public_id}/refunds"

    response = till.post(path, {"amount": 350, "currency": "EUR"})

    assert response.status_code == 201
    assert response.json() == {
        "id": Refund.objects.get().public_id,
        "amount": 350,
        "prepaid": 0,
        "points_reversed": 4,
        "points_forgiven": 0,
        "points_expired": 0,
        "points_returned": 0,
        "points_extended": 0,
        "extended_until": None,
        "vouchers_returned": [],
        "balances": [
            {
                "program": program.public_id,
                "membership": Membership.objects.get().public_id,
                "available": 6,
                "pending": 0,
            }
        ],
        "remaining_refundable": 650,
    }
    assert Entry.objects.get(kind="reverse").actor.startswith("key_")
    assert till.get(f"purchases/{purchase.public_id}").json()["refunded"] == 350
    assert_sound(shop)


def test_refunds_are_a_list_newest_first(shop, till):
    factories.program(shop)
    purchase = bought(shop, lines=[line(900, quantity=3), line(100)])
    path = f"purchases/{purchase.public_id}/refunds"
    till.post(path, {**back(1, 2), "external_id": "back-1", "occurred_at": "2026-04-01T10:00Z"})
    till.post(path, {"amount": 50})

    newest, first = till.get(path).json()["data"]

    assert (newest["amount"], newest["lines"], newest["points_reversed"]) == (50, [], 1)
    assert first == {
        "id": Refund.objects.get(external_id="back-1").public_id,
        "external_id": "back-1",
        "occurred_at": "2026-04-01T10:00:00Z",
        "recorded_at": first["recorded_at"],
        "amount": 600,
        "prepaid": 0,
        "lines": [{"line": 1, "quantity": "2", "amount": 600}],
        "points_reversed": 6,
        "points_forgiven": 0,
        "points_expired": 0,
    }
    assert [row["amount"] for row in api_client.rows(till.get(path, csv=True))] == ["50", "600"]


@pytest.mark.any_database
def test_the_same_external_id_answers_the_first_whatever_the_body_says(shop, till):
    factories.program(shop)
    path = f"purchases/{bought(shop).public_id}/refunds"
    first = till.post(path, {"amount": 350, "external_id": "back-1"})

    again = till.post(path, {"amount": 900, "external_id": "back-1"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Refund.objects.count() == 1


def test_the_same_key_answers_the_stored_reply(shop, till):
    path = f"purchases/{bought(shop).public_id}/refunds"
    first = till.post(path, {"amount": 350}, once="k1")

    again = till.post(path, {"amount": 350}, once="k1")

    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert refused(till.post(path, {"amount": 350}, once=None)) == (400, "idempotency_key_required")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("path", "body"),
    [("refunds", {"amount": 350}), ("refunds", {"lines": [{"line": 1, "quantity": 1}]}), ("void", {})],
)
def test_a_dry_run_answers_the_same_and_writes_nothing(shop, till, path, body):
    factories.program(shop)
    path = f"purchases/{bought(shop, lines=[line(1000)]).public_id}/{path}"
    before = snapshot()

    dry = till.post(f"{path}?dry_run=true", body, once=None)

    assert snapshot() == before
    for_real = till.post(path, body).json()
    assert (dry.status_code, dry.json()) == (200, {**for_real, "id": None, "dry_run": True})


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 400, "invalid_refund", "amount"),
        ({"lines": []}, 400, "invalid_refund", "amount"),
        ({"amount": 5, "lines": [{"line": 1, "quantity": 1}]}, 400, "invalid_refund", "amount"),
        ({"amount": 0}, 400, "invalid_amount", "amount"),
        ({"amount": -5}, 400, "invalid_amount", "amount"),
        ({"amount": 5.5}, 400, "invalid_amount", "amount"),
        ({"amount": 1001}, 409, "refund_exceeds_purchase", None),
        ({"lines": [{"line": 3, "quantity": 1}]}, 400, "unknown_line", "lines[0].line"),
        ({"lines": [{"line": 0, "quantity": 1}]}, 400, "min_value", "lines[0].line"),
        ({"lines": [{"line": 1, "quantity": 0}]}, 400, "min_value", "lines[0].quantity"),
        ({"lines": [{"line": 1, "quantity": -1}]}, 400, "min_value", "lines[0].quantity"),
        ({"lines": [{"line": 1, "quantity": 3}]}, 409, "refund_exceeds_purchase", "lines[0].quantity"),
        (
            {"lines": [{"line": 1, "quantity": 1.5}, {"line": 1, "quantity": 1}]},
            409,
            "refund_exceeds_purchase",
            "lines[0].quantity",
        ),
        ({"amount": 5, "occurred_at": "2100-01-01T10:00Z"}, 400, "future_date", "occurred_at"),
        ({"amount": 5, "occurred_at": "2026-03-10T11:54Z"}, 400, "before_purchase", "occurred_at"),
        ({"amount": 5, "currency": "USD"}, 400, "currency_mismatch", "currency"),
        ({"amount": 5, "quantity": 1}, 400, "unknown_field", "quantity"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_by_name(shop, till, body, status, code, field):
    factories.program(shop)
    purchase = bought(shop, lines=[line(1000, quantity=2), line(0)])
    before = snapshot()

    response = till.post(f"purchases/{purchase.public_id}/refunds", body)

    assert refused(response) == (status, code)
    assert [place for place, __ in places(response)] == ([field] if field else [])
    assert snapshot() == before


def test_clocks_that_differ_a_little_do_not_matter(shop, till):
    path = f"purchases/{bought(shop).public_id}/refunds"

    till.post(path, {"amount": 5, "occurred_at": (AT - timedelta(minutes=5)).isoformat()})
    till.post(path, {"amount": 5, "occurred_at": (timezone.now() + timedelta(minutes=4)).isoformat()})

    first, last = Refund.objects.order_by("pk")
    assert first.occurred_at == AT
    assert last.occurred_at == last.recorded_at


def test_a_voided_purchase_gives_nothing_back(shop, till):
    path = f"purchases/{bought(shop).public_id}"
    till.post(f"{path}/void")

    assert refused(till.post(f"{path}/refunds", {"amount": 5})) == (409, "purchase_voided")


@pytest.mark.any_database
def test_an_anonymous_purchase_gives_money_back_and_no_points(shop, till):
    factories.program(shop)
    sale = factories.purchase(shop, None).draft

    response = till.post(f"purchases/{sale.public_id}/refunds", {"amount": 400})

    reply = response.json()
    assert response.status_code == 201
    assert (reply["points_reversed"], reply["balances"], reply["remaining_refundable"]) == (0, [], 600)
    assert_sound(shop)


@pytest.mark.any_database
def test_more_than_remains_is_409_after_what_came_back(shop, till):
    path = f"purchases/{bought(shop).public_id}/refunds"
    till.post(path, {"amount": 600})

    assert refused(till.post(path, {"amount": 401})) == (409, "refund_exceeds_purchase")
    assert till.post(path, {"amount": 400}).json()["remaining_refundable"] == 0


@pytest.mark.parametrize("lines", [1, 30])
@pytest.mark.parametrize("programs", [1, 5])
def test_refunding_takes_the_same_queries(shop, till, django_assert_num_queries, lines, programs):
    for number in range(programs):
        factories.program(shop, name=f"P{number}", rules=[rule(1, when={"exclude_categories": ["none"]})])
    purchase = bought(shop, lines=[line(100, quantity=2) for __ in range(lines)])
    body = {"lines": [{"line": number + 1, "quantity": 1} for number in range(lines)]}

    with django_assert_num_queries(REFUNDING[connection.vendor]):
        response = till.post(f"purchases/{purchase.public_id}/refunds", body)

    assert response.json()["points_reversed"] == -(-lines // 2) * programs


@pytest.mark.parametrize("item_count", [1, 30])
def test_the_list_of_refunds_takes_the_same_queries(shop, till, django_assert_num_queries, item_count):
    factories.program(shop)
    purchase = bought(shop, lines=[line(3000, quantity=30)])
    path = f"purchases/{purchase.public_id}/refunds"
    for __ in range(item_count):
        flows.refund_purchase(merchant=shop, purchase_id=purchase.pk, lines=[(1, 1)], at=timezone.now())

    with django_assert_num_queries(6):  # key, purchase, refunds, their lines, the purchase's, entries
        response = till.get(path)

    assert len(response.json()["data"]) == min(item_count, 25)
