"""The vocabulary of segments over the API, and what a definition would find."""

from decimal import Decimal

import pytest

from customers.merchants import shops
from loyalty_site.tests import api_client, factories
from segments import lists

pytestmark = pytest.mark.django_db
TWICE = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 2}]}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def test_fields_say_what_a_definition_can_hold(till):
    found = till.get("segments/fields").json()
    fields = {one["name"]: one for one in found["data"]}

    assert found["version"] == 1
    assert fields["purchases_in"] == {
        "name": "purchases_in",
        "label": "Purchases in the last days",
        "group": "behaviour",
        "group_label": "How they buy",
        "type": "count",
        "unit": "times",
        "operators": ["eq", "ne", "lt", "lte", "gt", "gte", "in", "between"],
        "choices": None,
        "params": [
            {
                "name": "days",
                "label": "How many days",
                "type": "days",
                "required": True,
                "choices": None,
                "definition": "how many days back, today included.",
            }
        ],
        "definition": "How many purchases of the last days count, today included.",
    }
    assert fields["weekday"]["choices"][0] == {"value": 1, "label": "Monday"}


def test_fields_follow_what_the_shop_has(till, shop):
    assert "points" not in {one["name"] for one in till.get("segments/fields").json()["data"]}

    made = factories.program(shop)

    points = next(one for one in till.get("segments/fields").json()["data"] if one["name"] == "points")
    assert points["params"][0]["choices"] == [{"value": made.public_id, "label": "Points"}]


def test_fields_are_a_table_too(till):
    lines = till.get("segments/fields", csv=True).content.decode().splitlines()

    assert lines[0].removeprefix("\ufeff").startswith("name,label,group,group_label,type,unit,operators")


def test_preview_says_whom_a_definition_finds(till, shop):
    ana, ben = factories.customer(shop, name="Ana"), factories.customer(shop, name="Ben")
    for amount in (1000, 2000):
        factories.purchase(shop, ana, amount=amount)
    factories.purchase(shop, ben, amount=1000)
    buyers = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 1}]}
    made = lists.create(merchant=shop, name="Buyers", definition=buyers, at=factories.AT)

    found = till.post("segments/preview", {"definition": TWICE}).json()

    assert {name: found[name] for name in ("count", "share", "revenue", "revenue_share", "sample", "overlap")} == {
        "count": 1,
        "share": 0.5,
        "revenue": 3000,
        "revenue_share": 0.75,
        "sample": [{"id": ana.public_id, "name": "Ana"}],
        "overlap": [{"segment": made.public_id, "name": "Buyers", "count": 1, "share": 1.0}],
    }
    assert found["sentence"] == "Customers who bought at least 2 times."


def test_preview_of_nobody_is_no_error(till):
    found = till.post("segments/preview", {"definition": TWICE}).json()

    assert (found["count"], found["share"], found["revenue_share"], found["sample"]) == (0, None, None, [])


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({"version": 1, "all": [{"field": "frequence", "op": "gte", "value": 2}]}, "definition.all[0].field"),
        ({"version": 1, "all": [{"any": [{"field": "frequency", "op": "gte", "value": "2"}]}]},
         "definition.all[0].any[0].value"),
    ],
)  # fmt: skip
def test_wrong_definition_is_refused_with_its_place(till, definition, field):
    response = till.post("segments/preview", {"definition": definition})

    assert api_client.refused(response) == (400, "bad_criteria")
    assert response.json()["errors"][0]["field"] == field


def test_preview_of_a_segment_that_contains_itself_is_refused(till, shop):
    made = lists.create(merchant=shop, name="Twice", definition=TWICE, at=factories.AT)
    own = {"version": 1, "all": [{"field": "segment", "op": "eq", "value": made.public_id}]}

    response = till.post("segments/preview", {"definition": own, "segment": made.public_id})

    assert api_client.refused(response) == (400, "bad_criteria")


@pytest.mark.parametrize("people", [1, 30])
def test_preview_takes_the_same_queries_for_one_and_for_many(till, shop, people, django_assert_num_queries):
    for __ in range(people):
        factories.customer(shop)
    nobody = {"version": 1, "all": [{"field": "frequency", "op": "eq", "value": 0}]}

    with django_assert_num_queries(5):  # the key, the totals of these and of all, a sample, other lists
        till.post("segments/preview", {"definition": nobody})


def test_customer_keeps_where_somebody_lives(till):
    made = till.post("customers", {"name": "Ana", "latitude": 40.4167754999, "longitude": -3.70379})

    assert (made.status_code, made.json()["latitude"], made.json()["longitude"]) == (201, 40.416775, -3.70379)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"latitude": 90.1, "longitude": 0}, "latitude"),
        ({"latitude": 1, "longitude": 180.5}, "longitude"),
        ({"latitude": 1}, "longitude"),
        ({"longitude": 1}, "latitude"),
        ({"latitude": True, "longitude": 1}, "latitude"),
        ({"latitude": "north", "longitude": 1}, "latitude"),
    ],
)
def test_place_that_is_nowhere_is_refused(till, body, field):
    response = till.post("customers", {"name": "Ana", **body})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == field


def test_location_shows_where_it_is(till, shop):
    spot = shops.add_location(merchant=shop, name="Sol")
    shops.change_location(location=spot, name="Sol", latitude=Decimal("40.416775"), longitude=Decimal("-3.70379"))

    row = till.get("locations").json()["data"][0]

    assert (row["latitude"], row["longitude"]) == (40.416775, -3.70379)
