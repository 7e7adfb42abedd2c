"""Kinds of programs over the API: what each asks for, goals and budgets, and the refusals with their places."""

import pytest

from loyalty_site.tests import api_client
from loyalty_site.tests.api_client import places, refused
from rewards.models import Program

pytestmark = pytest.mark.django_db

RULE = {"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}
STAMP = {"name": "Stamp", "trigger": "purchase", "award": {"fixed": 1}}
COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}
CARD = {"size": 10, "reward": {"name": "A coffee", "benefit": COFFEE}}
OBJECTIVE = {"metric": "repeat_rate_90d", "target": 0.45, "by": "2027-06-30"}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def made(till, **fields):
    return till.post("programs", {"name": "P", "rules": [RULE], **fields})


def test_stamps_keep_their_card_and_are_counted_in_stamps(till):
    body = made(till, kind="stamps", rules=[STAMP], stamps=CARD).json()

    assert (body["kind"], body["unit"], body["stamps"], body["point_value"]) == ("stamps", "stamps", CARD, "0")
    assert till.get(f"programs/{body['id']}/versions").json()["data"][0]["stamps"] == CARD


def test_cashback_is_the_shops_money(till):
    body = made(till, kind="cashback").json()

    assert (body["kind"], body["unit"], body["point_value"]) == ("cashback", "EUR", "1")
    assert made(till, name="Q", kind="cashback", point_value="1", unit="EUR").status_code == 201


def test_membership_has_no_rules(till):
    body = made(till, kind="membership", rules=[]).json()

    assert (body["kind"], body["rules"]) == ("membership", [])


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"kind": "stamps", "rules": [STAMP]}, "invalid_stamps", "stamps"),
        ({"stamps": CARD}, "invalid_stamps", "stamps"),
        ({"kind": "stamps", "stamps": {**CARD, "colour": 1}}, "invalid_stamps", "stamps"),
        ({"kind": "stamps", "stamps": {**CARD, "size": 1}}, "invalid_stamps", "stamps.size"),
        ({"kind": "stamps", "stamps": {**CARD, "size": True}}, "invalid_stamps", "stamps.size"),
        ({"kind": "stamps", "stamps": {"size": 9, "reward": {}}}, "invalid_stamps", "stamps.reward"),
        (
            {"kind": "stamps", "stamps": {"size": 9, "reward": {"name": "", "benefit": COFFEE}}},
            "invalid_stamps",
            "stamps.reward.name",
        ),
        ({"kind": "stamps", "stamps": CARD, "policies": {"hold_days": 1}}, "invalid_policy", "policies.hold_days"),
        ({"kind": "stamps", "stamps": CARD, "rules": []}, "invalid_rule", "rules"),
        ({"kind": "cashback", "point_value": "2"}, "invalid_kind", "point_value"),
        ({"kind": "cashback", "unit": "coins"}, "invalid_kind", "unit"),
        ({"kind": "membership"}, "invalid_rule", "rules"),
        ({"kind": "membership", "rules": [], "point_value": "1"}, "invalid_kind", "point_value"),
        ({"objective": {**OBJECTIVE, "metric": "luck"}}, "invalid_objective", "objective.metric"),
        ({"objective": {**OBJECTIVE, "target": "0.45"}}, "invalid_objective", "objective.target"),
        ({"objective": {**OBJECTIVE, "target": True}}, "invalid_objective", "objective.target"),
        ({"objective": {**OBJECTIVE, "target": 10**400}}, "invalid_objective", "objective.target"),
        ({"objective": {**OBJECTIVE, "by": "2027-W26-3"}}, "invalid_objective", "objective.by"),
        ({"objective": {**OBJECTIVE, "by": "2027-06"}}, "invalid_objective", "objective.by"),
        ({"objective": {"metric": "average_purchase"}}, "invalid_objective", "objective"),
        ({"budget": {"per_month": 1.5}}, "invalid_budget", "budget.per_month"),
        ({"budget": {"per_month": 0}}, "invalid_budget", "budget.per_month"),
        ({"budget": {"per_week": 5}}, "invalid_budget", "budget"),
    ],
)
def test_what_does_not_fit_the_kind_is_refused_with_its_place(till, fields, code, place):
    response = made(till, **fields)

    assert refused(response) == (400, code)
    assert places(response) == [(place, code)]
    assert Program.objects.count() == 0


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("benefit", "place"),
    [
        ("coffee", "stamps.reward.benefit"),
        ({}, "stamps.reward.benefit.kind"),
        ({"kind": "luck"}, "stamps.reward.benefit.kind"),
        ({"kind": "amount_off"}, "stamps.reward.benefit.amount"),
        ({"kind": "amount_off", "amount": 0}, "stamps.reward.benefit.amount"),
        ({"kind": "percent_off", "percent": 101}, "stamps.reward.benefit.percent"),
        ({"kind": "free_product", "quantity": 1}, "stamps.reward.benefit"),
        ({"kind": "free_product", "sku": "a", "category": "b"}, "stamps.reward.benefit"),
        ({"kind": "free_product", "sku": "a", "quantity": 0}, "stamps.reward.benefit.quantity"),
        ({"kind": "experience", "text": " "}, "stamps.reward.benefit.text"),
        ({"kind": "donation", "amount": 100}, "stamps.reward.benefit.to"),
    ],
)
def test_benefit_that_nobody_could_give_is_refused(till, benefit, place):
    response = made(till, kind="stamps", stamps={"size": 5, "reward": {"name": "R", "benefit": benefit}})

    assert refused(response) == (400, "invalid_benefit")
    assert places(response) == [(place, "invalid_benefit")]


def test_benefit_knows_no_part_of_another(till):
    reward = {"name": "R", "benefit": {"kind": "free_shipping", "amount": 5}}

    response = made(till, kind="stamps", stamps={"size": 5, "reward": reward})

    assert places(response) == [("stamps.reward.benefit.amount", "unknown_field")]


def test_objective_and_budget_are_kept_as_sent_changed_and_taken_away(till):
    program = made(till, objective=OBJECTIVE, budget={"per_month": 50000}).json()
    assert (program["objective"], program["budget"]) == (OBJECTIVE, {"per_month": 50000})

    changed = till.patch(f"programs/{program['id']}", {"objective": None, "budget": {"per_month": 7}}).json()

    assert (changed["objective"], changed["budget"], changed["version"]) == (None, {"per_month": 7}, 1)


def test_stamp_card_of_a_running_program_changes_by_a_version(till):
    program = made(till, kind="stamps", rules=[STAMP], stamps=CARD).json()
    till.post(f"programs/{program['id']}/activate")

    changed = till.patch(f"programs/{program['id']}", {"stamps": {**CARD, "size": 8}}).json()

    assert (changed["version"], changed["stamps"]["size"], changed["rules"]) == (2, 8, [STAMP])


@pytest.mark.any_database
def test_example_of_the_contract_is_accepted_and_works(till, shop):
    happy = {"weekdays": [2], "hours": ["15:00", "17:00"]}
    month = {"per_customer": {"times": 1, "period": "month"}}
    body = {
        "name": "Café points",
        "kind": "points",
        "unit": "points",
        "auto_enrol": True,
        "point_value": "1.5",
        "starts_at": "2026-01-01T00:00:00Z",
        "policies": {
            "earning_base": "after_discounts",
            "rounding": "down",
            "multipliers": "best",
            "hold_days": 0,
            "expiry": {"kind": "months", "months": 12},
            "clawback": "allow_negative",
            "redeem_same_purchase": True,
        },
        "objective": OBJECTIVE,
        "budget": {"per_month": 50000},
        "rules": [
            RULE,
            {"name": "Happy hour", "trigger": "purchase", "award": {"multiply": "2"}, "when": happy},
            {"name": "Review", "trigger": "review", "award": {"fixed": 20}, "limits": month},
        ],
    }
    program = till.post("programs", body).json()
    assert {name: program[name] for name in body} == body
    till.post(f"programs/{program['id']}/activate")
    person = till.post("customers", {"name": "Ana"}).json()["id"]

    sale = till.post("purchases", {"customer": person, "amount": 1250, "occurred_at": "2026-03-10T15:30:00"}).json()
    review = till.post("activities", {"customer": person, "type": "review", "occurred_at": "2026-03-10T18:00:00"})

    assert [(one["rule"], one["points"]) for one in sale["earned"][0]["breakdown"]] == [
        ("1 per euro", 12),
        ("Happy hour", 12),
    ]
    assert (review.json()["earned"][0]["points"], review.json()["balances"][0]["available"]) == (20, 44)
