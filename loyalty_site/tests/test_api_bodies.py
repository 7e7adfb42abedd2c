"""What a till may send, and how the API says no: nothing unknown, nothing in floats, nothing that breaks a database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from customers.models import Customer, Purchase
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

ENDLESS = "[" * 100_000 + "]" * 100_000


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def sale(**fields) -> dict:
    return {"amount": 1250, **fields}


def test_problem_has_the_shape_of_the_contract(till):
    response = till.post("purchases", sale(amuont=5))

    body = response.json()
    assert refused(response) == (400, "unknown_field")
    assert body["type"] == "urn:ficha:problem:unknown_field"
    assert body["title"] == "Bad request"
    assert body["detail"] == "There is no field 'amuont' here. Check its spelling, or leave it out."
    assert body["staff_message"] == body["detail"]
    assert body["retryable"] is False
    assert body["request_id"].startswith("req_")
    assert body["errors"] == [{"field": "amuont", "code": "unknown_field", "message": body["detail"]}]


def test_problem_has_a_sentence_for_staff_in_spanish(till):
    response = till.send("POST", "purchases", {}, **{"Accept-Language": "es"})

    assert refused(response) == (400, "invalid_amount")
    assert response.json()["staff_message"] != ""


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (sale(identify={"fone": "600111222"}), "identify.fone"),
        ({"lines": [{"amount": 5}, {"amount": 5, "price": 1}]}, "lines[1].price"),
    ],
)
def test_unknown_field_is_named_where_it_is(till, body, field):
    response = till.post("purchases", body)

    assert refused(response) == (400, "unknown_field")
    assert places(response) == [(field, "unknown_field")]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{nope", "invalid_json"),
        (b"\xff\xfe{", "invalid_json"),
        ('{"amount": NaN}', "invalid_json"),
        ('{"amount": 1' + "0" * 5000 + "}", "invalid_json"),
        ('{"lines": ' + ENDLESS + "}", "invalid_json"),
        ("[]", "invalid"),
        ('"text"', "invalid"),
        ("5", "invalid"),
        ("null", "null"),
    ],
)
def test_body_that_is_no_object_is_refused(till, body, code):
    assert refused(till.post("purchases", body)) == (400, code)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_body_that_is_not_json_is_415(till, kind):
    assert refused(till.post("purchases", "amount=5", content_type=kind)) == (415, "unsupported_media_type")


def test_body_that_is_too_large_is_413(till):
    assert refused(till.post("customers", {"notes": "x" * 10_500_000})) == (413, "too_large")


def test_reply_in_an_unknown_format_is_406(till):
    assert refused(till.get("customers", headers={"Accept": "application/xml"})) == (406, "not_acceptable")


@pytest.mark.parametrize("amount", [12.5, 1250.0, "1250", True, [], {}, -1, 10**12 + 1, 10**30])
def test_amount_that_is_no_minor_units_is_refused(till, amount):
    response = till.post("purchases", {"amount": amount})

    assert refused(response) == (400, "invalid_amount")
    assert places(response)[0] == ("amount", "invalid_amount")


@pytest.mark.parametrize("amount", [12.5, -1, 10**12 + 1, 10**30])
@pytest.mark.parametrize("field", ["amount", "unit_amount"])
def test_amount_of_a_line_that_is_no_minor_units_is_refused(till, field, amount):
    response = till.post("purchases", {"lines": [{"amount": 5, field: amount}]})

    assert refused(response) == (400, "invalid_amount")
    assert places(response) == [(f"lines[0].{field}", "invalid_amount")]


@pytest.mark.parametrize("amount", [0, 1, 10**12])
def test_amount_from_nothing_to_a_billion_is_recorded(till, amount):
    response = till.post("purchases", {"amount": amount})

    assert (response.status_code, response.json()["amount"], response.json()["amount_due"]) == (201, amount, amount)


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("-1", "min_value"),
        ("0.0001", "max_decimal_places"),
        ("9999999999", "max_whole_digits"),
        (10**30, "max_digits"),
        ("NaN", "invalid"),
        (True, "invalid"),
    ],
)
def test_quantity_that_is_absurd_is_refused(till, quantity, code):
    response = till.post("purchases", {"lines": [{"amount": 5, "quantity": quantity}]})

    assert places(response) == [("lines[0].quantity", code)]


def test_lines_make_the_amount(till):
    lines = [
        {"sku": "B1", "name": "Bread", "category": "bakery", "quantity": "2.500", "unit_amount": 100, "amount": 250},
        {"amount": 50, "excluded": True},
    ]

    response = till.post("purchases", {"lines": lines})

    assert response.json()["amount"] == 300
    assert response.json()["lines"] == [
        {"number": 1, **lines[0], "quantity": "2.5", "discount": 0, "excluded": False},
        {
            "number": 2,
            "sku": "",
            "name": "",
            "category": "",
            "quantity": "1",
            "unit_amount": None,
            "amount": 50,
            "discount": 0,
            "excluded": True,
        },
    ]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_amount", "amount"),
        ({"lines": []}, "invalid_amount", "amount"),
        ({"amount": 2, "lines": [{"amount": 1}]}, "lines_disagree", "amount"),
        ({"lines": [{"amount": 1}] * 1001}, "max_length", "lines"),
        ({"lines": [{"amount": 10**12}] * 2}, "invalid_amount", "amount"),
        (sale(currency="USD"), "currency_mismatch", "currency"),
        (sale(channel="x" * 51), "max_length", "channel"),
        (sale(external_id="x" * 101), "max_length", "external_id"),
        (sale(external_id=""), "blank", "external_id"),
        (sale(customer="cus_1", identify={"phone": "600111222"}), "invalid", "identify"),
        (sale(identify={}), "invalid", "identify"),
        (sale(identify={"phone": "12"}), "invalid_phone", "phone"),
        (sale(identify={"email": "nobody"}), "invalid_email", "email"),
    ],
)
def test_purchase_that_makes_no_sense_is_refused(till, body, code, field):
    response = till.post("purchases", body)

    assert refused(response) == (400, code)
    assert places(response) == [(field, code)]
    assert Purchase.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (sale(customer="cus_nobody"), "not_found", "customer"),
        (sale(location="loc_nowhere"), "unknown_location", "location"),
        (sale(staff="stf_nobody"), "not_found", "staff"),
        (sale(identify={"card_code": "NOBODY"}), "unknown_customer", "identify"),
        (sale(identify={"external_id": "nobody"}), "unknown_customer", "identify"),
    ],
)
def test_purchase_of_somebody_or_somewhere_unknown_is_404(till, body, code, field):
    response = till.post("purchases", body)

    assert refused(response) == (404, code)
    assert places(response) == [(field, code)]


def test_identify_makes_a_card_without_consents(till, shop):
    response = till.post("purchases", sale(identify={"phone": "600 111 222"}))

    buyer = Customer.objects.get()
    assert (response.json()["customer"], response.json()["customer_created"]) == (buyer.public_id, True)
    assert (buyer.phone, buyer.consents.count()) == ("+34600111222", 0)


def test_identify_finds_the_card_that_is_there(till, shop):
    buyer = factories.customer(shop, email="Jo@a.test")

    response = till.post("purchases", sale(identify={"email": "jo@A.test"}))

    assert response.json()["customer"] == buyer.public_id
    assert "customer_created" not in response.json()


def test_identify_two_people_is_a_conflict(till, shop):
    factories.customer(shop, phone="+34600111222")
    factories.customer(shop, email="jo@a.test")

    response = till.post("purchases", sale(identify={"phone": "600111222", "email": "jo@a.test"}))

    assert refused(response) == (409, "identity_conflict")
    assert Purchase.objects.count() == 0


def test_moment_up_to_five_minutes_ahead_counts_as_now(till):
    ahead = timezone.now() + timedelta(minutes=4)

    response = till.post("purchases", sale(occurred_at=ahead.isoformat()))

    assert response.status_code == 201
    assert response.json()["occurred_at"] == response.json()["recorded_at"]


def test_moment_in_the_future_is_refused(till):
    ahead = timezone.now() + timedelta(minutes=6)

    response = till.post("purchases", sale(occurred_at=ahead.isoformat()))

    assert refused(response) == (400, "future_date")
    assert places(response) == [("occurred_at", "future_date")]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-01-15T10:00:00", "2026-01-15T09:00:00Z"),
        ("2026-07-15T10:00:00", "2026-07-15T08:00:00Z"),
        ("2026-01-15T10:00:00+05:30", "2026-01-15T04:30:00Z"),
        ("2026-01-15T10:00:00Z", "2026-01-15T10:00:00Z"),
    ],
)
def test_moment_without_a_zone_is_in_the_merchants(till, sent, stored):
    response = till.post("purchases", sale(occurred_at=sent))

    assert response.json()["occurred_at"] == stored


def test_moment_belongs_to_the_merchants_day(till):
    till.post("purchases", sale(occurred_at="2026-01-15T23:30:00Z"))

    bought = Purchase.objects.get()
    assert (bought.occurred_at, str(bought.occurred_on)) == (datetime(2026, 1, 15, 23, 30, tzinfo=UTC), "2026-01-16")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("yesterday", "invalid"),
        ("2026-02-30T10:00:00Z", "invalid"),
        (1767225600, "invalid"),
        ("0001-01-01T00:00:00+14:00", "far"),
        ("0001-01-01T00:00:00", "far"),
        ("9999-12-31T23:59:59-14:00", "far"),
        (None, "null"),
    ],
)
def test_moment_that_is_none_is_refused(till, sent, code):
    assert places(till.post("purchases", sale(occurred_at=sent))) == [("occurred_at", code)]
