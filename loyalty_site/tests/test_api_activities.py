"""Activities over the API: told once, judged by rules for them, limited like purchases, and explained."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Activity
from loyalty_site import flows
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused
from loyalty_site.tests.receipts import assert_sound
from rewards.models import Judgement

pytestmark = pytest.mark.django_db

EURO = {"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}
ONCE = {"per_customer": {"times": 1, "period": "month"}}
REVIEW = {"name": "Review", "trigger": "review", "award": {"fixed": 20}, "limits": ONCE}


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.fixture
def program(shop):
    return factories.program(shop, rules=[EURO, REVIEW])


@pytest.fixture
def buyer(shop, program):
    return factories.customer(shop)


def tell(till, buyer, **fields):
    return till.post("activities", {"customer": buyer.public_id, "type": "review", **fields})


def points(response) -> list[int]:
    return [one["points"] for one in response.json()["earned"]]


def test_review_earns_by_its_rule_and_says_why(till, shop, program, buyer):
    response = tell(till, buyer, external_id="r1", attributes={"stars": 5})

    body = response.json()
    assert (response.status_code, body["id"][:4], body["type"]) == (201, "evt_", "review")
    assert (body["external_id"], body["attributes"]) == ("r1", {"stars": 5})
    assert body["earned"][0]["breakdown"] == [{"rule": "Review", "points": 20, "base": 0, "why": "20 for a review"}]
    assert body["earned"][0]["available_at"] == body["occurred_at"]
    assert [one["available"] for one in body["balances"]] == [20]
    entry = till.get(f"memberships/{body['balances'][0]['membership']}/entries").json()["data"][0]
    assert (entry["activity"], entry["purchase"], entry["points"]) == (body["id"], None, 20)
    assert entry["breakdown"][0]["why"] == "20 for a review"
    assert_sound(shop)


@pytest.mark.any_database
def test_purchase_earns_only_by_rules_for_purchases(till, buyer):
    sale = till.post("purchases", {"customer": buyer.public_id, "amount": 500}).json()

    assert [one["rule"] for one in sale["earned"][0]["breakdown"]] == ["1 per euro"]
    assert points(tell(till, buyer)) == [20]


def test_activity_that_was_told_is_answered_with_the_first(till, buyer):
    first = tell(till, buyer, external_id="r1").json()

    again = tell(till, buyer, external_id="r1", attributes={"stars": 1})

    assert (again.status_code, again.json()) == (200, first)
    assert Activity.objects.count() == 1


@pytest.mark.any_database
def test_limit_counts_activities(till, shop, buyer):
    assert [points(tell(till, buyer)) for __ in range(2)] == [[20], [0]]
    later = timezone.now() - timedelta(days=40)
    assert points(tell(till, buyer, occurred_at=later.isoformat())) == [20]
    assert_sound(shop)


@pytest.mark.any_database
def test_limit_over_all_customers_counts_activities_and_purchases_apart(till, shop):
    rules = [{**REVIEW, "limits": {"total": {"points": 30}}}, {**EURO, "limits": {"total": {"points": 7}}}]
    factories.program(shop, name="Q", rules=rules)
    people = [factories.customer(shop) for __ in range(3)]

    assert [points(tell(till, person))[-1] for person in people] == [20, 10, 0]
    assert till.post("purchases", {"customer": people[0].public_id, "amount": 900}).json()["earned"][-1]["points"] == 7
    assert_sound(shop)


def test_exclusive_rule_excludes_only_rules_of_its_trigger(till, shop):
    alone = {"name": "Any", "trigger": "tasting", "award": {"fixed": 3}, "exclusive": True}
    factories.program(shop, rules=[EURO, alone, {**alone, "name": "More", "exclusive": False}])
    buyer = factories.customer(shop)

    assert points(tell(till, buyer, type="tasting")) == [3]
    assert till.post("purchases", {"customer": buyer.public_id, "amount": 500}).json()["earned"][0]["points"] == 5


def test_activity_without_a_rule_is_kept_and_earns_nothing(till, buyer):
    body = tell(till, buyer, type="parking").json()

    assert body["earned"] == []
    assert Judgement.objects.filter(activity__isnull=False).count() == 0


def test_conditions_of_time_and_place_hold_for_activities(till, shop):
    place = factories.shops.add_location(merchant=shop, name="Main")
    there = {"name": "There", "trigger": "visit", "award": {"fixed": 5}, "when": {"locations": [place.public_id]}}
    early = {"name": "Early", "trigger": "visit", "award": {"fixed": 2}, "when": {"hours": ["08:00", "09:00"]}}
    factories.program(shop, rules=[there, early])
    buyer = factories.customer(shop)

    at = {"type": "visit", "occurred_at": "2026-03-11T08:30:00"}
    assert points(tell(till, buyer, **at)) == [2]
    assert points(tell(till, buyer, **at, location=place.public_id)) == [7]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"type": "Tasting!"}, "invalid", "type"),
        ({"type": "purchase"}, "invalid_type", "type"),
        ({"type": "birthday"}, "invalid_type", "type"),
        ({"type": "survey"}, "invalid_type", "type"),
        ({"occurred_at": "2126-01-01T00:00:00Z"}, "future_date", "occurred_at"),
        ({"points": 5}, "unknown_field", "points"),
    ],
)
def test_activity_that_makes_no_sense_is_refused(till, buyer, fields, code, place):
    response = tell(till, buyer, **fields)

    assert (response.status_code, places(response)) == (400, [(place, code)])
    assert Activity.objects.count() == 0


def test_customer_of_another_shop_is_missing(till, shop):
    rival = factories.merchant(slug="b", owner="charlie@b.test")

    assert refused(tell(till, factories.customer(rival)))[0] == 404


def test_dry_run_writes_nothing(till, buyer):
    response = till.post("activities?dry_run=true", {"customer": buyer.public_id, "type": "review"})

    assert (response.status_code, response.json()["id"], points(response)) == (200, None, [20])
    assert Activity.objects.count() == 0


def test_list_is_filtered_by_customer_and_type(till, shop, buyer):
    other = factories.customer(shop)
    tell(till, buyer)
    tell(till, other, type="visit")

    def types(**filters):
        return [one["type"] for one in till.get("activities", **filters).json()["data"]]

    assert types() == ["visit", "review"]
    assert (types(customer=buyer.public_id), types(type="visit")) == (["review"], ["visit"])
    assert refused(till.get("activities", date="soon"))[0] == 400


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_the_same_queries(till, shop, buyer, django_assert_num_queries, count):
    for number in range(count):
        tell(till, buyer, external_id=f"r{number}")

    with django_assert_num_queries(4):
        assert len(till.get("activities", limit="100").json()["data"]) == count


def test_card_with_a_review_has_a_history(till, shop, buyer):
    factories.program(shop, name="None", rules=[EURO])
    tell(till, buyer, type="parking")

    with pytest.raises(flows.people.profiles.UseErase):
        flows.delete_customer(customer=buyer)
