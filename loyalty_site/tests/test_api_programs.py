"""Programs over the API: drafted, refused with the place named, changed by versions, activated and paused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused
from rewards.models import Program

pytestmark = pytest.mark.django_db

RULE = {"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}
POLICIES = {
    "earning_base": "after_discounts",
    "rounding": "down",
    "multipliers": "best",
    "hold_days": 0,
    "expiry": {"kind": "never"},
    "clawback": "allow_negative",
    "redeem_same_purchase": True,
}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def drafted(till, **fields) -> dict:
    return till.post("programs", {"name": "Points", "rules": [RULE], **fields}).json()


def available(till, buyer) -> int:
    return till.get("memberships", customer=buyer.public_id).json()["data"][0]["balance"]["available"]


def test_program_begins_as_a_draft_with_its_first_version(till):
    response = till.post("programs", {"name": "Café points", "rules": [RULE], "point_value": "1.5"})

    body = response.json()
    assert response.status_code == 201
    assert body["id"].startswith("prg_")
    assert body["created_at"].endswith("Z")
    assert {name: value for name, value in body.items() if name not in {"id", "created_at"}} == {
        "name": "Café points",
        "kind": "points",
        "unit": "points",
        "status": "draft",
        "auto_enrol": True,
        "point_value": "1.5",
        "starts_at": None,
        "activated_at": None,
        "closing": None,
        "objective": None,
        "budget": None,
        "version": 1,
        "rules": [RULE],
        "policies": POLICIES,
        "tiers": [],
        "tier_policy": None,
        "stamps": None,
    }


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("rules", "place"),
    [
        ([], "rules"),
        ({}, "rules"),
        ([1], "rules[0]"),
        ([{}], "rules[0].name"),
        ([RULE, {**RULE, "name": "x" * 101}], "rules[1].name"),
        ([{**RULE, "award": {"luck": 5}}], "rules[0].award"),
        ([{**RULE, "award": {}}], "rules[0].award"),
        ([{**RULE, "award": {"per_amount": {"points": 1}}}], "rules[0].award.per_amount"),
        ([{**RULE, "award": {"per_amount": {"points": 1.5, "every": 1}}}], "rules[0].award.per_amount.points"),
        ([{**RULE, "award": {"per_amount": {"points": True, "every": 1}}}], "rules[0].award.per_amount.points"),
        ([{**RULE, "award": {"per_amount": {"points": 1, "every": 0}}}], "rules[0].award.per_amount.every"),
        ([{**RULE, "trigger": "review"}], "rules[0].award.per_amount"),
        ([{**RULE, "trigger": []}], "rules[0].trigger"),
        ([{**RULE, "when": {"tiers": ["Gold"]}}], "rules[0].when.tiers"),
        ([{**RULE, "when": {"weekdays": []}}], "rules[0].when.weekdays"),
    ],
)
def test_rule_that_could_not_work_is_refused_with_its_place(till, rules, place):
    response = till.post("programs", {"name": "P", "rules": rules})

    assert refused(response) == (400, "invalid_rule")
    assert places(response) == [(place, "invalid_rule")]
    assert Program.objects.count() == 0


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("policies", "place"),
    [
        ("x", "policies"),
        ({"redeem_same_purchase": 1}, "policies.redeem_same_purchase"),
        ({"redeem": True}, "policies.redeem"),
        ({"rounding": "sideways"}, "policies.rounding"),
        ({"multipliers": "some"}, "policies.multipliers"),
        ({"clawback": "never"}, "policies.clawback"),
        ({"earning_base": []}, "policies.earning_base"),
        ({"hold_days": -1}, "policies.hold_days"),
        ({"hold_days": 1.0}, "policies.hold_days"),
        ({"hold_days": True}, "policies.hold_days"),
        ({"expiry": None}, "policies.expiry.kind"),
        ({"expiry": {"kind": "days"}}, "policies.expiry"),
        ({"expiry": {"kind": "days", "days": 0}}, "policies.expiry.days"),
        ({"expiry": {"kind": "months", "months": 10**10}}, "policies.expiry.months"),
        ({"expiry": {"kind": "days", "days": 5}, "hold_days": 6}, "policies.hold_days"),
    ],
)
def test_policy_that_could_not_work_is_refused_with_its_place(till, policies, place):
    response = till.post("programs", {"name": "P", "rules": [RULE], "policies": policies})

    code = "unknown_field" if place.endswith("redeem") else "invalid_policy"
    assert refused(response) == (400, code)
    assert places(response) == [(place, code)]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "luck", "invalid_choice"),
        ("point_value", "-1", "min_value"),
        ("point_value", "0.00005", "max_decimal_places"),
        ("point_value", "NaN", "invalid"),
        ("name", "", "blank"),
        ("rules", None, "null"),
        ("starts_at", "soon", "invalid"),
        ("tier", [], "unknown_field"),
    ],
)
def test_program_field_that_makes_no_sense_is_refused(till, field, value, code):
    assert places(till.post("programs", {"name": "P", "rules": [RULE], field: value})) == [(field, code)]


def test_name_of_a_program_is_used_once(till):
    drafted(till)

    response = till.post("programs", {"name": "Points", "rules": [RULE]})

    assert refused(response) == (409, "name_taken")
    assert places(response) == [("name", "name_taken")]


def test_change_of_a_draft_counts_and_leaves_one_version(till):
    program = drafted(till)
    path = f"programs/{program['id']}"

    changed = till.patch(path, {"version": 1, "rules": [{**RULE, "name": "Better"}]}).json()
    second = till.patch(path, {"version": 1, "rules": [{**RULE, "name": "Other"}]})

    assert (changed["version"], changed["rules"][0]["name"]) == (2, "Better")
    assert refused(second) == (409, "version_conflict")
    assert [one["version"] for one in till.get(f"{path}/versions").json()["data"]] == [2]


def test_change_of_an_active_program_publishes_a_version(till):
    program = drafted(till)
    till.post(f"programs/{program['id']}/activate")

    changed = till.patch(f"programs/{program['id']}", {"policies": {"hold_days": 3}}).json()
    versions = till.get(f"programs/{program['id']}/versions").json()["data"]

    assert (changed["version"], changed["rules"], changed["policies"]) == (2, [RULE], {**POLICIES, "hold_days": 3})
    assert [(one["version"], one["policies"]["hold_days"]) for one in versions] == [(2, 3), (1, 0)]


def test_change_to_the_same_wording_publishes_nothing(till):
    program = drafted(till)
    till.post(f"programs/{program['id']}/activate")

    assert till.patch(f"programs/{program['id']}", {"rules": [RULE]}).json()["version"] == 1


def test_change_that_is_refused_changes_nothing(till):
    program = drafted(till)

    response = till.patch(f"programs/{program['id']}", {"name": "New", "rules": []})

    assert refused(response) == (400, "invalid_rule")
    assert till.get(f"programs/{program['id']}").json() == program


def test_start_is_fixed_once_active(till):
    program = drafted(till)
    till.post(f"programs/{program['id']}/activate")

    response = till.patch(f"programs/{program['id']}", {"starts_at": "2026-01-01T00:00:00Z"})

    assert refused(response) == (409, "wrong_status")


def test_activation_enrols_everybody_and_starts_now(till, shop):
    buyer = factories.customer(shop)
    program = drafted(till)

    active = till.post(f"programs/{program['id']}/activate")

    assert (active.status_code, active.json()["status"]) == (200, "active")
    assert active.json()["starts_at"] == active.json()["activated_at"]
    assert available(till, buyer) == 0


def test_activation_with_a_start_in_the_past_judges_history(till, shop):
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer, amount=9900, at=factories.AT - timedelta(days=2))
    factories.purchase(shop, buyer, amount=1250, at=factories.AT)
    program = drafted(till, starts_at=(factories.AT - timedelta(days=1)).isoformat())

    till.post(f"programs/{program['id']}/activate")

    assert available(till, buyer) == 12
    earned = [one["earned"] for one in till.get("purchases").json()["data"]]
    assert [[gain["points"] for gain in gains] for gains in earned] == [[12], []]


def test_activation_twice_is_refused(till):
    program = drafted(till)
    till.post(f"programs/{program['id']}/activate")

    assert refused(till.post(f"programs/{program['id']}/activate")) == (409, "wrong_status")


def test_pause_of_a_draft_is_refused(till):
    program = drafted(till)

    assert refused(till.post(f"programs/{program['id']}/pause")) == (409, "wrong_status")


@pytest.mark.any_database
def test_pause_earns_nothing_for_purchases_dated_inside_it(till, shop):
    program, buyer = factories.program(shop), factories.customer(shop)
    before = timezone.now()
    till.post(f"programs/{program.public_id}/pause")
    sale = {"customer": buyer.public_id, "amount": 500}

    inside = till.post("purchases", sale).json()
    moment = timezone.now()
    till.post(f"programs/{program.public_id}/activate")
    late = till.post("purchases", {**sale, "occurred_at": moment.isoformat()}).json()
    earlier = till.post("purchases", {**sale, "occurred_at": before.isoformat()}).json()
    after = till.post("purchases", sale).json()

    assert [len(one["earned"]) for one in (inside, late, earlier, after)] == [0, 0, 1, 1]
    assert available(till, buyer) == 10


@pytest.mark.any_database
def test_purchase_is_judged_by_the_version_of_its_date(till, shop):
    program, buyer = factories.program(shop), factories.customer(shop)
    moment = timezone.now().isoformat()
    twice = {**RULE, "award": {"per_amount": {"points": 2, "every": 100}}}
    till.patch(f"programs/{program.public_id}", {"rules": [twice]})
    sale = {"customer": buyer.public_id, "amount": 500}

    points = [
        till.post("purchases", {**sale, **more}).json()["earned"][0]["points"] for more in ({}, {"occurred_at": moment})
    ]

    assert points == [10, 5]
