"""A request is done once: retries, rivals and rehearsals."""

import pytest
from django.db import connections

from customers.models import Customer, Purchase
from loyalty_site.models import IdempotencyKey
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused, snapshot, together
from rewards import ledger
from rewards.models import Entry, Judgement

pytestmark = pytest.mark.django_db

SALE = {"amount": 1250}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def without(body, *names):
    """A reply without what no two requests share."""
    if isinstance(body, list):
        return [without(item, *names) for item in body]
    if isinstance(body, dict):
        return {name: without(value, *names) for name, value in body.items() if name not in names}
    return body


def test_same_key_and_body_answer_the_stored_reply(till):
    first = till.post("purchases", SALE, once="k1")

    again = till.post("purchases", SALE, once="k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Purchase.objects.count() == 1


def test_same_body_in_another_order_is_the_same(till):
    first = till.post("purchases", '{"amount": 5, "channel": "web"}', once="k1")

    again = till.post("purchases", '{ "channel": "web", "amount": 5 }', once="k1")

    assert again.content == first.content


def test_same_key_with_another_body_is_422(till):
    till.post("purchases", SALE, once="k1")

    response = till.post("purchases", {"amount": 1251}, once="k1")

    assert refused(response) == (422, "idempotency_key_reused")
    assert Purchase.objects.count() == 1


def test_same_key_on_another_path_is_422(till):
    till.post("purchases", SALE, once="k1")

    assert refused(till.post("customers", {}, once="k1")) == (422, "idempotency_key_reused")


def test_same_key_of_another_shop_is_another_key(till):
    stranger = api_client.api(factories.merchant(slug="b", owner="charlie@b.test"))

    replies = [one.post("purchases", SALE, once="k1") for one in (till, stranger)]

    assert [reply.status_code for reply in replies] == [201, 201]
    assert Purchase.objects.count() == 2


def test_same_key_of_another_till_of_the_shop_is_the_same(till, shop):
    first = till.post("purchases", SALE, once="k1")

    again = api_client.api(shop).post("purchases", SALE, once="k1")

    assert again.content == first.content


@pytest.mark.any_database
@pytest.mark.parametrize("key", [None, "", "x" * 256, "a\0b", "a\tb"])
@pytest.mark.parametrize("path", ["purchases", "customers", "purchases/batch"])
def test_key_is_required_and_1_to_255_characters(till, path, key):
    body = {"purchases": [{**SALE, "external_id": "r1"}]} if path == "purchases/batch" else {}
    headers = {} if key is None else {"Idempotency-Key": key}

    response = till.send("POST", path, body or ({} if path == "customers" else SALE), once=None, **headers)

    assert refused(response) == (400, "idempotency_key_required")
    assert (Purchase.objects.count(), Customer.objects.count()) == (0, 0)


def test_key_of_255_characters_is_kept(till):
    assert till.post("purchases", SALE, once="x" * 255).status_code == 201
    assert IdempotencyKey.objects.get().key == "x" * 255


def test_key_is_optional_where_nothing_moves_and_honoured(till):
    body = {"name": "P", "rules": [{"name": "1", "award": {"per_amount": {"points": 1, "every": 100}}}]}
    unkeyed = till.post("programs", body, once=None)

    first = till.post("programs", {**body, "name": "Q"}, once="k1")
    again = till.post("programs", {**body, "name": "Q"}, once="k1")

    assert (unkeyed.status_code, first.status_code, again.status_code) == (201, 201, 201)
    assert again.json()["id"] == first.json()["id"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"amount": -1}, 400), ({"amount": 1, "customer": "cus_nobody"}, 404), ({"amount": 1, "identify": {}}, 400)],
)
def test_refusal_is_not_stored(till, body, status):
    response = till.post("purchases", body, once="k1")

    assert response.status_code == status
    assert IdempotencyKey.objects.count() == 0
    assert till.post("purchases", SALE, once="k1").status_code == 201


def test_conflict_is_not_stored(till, shop):
    factories.customer(shop, phone="+34600111222")

    assert till.post("customers", {"phone": "600111222"}, once="k1").status_code == 409
    assert IdempotencyKey.objects.count() == 0


def test_receipt_that_stands_answers_the_first_whatever_it_says(till):
    first = till.post("purchases", {"amount": 500, "external_id": "r1"})

    again = till.post("purchases", {"amount": 900, "external_id": "r1"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["amount"] == 500


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("purchases", {**SALE, "identify": {"phone": "600111222"}, "external_id": "r1"}),
        ("customers", {"name": "Jo"}),
        ("purchases/batch", {"purchases": [{**SALE, "external_id": "r1"}]}),
        ("programs", {"name": "P", "rules": [{"name": "1", "award": {"per_amount": {"points": 1, "every": 1}}}]}),
    ],
)
@pytest.mark.parametrize("wish", ["true", "1"])
def test_dry_run_writes_nothing(till, shop, path, body, wish):
    factories.program(shop)
    before = snapshot()

    response = till.post(f"{path}?dry_run={wish}", body, once=None)

    assert (response.status_code, response.json()["dry_run"]) == (200, True)
    assert snapshot() == before


def test_dry_run_of_a_customer_has_neither_id_nor_code(till):
    reply = till.post("customers?dry_run=true", {"name": "Jo"}, once=None).json()

    assert (reply["id"], reply["card_code"], reply["name"]) == (None, None, "Jo")


def test_dry_run_refuses_what_the_call_refuses(till):
    assert refused(till.post("purchases?dry_run=true", {"amount": 1.5}, once=None)) == (400, "invalid_amount")


def test_preview_equals_commit_apart_from_ids_and_moments(till, shop):
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 30}, "hold_days": 2})
    buyer = factories.customer(shop)
    body = {
        "customer": buyer.public_id,
        "occurred_at": "2026-03-11T10:00:00Z",
        "lines": [{"amount": 900}, {"amount": 350, "excluded": True}],
    }

    before = snapshot()
    preview = till.post("purchases/preview", body, once=None)
    rehearsed = snapshot()
    commit = till.post("purchases", body)

    assert rehearsed == before
    assert (preview.status_code, preview.json()["dry_run"], preview.json()["id"]) == (200, True, None)
    assert commit.status_code == 201
    assert without(preview.json(), "id", "recorded_at", "dry_run") == without(commit.json(), "id", "recorded_at")
    assert [gain["points"] for gain in commit.json()["earned"]] == [9]


@pytest.mark.django_db(transaction=True)
def test_twenty_rivals_with_one_key_record_one_purchase(shop):
    factories.program(shop)
    buyer, key = factories.customer(shop), api_client.new_key(shop)
    body = {**SALE, "customer": buyer.public_id}

    replies = together(20, lambda number: patient(key, body, once="k1"))

    assert {reply.content for reply in replies} == {replies[0].content}
    assert sorted(reply.get("Idempotent-Replayed", "") for reply in replies) == ["", *["true"] * 19]
    assert (Purchase.objects.count(), Judgement.objects.count(), Entry.objects.count()) == (1, 1, 1)
    assert list(ledger.differences()) == []


@pytest.mark.django_db(transaction=True)
def test_twenty_rivals_with_one_receipt_record_one_purchase(shop):
    factories.program(shop)
    buyer, key = factories.customer(shop), api_client.new_key(shop)
    body = {**SALE, "customer": buyer.public_id, "external_id": "r1"}

    replies = together(20, lambda number: patient(key, body, once=f"k{number}"))

    assert sorted(reply.status_code for reply in replies) == [*[200] * 19, 201]
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert (Purchase.objects.count(), Judgement.objects.count(), Entry.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_twenty_rivals_with_one_new_phone_make_one_card(shop):
    key = api_client.new_key(shop)
    body = {**SALE, "identify": {"phone": "600111222"}}

    replies = together(20, lambda number: patient(key, body, once=f"k{number}"))

    assert sorted(reply.status_code for reply in replies) == [201] * 20
    assert (Customer.objects.count(), Purchase.objects.count()) == (1, 20)


@pytest.mark.django_db(transaction=True)
def test_twenty_rivals_with_one_external_id_make_one_card(shop):
    key = api_client.new_key(shop)

    replies = together(20, lambda number: patient(key, {"external_id": "c1"}, once=f"k{number}", path="customers"))

    assert sorted(reply.status_code for reply in replies) == [*[200] * 19, 201]
    assert Customer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_rivals_with_one_new_number_name_the_first(shop):
    key = api_client.new_key(shop)
    body = {"phone": "600111222"}

    replies = together(20, lambda number: patient(key, body, once=f"k{number}", path="customers"))

    first = Customer.objects.get().public_id
    assert sorted(reply.status_code for reply in replies) == [201, *[409] * 19]
    assert {reply.json().get("existing", reply.json().get("id")) for reply in replies} == {first}


@pytest.mark.django_db(transaction=True)
def test_rivals_with_one_batch_record_each_receipt_once(shop):
    key = api_client.new_key(shop)
    body = {"purchases": [{**SALE, "external_id": f"r{number}"} for number in range(5)]}

    replies = together(4, lambda number: patient(key, body, once=f"k{number}", path="purchases/batch"))

    made = sorted(sum(result["status"] == "created" for result in reply.json()["results"]) for reply in replies)
    assert made == [0, 0, 0, 5]
    assert Purchase.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_account_that_is_held_for_long_answers_busy(shop):
    if connections["default"].vendor != "postgresql":
        pytest.skip("SQLite has one lock for all, and the writer of this test would hold it")
    factories.program(shop)
    buyer, key = factories.customer(shop), api_client.new_key(shop)
    account = buyer.memberships.get().account

    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM rewards_pointsaccount WHERE id = %s FOR UPDATE", [account.pk])
        [reply] = together(
            1, lambda number: api_client.Api(key).post("purchases", {**SALE, "customer": buyer.public_id})
        )
        cursor.execute("ROLLBACK")

    assert refused(reply) == (409, "busy")
    assert reply.json()["retryable"] is True
    assert (Purchase.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


def patient(key: str, body: dict, *, once: str, path: str = "purchases"):
    """Send until the answer is no longer 'busy': what a till does with a retryable refusal."""
    till = api_client.Api(key)
    reply = till.post(path, body, once=once)
    while reply.status_code == 409 and reply.json()["retryable"]:
        reply = till.post(path, body, once=once)
    return reply
