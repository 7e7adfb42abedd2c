"""Queries are literals. A test that fails for 1 row and for 30 has a query more; one that fails for 30 only, an N+1."""

import pytest
from django.db import connection

from loyalty_site.tests import api_client, factories

pytestmark = pytest.mark.django_db

# Each with one for the key.
LISTS = {
    "customers": 3,  # customers, consents
    "purchases": 5,  # purchases, lines, judgements, lots
    "memberships": 4,  # memberships, entries, lots
    "programs": 4,  # programs, versions, closings
    "customers/lookup?q=Customer": 6,  # exact identifier, names, memberships, entries, lots
}
# Savepoints included; PostgreSQL has one for the lock_timeout more.
RECORDING = {"sqlite": 43, "postgresql": 44}


def bought(shop, count: int):
    """Customers who each bought once."""
    for __ in range(count):
        factories.purchase(shop, factories.customer(shop))


@pytest.mark.parametrize("item_count", [1, 30])
@pytest.mark.parametrize("path", ["customers", "purchases", "memberships", "customers/lookup?q=Customer"])
def test_list_takes_the_same_queries(shop, django_assert_num_queries, path, item_count):
    factories.program(shop)
    bought(shop, item_count)
    till = api_client.api(shop)

    with django_assert_num_queries(LISTS[path]):
        response = till.get(path)

    assert len(response.json()["data"]) == min(item_count, 5 if "lookup" in path else 25)


@pytest.mark.parametrize("item_count", [1, 30])
def test_list_of_programs_takes_the_same_queries(shop, django_assert_num_queries, item_count):
    for number in range(item_count):
        factories.program(shop, name=f"P{number}")
    till = api_client.api(shop)

    with django_assert_num_queries(LISTS["programs"]):
        response = till.get("programs")

    assert len(response.json()["data"]) == min(item_count, 25)


@pytest.mark.parametrize("item_count", [1, 30])
@pytest.mark.parametrize(("name", "queries"), [("entries", 4), ("lots", 3)])
def test_ledger_takes_the_same_queries(shop, django_assert_num_queries, name, queries, item_count):
    factories.program(shop)
    buyer = factories.customer(shop)
    for __ in range(item_count):
        factories.purchase(shop, buyer)
    till, path = api_client.api(shop), f"memberships/{buyer.memberships.get().public_id}/{name}"

    with django_assert_num_queries(queries):
        response = till.get(path)

    assert len(response.json()["data"]) == min(item_count, 25)


@pytest.mark.parametrize("lines", [1, 30])
def test_recording_a_purchase_takes_the_same_queries(shop, django_assert_num_queries, lines):
    factories.program(shop)
    buyer, till = factories.customer(shop), api_client.api(shop)
    body = {"customer": buyer.public_id, "external_id": "r1", "lines": [{"amount": 100, "sku": "B1"}] * lines}
    factories.purchase(shop, buyer)

    with django_assert_num_queries(RECORDING[connection.vendor]):
        response = till.post("purchases", body)

    assert response.json()["earned"][0]["points"] == lines


EVERY_KIND = {
    "first_purchase": True,
    "birthday_window_days": 180,
    "weekdays": [1, 2, 3, 4, 5, 6, 7],
    "categories": ["cake"],
}


@pytest.mark.parametrize(("programs", "rules"), [(1, 1), (1, 20), (5, 4)])
@pytest.mark.parametrize(
    ("parts", "more"),
    [
        ({}, 0),
        ({"when": EVERY_KIND}, 2),  # activity, birthdays
        ({"limits": {"per_customer": {"times": 9}}}, 2),  # uses read and written
        ({"limits": {"total": {"times": 9}}}, 5),  # turnstiles, days; uses written, days read again and written
    ],
)
def test_recording_takes_the_same_queries_whatever_the_number_of_programs_and_rules(
    shop, django_assert_num_queries, programs, rules, parts, more
):
    for program in range(programs):
        names = [f"r{number}" for number in range(rules)]
        factories.program(
            shop, name=f"P{program}", rules=[{"name": name, "award": {"fixed": 1}, **parts} for name in names]
        )
    buyer, till = factories.customer(shop, birthday="03-10"), api_client.api(shop)
    body = {"customer": buyer.public_id, "external_id": "r1", "lines": [{"amount": 100, "category": "cake"}]}

    with django_assert_num_queries(RECORDING[connection.vendor] + more):
        response = till.post("purchases", body)

    assert len(response.json()["earned"]) == programs


TIERS = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 150}]


# In a program with tiers: the member's place, the purchases that count, what came back without a receipt (only of what
# was spent) or whether an account was shared (only of points), and for the reply the changes; where the tier ends later
# than before its place is written, and the change.
WITH_TIERS = {"spend": 4, "visits": 3, "points": 4}


def one_line(buyer) -> dict:
    return {"customer": buyer.public_id, "external_id": "r1", "lines": [{"amount": 100}]}


@pytest.mark.parametrize("programs", [1, 5])
@pytest.mark.parametrize("basis", WITH_TIERS)
def test_recording_in_programs_with_tiers_takes_the_same_queries(shop, django_assert_num_queries, programs, basis):
    far = [TIERS[0], {**TIERS[1], "threshold": 10**6}]
    for program in range(programs):
        factories.program(shop, name=f"P{program}", tiers=far, tier_policy={"basis": basis})
    buyer, till = factories.customer(shop), api_client.api(shop)
    factories.purchase(shop, buyer)

    with django_assert_num_queries(RECORDING[connection.vendor] + WITH_TIERS[basis]):
        response = till.post("purchases", one_line(buyer))

    assert len(response.json()["earned"]) == programs


def test_reaching_a_tier_writes_the_place_and_the_change(shop, django_assert_num_queries):
    factories.program(shop, tiers=TIERS)
    buyer, till = factories.customer(shop), api_client.api(shop)
    factories.purchase(shop, buyer, amount=100)

    with django_assert_num_queries(RECORDING[connection.vendor] + WITH_TIERS["spend"] + 2):
        response = till.post("purchases", one_line(buyer))

    assert [one["to"] for one in response.json()["tier_changes"]] == ["Friend"]


@pytest.mark.parametrize("item_count", [1, 30])
def test_memberships_with_tiers_take_the_same_queries(shop, django_assert_num_queries, item_count):
    factories.program(shop, tiers=TIERS)
    bought(shop, item_count)
    till = api_client.api(shop)

    with django_assert_num_queries(LISTS["memberships"] + 2):  # purchases, returns
        response = till.get("memberships")

    assert {one["tier"] for one in response.json()["data"]} == {"Friend"}
