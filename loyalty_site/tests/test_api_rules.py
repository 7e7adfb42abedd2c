"""Rules over the API: preview and commit give the same answer with its reasons; refusals write nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.merchants import shops
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, snapshot
from loyalty_site.tests.files import send
from loyalty_site.undoing import undo_import
from rewards import earning, ledger, programs
from rewards.models import Judgement, RuleUse

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def euro(points=1, name="euro", **parts):
    return {"name": name, "trigger": "purchase", "award": {"per_amount": {"points": points, "every": 100}}, **parts}


CAFE = [
    euro(),
    {"name": "Coffee", "award": {"per_item": 3}, "when": {"categories": ["coffee"], "channels": ["store"]}},
    {"name": "Welcome", "award": {"fixed": 20}, "when": {"first_purchase": True}},
    {"name": "Spring", "award": {"multiply": "1.5"}, "when": {"code": "SPRING"}},
    {"name": "Daily", "award": {"fixed": 5}, "limits": {"per_customer": {"times": 1, "period": "day"}}},
]
BASKET = [
    {"sku": "C1", "category": "Coffee", "quantity": "2", "amount": 500},
    {"sku": "K1", "category": "Cake", "amount": 450},
    {"name": "Tip", "amount": 50, "excluded": True},
]


def promise(till, rules, **fields) -> dict:
    """An active program over the API."""
    made = till.post("programs", {"name": "Café", "rules": rules, **fields})
    assert made.status_code == 201, made.content
    return till.post(f"programs/{made.json()['id']}/activate").json()


def long_promised(shop, rules: list) -> None:
    """A program that has long begun."""
    begun = factories.AT - timedelta(days=99)
    made = programs.create(merchant=shop, name="Café", rules=rules, starts_at=begun, at=factories.AT)
    programs.activate(program=made, at=factories.AT)


def breakdown(reply) -> list[tuple]:
    [earned] = reply.json()["earned"]
    assert sum(part["points"] for part in earned["breakdown"]) == earned["points"]
    return [(part["rule"], part["points"], part["base"], part["why"]) for part in earned["breakdown"]]


def test_rules_come_back_as_they_were_sent(till):
    made = promise(till, CAFE, policies={"rounding": "half_up", "multipliers": "all"})

    assert made["rules"] == CAFE
    assert (made["policies"]["rounding"], made["policies"]["multipliers"]) == ("half_up", "all")


@pytest.mark.any_database
def test_preview_and_commit_give_the_same_answer(till, shop):
    promise(till, CAFE)
    sale = {"customer": factories.customer(shop).public_id, "lines": BASKET, "code": "spring"}

    preview = till.post("purchases/preview", sale)
    first, second = (till.post("purchases", sale) for __ in range(2))

    assert breakdown(preview) == breakdown(first)
    assert breakdown(first) == [
        ("euro", 9, 950, "1 for each full €1.00 of €9.50"),
        ("Coffee", 6, 500, "3 for each of 2 items (of coffee, sold through: store)"),
        ("Welcome", 20, 950, "20 for the purchase (if it is the first purchase)"),
        ("Spring", 7, 15, "15 points × 1.5 (with the code SPRING)"),
        ("Daily", 5, 950, "5 for the purchase"),
    ]
    assert [part[:2] for part in breakdown(second)] == [("euro", 9), ("Coffee", 6), ("Spring", 7)]
    assert breakdown(till.get(f"purchases/{first.json()['id']}")) == breakdown(first)


def test_a_batch_judges_in_order_of_occurrence(till, shop):
    promise(till, CAFE, starts_at="2020-01-01T00:00:00Z")
    buyer, now = factories.customer(shop).public_id, timezone.now()
    rows = [
        {
            "customer": buyer,
            "amount": 100,
            "external_id": f"r{days}",
            "occurred_at": (now - timedelta(days)).isoformat(),
        }
        for days in (1, 3, 2)
    ]

    results = till.post("purchases/batch", {"purchases": rows}).json()["results"]

    assert [one["points"] for one in results] == [6, 26, 6]


@pytest.mark.any_database
def test_a_dry_run_uses_no_limit(till, shop):
    promise(till, [euro(limits={"total": {"times": 1}})])
    sale = {"customer": factories.customer(shop).public_id, "amount": 500}

    tried = [till.post("purchases?dry_run=true", sale).json()["earned"][0]["points"] for __ in range(2)]
    done = [till.post("purchases", sale).json()["earned"][0]["points"] for __ in range(2)]

    assert (tried, done) == ([5, 5], [5, 0])


@pytest.mark.any_database
@pytest.mark.parametrize("path", ["purchases", "memberships"])
def test_reasons_are_in_the_callers_language_and_never_stored(till, shop, path):
    promise(till, [euro()])
    buyer = factories.customer(shop)
    till.post("purchases", {"customer": buyer.public_id, "amount": 500})
    path = "purchases" if path == "purchases" else f"memberships/{buyer.memberships.get().public_id}/entries"

    english, spanish = (till.get(path, headers={"Accept-Language": code}).json()["data"][0] for code in ("en", "es"))

    reasons = [(one["earned"][0] if "earned" in one else one)["breakdown"][0]["why"] for one in (english, spanish)]
    assert reasons == ["1 for each full €1.00 of €5.00", "1 por cada tramo completo de €1.00 en €5.00"]
    assert Judgement.objects.get().awards == [
        {"rule": "euro", "kind": "per_amount", "points": 5, "base": 500, "terms": {"points": 1, "every": 100}}
    ]


def test_a_location_of_another_shop_is_missing(till, shop):
    mine = shops.add_location(merchant=shop, name="Main")
    other = shops.add_location(merchant=factories.merchant(slug="b", owner="b@b.test"), name="Side")

    response = till.post("programs", {"name": "P", "rules": [euro(when={"locations": [other.public_id]})]})

    assert (refused(response), places(response)) == (
        (404, "unknown_location"),
        [("rules[0].when.locations", "unknown_location")],
    )
    promise(till, [euro(when={"locations": [mine.public_id]})])


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("rules", "policies", "place", "code"),
    [
        ([euro(), euro()], {}, "rules[1].name", "invalid_rule"),
        ([euro(), euro(name="b", award={"multiply": "0"})], {}, "rules[1].award.multiply", "invalid_rule"),
        ([euro(when={"hours": ["15:00", "15:00"]})], {}, "rules[0].when.hours", "invalid_rule"),
        ([euro(when={"tiers": ["Friend"]})], {}, "rules[0].when.tiers", "invalid_rule"),
        ([euro(limit={"times": 1})], {}, "rules[0].limit", "unknown_field"),
        (
            [euro(), {"name": "x", "award": {"multiply": "2"}, "when": {"skus": ["A"]}}],
            {"multipliers": "all"},
            "rules[1].when",
            "invalid_rule",
        ),
    ],
)
def test_a_change_to_rules_that_cannot_work_changes_nothing(till, rules, policies, place, code):
    made = promise(till, [euro()])
    before = snapshot()

    response = till.patch(f"programs/{made['id']}", {"rules": rules, "policies": policies})

    assert (response.status_code, places(response)) == (400, [(place, code)])
    assert snapshot() == before


def test_policies_that_the_rules_cannot_follow_are_refused(till):
    made = promise(till, [euro(), {"name": "x", "award": {"multiply": "2"}, "when": {"skus": ["A"]}}])

    response = till.patch(f"programs/{made['id']}", {"policies": {"multipliers": "all"}})

    assert places(response) == [("rules[1].when", "invalid_rule")]


def test_an_import_earns_by_the_same_rules_and_its_undo_frees_limits(till, shop):
    long_promised(
        shop, [euro(limits={"total": {"points": 15}}), {"name": "hi", "award": {"fixed": 7}, "when": CAFE[2]["when"]}]
    )
    rows = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10.00\nC1,R2,2026-01-06,10.00\nC2,R3,2026-01-07,10.00\n"

    imported = send(shop, rows)

    assert list(Judgement.objects.order_by("purchase").values_list("points", flat=True)) == [17, 5, 7]
    undo_import(imported=imported, at=factories.AT + timedelta(hours=1))
    assert not RuleUse.objects.filter(points__gt=0).exists()
    assert [*ledger.differences(), *earning.differences()] == []


@pytest.mark.any_database
def test_an_undone_import_of_known_customers_frees_limits(till, shop):
    long_promised(shop, [euro(limits={"per_customer": {"times": 1}, "total": {"times": 9}})])
    buyer = factories.customer(shop, external_id="C1")

    imported = send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,10.00\n")
    before = factories.purchase(shop, buyer).earned[0].points
    undo_import(imported=imported, at=factories.AT + timedelta(hours=1))

    assert [before, factories.purchase(shop, buyer).earned[0].points] == [0, 10]
    assert [*ledger.differences(), *earning.differences()] == []


def test_an_undone_import_of_returns_uses_limits_again(till, shop):
    long_promised(shop, [euro(limits={"per_customer": {"points": 12}, "total": {"points": 99}})])
    buyer = factories.customer(shop, external_id="C1")
    factories.purchase(shop, buyer, external_id="R1")

    imported = send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-03-10,-10.00\n")
    freed = RuleUse.objects.get().points
    undo_import(imported=imported, at=factories.AT + timedelta(hours=1))

    assert [freed, RuleUse.objects.get().points, factories.purchase(shop, buyer).earned[0].points] == [0, 10, 2]
    assert [*ledger.differences(), *earning.differences()] == []


def test_the_first_of_a_history_at_one_moment_is_the_first_recorded(till, shop):
    buyer = factories.customer(shop)
    for __ in range(3):
        factories.purchase(shop, buyer)

    promise(till, [CAFE[2]], starts_at="2020-01-01T00:00:00Z")

    assert list(Judgement.objects.order_by("purchase").values_list("points", flat=True)) == [20, 0, 0]


@pytest.mark.any_database
def test_history_earns_by_first_purchases_and_limits(till, shop):
    buyer, other = factories.customer(shop), factories.customer(shop)
    for days, who in [(9, buyer), (8, buyer), (7, other)]:
        factories.purchase(shop, who, at=factories.AT - timedelta(days=days))

    promise(till, [euro(limits={"total": {"points": 25}}), CAFE[2]], starts_at="2020-01-01T00:00:00Z")

    points = Judgement.objects.order_by("purchase__occurred_at").values_list("points", flat=True)
    assert list(points) == [30, 10, 25]
    assert [*ledger.differences(), *earning.differences()] == []
