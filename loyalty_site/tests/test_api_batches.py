"""A batch of purchases: every good row is recorded, every bad one answers for itself."""

import pytest

from customers.models import Customer, Purchase
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused
from loyalty_site.tests.receipts import assert_sound

pytestmark = pytest.mark.django_db

GOOD = {"external_id": "good", "amount": 500}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def results(till, rows) -> list[dict]:
    return till.post("purchases/batch", {"purchases": rows}).json()["results"]


def test_batch_answers_each_row(till, shop):
    factories.program(shop)
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer, external_id="known")
    known = Purchase.objects.get()
    row = {"customer": buyer.public_id, "amount": 500}

    answered = results(
        till,
        [{**row, "external_id": "new"}, {**row, "external_id": "known"}, {**row, "external_id": "new"}, {"amount": 1}],
    )

    new = Purchase.objects.get(external_id="new")
    assert answered[:3] == [
        {"external_id": "new", "status": "created", "id": new.public_id, "points": 5, "error": None},
        {"external_id": "known", "status": "duplicate", "id": known.public_id, "points": 0, "error": None},
        {"external_id": "new", "status": "duplicate", "id": new.public_id, "points": 0, "error": None},
    ]
    assert {name: answered[3][name] for name in ("external_id", "status", "id", "points")} == {
        "external_id": None,
        "status": "error",
        "id": None,
        "points": 0,
    }
    assert answered[3]["error"]["code"] == "required"


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (None, "", "null"),
        (5, "", "invalid"),
        ([], "", "invalid"),
        ({"external_id": "bad"}, "amount", "invalid_amount"),
        ({"external_id": "bad", "amount": 1.5}, "amount", "invalid_amount"),
        ({"external_id": "bad", "amount": 1, "amuont": 1}, "amuont", "unknown_field"),
        ({"external_id": "bad", "amount": 1, "currency": "USD"}, "currency", "currency_mismatch"),
        ({"external_id": "bad", "amount": 1, "occurred_at": "2999-01-01T00:00:00Z"}, "occurred_at", "future_date"),
        ({"external_id": "bad", "amount": 1, "customer": "cus_nobody"}, "customer", "not_found"),
        ({"external_id": "bad", "amount": 1, "customer": {}}, "customer", "invalid"),
        ({"external_id": "bad", "amount": 1, "customer": "a\0b"}, "customer", "null_characters_not_allowed"),
        ({"external_id": "a\0b", "amount": 1}, "external_id", "null_characters_not_allowed"),
        ({"external_id": {}, "amount": 1}, "external_id", "invalid"),
        ({"external_id": "x" * 101, "amount": 1}, "external_id", "max_length"),
        ({"external_id": "bad", "lines": [{"amount": 1}, {"amount": -1}]}, "lines[1].amount", "invalid_amount"),
        ({"external_id": "bad", "amount": 1, "identify": {"phone": "12"}}, "phone", "invalid_phone"),
    ],
)
def test_bad_row_never_stops_the_others(till, row, field, code):
    answered = results(till, [row, GOOD])

    assert [one["status"] for one in answered] == ["error", "created"]
    assert (answered[0]["error"]["field"], answered[0]["error"]["code"]) == (field, code)
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize("text", ['{"external_id": "%s"}', '{"external_id": "bad", "amount": 1, "customer": "%s"}'])
def test_row_with_half_a_character_never_stops_the_others(till, text):
    half = text % "\\ud800"

    response = till.post("purchases/batch", f'{{"purchases": [{half}, {{"external_id": "good", "amount": 500}}]}}')

    assert [one["status"] for one in response.json()["results"]] == ["error", "created"]


def test_bad_row_makes_no_card(till):
    results(till, [{"external_id": "bad", "amount": -1, "identify": {"phone": "600111222"}}, GOOD])

    assert Customer.objects.count() == 0


def test_rows_of_one_new_phone_make_one_card(till, shop):
    factories.program(shop)
    row = {"amount": 500, "identify": {"phone": "600111222"}}

    answered = results(till, [{**row, "external_id": "a"}, {**row, "external_id": "b"}])

    assert [one["points"] for one in answered] == [5, 5]
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "code"), [([], "min_length"), ([GOOD] * 1001, "max_length"), ({}, "not_a_list"), (None, "null")]
)
def test_batch_has_1_to_1000_rows(till, rows, code):
    response = till.post("purchases/batch", {"purchases": rows})

    assert refused(response) == (400, code)
    assert places(response) == [("purchases", code)]


@pytest.mark.any_database
def test_batch_of_a_thousand_is_recorded(till, shop):
    factories.program(shop)
    buyer = factories.customer(shop)

    answered = results(
        till, [{"external_id": f"r{n}", "amount": 100 + n, "customer": buyer.public_id} for n in range(1000)]
    )

    assert {one["status"] for one in answered} == {"created"}
    assert sum(one["points"] for one in answered) == sum((100 + n) // 100 for n in range(1000))
    assert Purchase.objects.count() == 1000


def test_batch_is_replayed(till):
    first = till.post("purchases/batch", {"purchases": [GOOD]}, once="k1")

    again = till.post("purchases/batch", {"purchases": [GOOD]}, once="k1")

    assert again.content == first.content
    assert again.json()["results"][0]["status"] == "created"


def test_absurd_amounts_under_absurd_rules_are_refused_row_by_row(till, shop):
    absurd = {"name": "a", "trigger": "purchase", "award": {"per_amount": {"points": 100_000, "every": 1}}}
    factories.program(shop, rules=[{**absurd, "limits": {"total": {"points": 10**15}}}, {**absurd, "name": "b"}])
    buyer = factories.customer(shop).public_id
    rows = [
        {"customer": buyer, "external_id": f"r{n}", "amount": amount}
        for n, amount in enumerate([10**12, 100, 10**12, 200])
    ]

    answered = results(till, rows)
    single = till.post("purchases", {**rows[0], "external_id": "alone"})

    assert [(row["status"], row["points"]) for row in answered] == [
        ("error", 0),
        ("created", 20_000_000),
        ("error", 0),
        ("created", 40_000_000),
    ]
    assert {row["error"]["code"] for row in answered if row["error"]} == {"amount_too_large"}
    assert refused(single) == (400, "amount_too_large")
    assert sorted(Purchase.objects.values_list("external_id", flat=True)) == ["r1", "r3"]
    assert_sound(shop)


@pytest.mark.any_database
def test_rows_beyond_what_an_account_holds_are_refused_and_those_before_stand(till, shop):
    most = {"name": "a", "trigger": "purchase", "award": {"per_amount": {"points": 100_000, "every": 1}}}
    factories.program(shop, rules=[most])
    buyer = factories.customer(shop).public_id

    answered = results(till, [{"customer": buyer, "external_id": str(n), "amount": 10**10} for n in range(3)])

    assert [(row["status"], row["points"]) for row in answered] == [("created", 10**15), ("error", 0), ("error", 0)]
    assert_sound(shop)
