"""Tiers over the API: the contract's program, what a till hears, and who holds what."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from loyalty_site import tasks
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.receipts import assert_sound
from rewards.models import Membership, Program, TierChange

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TIERS = [
    {"name": "Regular", "threshold": 0},
    {"name": "Friend", "threshold": 20000, "multiply": "1.5", "perks": ["Early access"]},
]
POLICY = {"basis": "spend", "window_months": 12, "downgrade": "after_window", "grace_days": 30}
RULES = [{"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def program(till):
    """The contract's program with tiers, running."""
    body = {"name": "Café points", "rules": RULES, "tiers": TIERS, "tier_policy": POLICY}
    made = till.post("programs", body).json()
    till.post(f"programs/{made['id']}/activate")
    return made


def buy(till, who, amount, **more) -> dict:
    return till.post("purchases", {"customer": who.public_id, "amount": amount, **more}).json()


def test_a_program_says_its_tiers_and_how_they_are_kept(till, program):
    assert (program["tiers"], program["tier_policy"]) == (TIERS, POLICY)
    [version] = till.get(f"programs/{program['id']}/versions").json()["data"]
    assert (version["tiers"], version["tier_policy"]) == (TIERS, POLICY)


def test_how_tiers_are_kept_has_defaults(till):
    made = till.post("programs", {"name": "P", "rules": RULES, "tiers": TIERS}).json()
    plain = till.post("programs", {"name": "Q", "rules": RULES}).json()

    assert made["tier_policy"] == POLICY
    assert (plain["tiers"], plain["tier_policy"]) == ([], None)


@pytest.mark.parametrize(
    ("parts", "code", "field"),
    [
        ({"tiers": [{"name": "Friend"}]}, "invalid_tiers", "tiers[0].threshold"),
        ({"tiers": [{**TIERS[1], "perk": "x"}]}, "unknown_field", "tiers[0].perk"),
        ({"tiers": TIERS, "tier_policy": {"basis": "sum"}}, "invalid_policy", "tier_policy.basis"),
        ({"tiers": TIERS, "tier_policy": {"window": 3}}, "unknown_field", "tier_policy.window"),
        ({"tier_policy": POLICY}, "invalid_policy", "tier_policy"),
        ({"tiers": None}, "null", "tiers"),
        ({"tiers": 3}, "invalid_tiers", "tiers"),
    ],
)
def test_what_could_not_work_is_refused_with_its_place(till, parts, code, field):
    response = till.post("programs", {"name": "P", "rules": RULES, **parts})

    assert (response.status_code, [(one["field"], one["code"]) for one in response.json()["errors"]]) == (
        400,
        [(field, code)],
    )
    assert not Program.objects.exists()


def test_a_rule_for_an_audience_that_is_not_there_is_refused(till):
    rules = [{**RULES[0], "when": {"audiences": ["seg_x"]}}]

    response = till.post("programs", {"name": "P", "rules": rules})

    assert (response.status_code, response.json()["code"]) == (404, "unknown_audience")


def test_a_purchase_that_reaches_a_tier_says_so_and_the_next_earns_by_it(shop, till, program):
    ana = factories.customer(shop)

    replies = [buy(till, ana, 19900), buy(till, ana, 100, external_id="r2"), buy(till, ana, 1000)]

    assert [one["tier_changes"] for one in replies] == [
        [],
        [{"program": program["id"], "from": "Regular", "to": "Friend"}],
        [],
    ]
    assert [one["earned"][0]["points"] for one in replies] == [199, 1, 15]
    assert replies[2]["earned"][0]["breakdown"][1] == {
        "rule": "Friend",
        "points": 5,
        "base": 10,
        "why": "10 points × 1.5, as Friend",
    }
    again = till.post("purchases", {"customer": ana.public_id, "amount": 1, "external_id": "r2"})
    assert again.json()["tier_changes"] == replies[1]["tier_changes"]


def test_the_preview_promises_the_tier_and_gives_none(shop, till, program):
    ana = factories.customer(shop)

    reply = till.post("purchases/preview", {"customer": ana.public_id, "amount": 20000}).json()

    assert reply["tier_changes"] == [{"program": program["id"], "from": "Regular", "to": "Friend"}]
    assert Membership.objects.get(customer=ana).tier == "Regular"


def test_a_batch_is_judged_in_order_of_time(shop, till, program):
    ana, now = factories.customer(shop), timezone.now()
    Program.objects.update(starts_at=now - 30 * DAY)
    rows = [
        {"customer": ana.public_id, "external_id": f"r{days}", "amount": amount, "occurred_at": str(now - days * DAY)}
        for days, amount in [(1, 1000), (9, 20000), (5, 1000)]
    ]

    results = till.post("purchases/batch", {"purchases": rows}).json()["results"]

    assert [one["points"] for one in results] == [15, 200, 15]


@pytest.mark.any_database
def test_memberships_say_tier_progress_and_end(shop, till, program):
    ana = factories.customer(shop)
    buy(till, ana, 12000)

    def read():
        [found] = till.get("memberships", customer=ana.public_id).json()["data"]
        return found["tier"], found["tier_until"], found["to_next_tier"]

    missing = {"tier": "Friend", "basis": "spend", "threshold": 20000, "reached": 12000, "missing": 8000}
    assert read() == ("Regular", None, missing)
    buy(till, ana, 8000)
    tier, until, to_next = read()
    assert (tier, to_next) == ("Friend", None)
    ends = timezone.localtime(datetime.fromisoformat(until), timezone.zoneinfo.ZoneInfo("Europe/Madrid"))
    assert (ends.hour, ends.minute) == (0, 0)


@pytest.mark.any_database
def test_a_membership_at_a_moment_says_the_tier_of_then(shop, till, program):
    ana = factories.customer(shop)
    before = timezone.now()
    buy(till, ana, 20000)
    path = f"memberships/{ana.memberships.get().public_id}"

    found = [till.get(path, at=str(at)).json()["tier"] for at in (before, timezone.now(), before + 800 * DAY)]

    assert found == ["Regular", "Friend", "Regular"]


def test_a_membership_of_a_program_without_tiers_has_none(shop, till):
    factories.program(shop)
    ana = factories.customer(shop)

    [found] = till.get("memberships", customer=ana.public_id).json()["data"]

    assert (found["tier"], found["tier_until"], found["to_next_tier"]) == (None, None, None)


@pytest.mark.any_database
def test_the_changes_of_a_membership_say_why(shop, till, program):
    ana = factories.customer(shop)
    bought = buy(till, ana, 20000)
    back = till.post(f"purchases/{bought['id']}/refunds", {"amount": 1}).json()

    found = till.get(f"memberships/{ana.memberships.get().public_id}/tier_changes").json()["data"]

    assert [(one["from"], one["to"], one["cause"], one["purchase"], one["refund"]) for one in found] == [
        ("Friend", "Regular", "refund", bought["id"], back["id"]),
        ("Regular", "Friend", "purchase", bought["id"], None),
    ]


@pytest.mark.parametrize("item_count", [1, 13])  # two changes each
def test_the_list_of_changes_takes_the_same_queries(shop, till, program, item_count, django_assert_num_queries):
    ana = factories.customer(shop)
    for __ in range(item_count):
        bought = buy(till, ana, 20000)
        till.post(f"purchases/{bought['id']}/void")

    path = f"memberships/{ana.memberships.get().public_id}/tier_changes"

    with django_assert_num_queries(3):  # key, membership, changes
        response = till.get(path)

    assert len(response.json()["data"]) == min(2 * item_count, 25)


def test_customers_are_found_by_the_tier_they_hold_now(shop, till, program):
    ana, ben = factories.customer(shop, name="Ana"), factories.customer(shop, name="Ben")
    lapsed = factories.customer(shop, name="Eva")
    for who in (ana, lapsed):
        buy(till, who, 20000)
    now = timezone.now()
    Membership.objects.filter(customer=lapsed).update(tier_until=now - DAY)  # over, and not booked yet

    def names(tier):
        return sorted(one["name"] for one in till.get("customers", tier=tier).json()["data"])

    assert (names("Friend"), names("Regular"), names("Gold")) == (["Ana"], ["Ben", "Eva"], [])
    found = {one["name"]: one["tier"] for one in till.get("customers/lookup", q="Ana").json()["data"]}
    assert found == {"Ana": "Friend"}
    assert ben.memberships.get().tier == "Regular"


def test_a_change_of_thresholds_moves_the_members(shop, till, program):
    ana = factories.customer(shop)
    buy(till, ana, 15000)

    response = till.patch(f"programs/{program['id']}", {"tiers": [TIERS[0], {**TIERS[1], "threshold": 15000}]})

    assert (response.status_code, response.json()["version"]) == (200, 2)
    assert ana.memberships.get().tier == "Friend"
    assert TierChange.objects.get().cause == "rules"
    tasks.follow_tiers.call(Program.objects.get().pk)
    assert TierChange.objects.count() == 1


def test_a_change_of_a_name_asks_no_member(shop, till, program):
    factories.customer(shop)

    till.patch(f"programs/{program['id']}", {"name": "Other", "rules": RULES})

    assert not TierChange.objects.exists()


@pytest.mark.any_database
def test_reassigning_says_the_tier_of_who_has_it_now(shop, till, program):
    ana, ben = factories.customer(shop), factories.customer(shop)
    bought = buy(till, ana, 20000)

    reply = till.post(f"purchases/{bought['id']}/reassign", {"customer": ben.public_id}).json()

    assert reply["tier_changes"] == [{"program": program["id"], "from": "Regular", "to": "Friend"}]
    assert [one.memberships.get().tier for one in (ana, ben)] == ["Regular", "Friend"]


def test_what_an_activity_earns_reaches_no_tier(shop, till):
    review = {"name": "Review", "trigger": "review", "award": {"fixed": 20}}
    levels = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 20}]
    factories.program(shop, rules=[*RULES, review], tiers=levels, tier_policy={"basis": "points"})
    ana = factories.customer(shop)

    till.post("activities", {"customer": ana.public_id, "type": "review"})
    first = buy(till, ana, 1000)

    assert first["tier_changes"] == []
    assert_sound(shop)
    assert buy(till, ana, 1000)["tier_changes"][0]["to"] == "Friend"
