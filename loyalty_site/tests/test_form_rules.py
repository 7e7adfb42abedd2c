"""Rules as forms: what a form shows of a rule it gives back, and what people type becomes a rule."""

import pytest

from customers.merchants.models import Merchant
from loyalty_site.program_forms import filling, policies
from loyalty_site.program_forms.rules import RuleForm
from loyalty_site.tests.receipts import rule
from rewards.programs import DEFAULT_POLICIES

SHOP = Merchant(slug="a", currency="EUR", country="ES", timezone="Europe/Madrid")
STREET = {"loc_1": "Main Street"}
TYPED = {"name": "Euro", "trigger": "purchase", "kind": "per_amount", "points": "2", "every": "1,50"}
RULES = [
    rule(2, "plain"),
    rule({"per_item": 5}, "items", when={"categories": ["Coffee, black", "Tea"], "exclude_skus": ["x"]}),
    rule({"fixed": 5}, "fixed", limits={"per_customer": {"times": 1, "period": "day"}, "max_per_purchase": 5}),
    rule({"multiply": "1.5"}, "factor", when={"weekdays": [2, 3], "hours": ["15:00", "17:00"]}, priority=3),
    rule(1, "first", when={"first_purchase": True, "min_amount": 1250}, exclusive=True),
    rule(1, "later", when={"first_purchase": False, "birthday_window_days": 0, "code": "Hello"}),
    rule(1, "dated", when={"starts_at": "2026-06-30T16:00:00Z", "ends_at": "2026-07-01T00:00:30+02:00"}),
    rule(1, "local", when={"starts_at": "2026-06-30T18:00"}),
    rule(1, "there", when={"locations": ["loc_1"], "channels": ["web", "store"]}),
    {**rule({"fixed": 5}, "review"), "trigger": "review"},
    rule(1, "total", limits={"total": {"points": 500}}),
    {**rule({"fixed": 5}, "own"), "trigger": "tasted_bread"},
    {"name": "no trigger", "award": {"multiply": 2}, "when": {}, "exclusive": False, "priority": 0},
]


def form(typed: dict, original: dict | None = None) -> RuleForm:
    data = {f"r0-{name}": value for name, value in typed.items()}
    return RuleForm(
        data, prefix="r0", merchant=SHOP, places=STREET, originals={original["name"]: original} if original else {}
    )


@pytest.mark.parametrize("original", RULES, ids=[one["name"] for one in RULES])
def test_form_that_nobody_touched_gives_the_rule_back_as_it_was_written(original):
    shown = form(filling.filled(original, SHOP), original)

    assert shown.is_valid(), shown.errors
    assert shown.rule() == original


@pytest.mark.parametrize("original", RULES[:-2], ids=[one["name"] for one in RULES[:-2]])
def test_form_says_all_of_a_rule_by_itself(original):
    shown = form({**filling.filled(original, SHOP), "was": ""})

    assert shown.is_valid(), shown.errors
    again = form(filling.filled(shown.rule(), SHOP), original)
    assert again.is_valid()
    assert filling.filled(shown.rule(), SHOP) == filling.filled(original, SHOP)


def test_typed_words_become_a_rule():
    shown = form(
        {
            **TYPED, "weekdays": ["2"], "hours_from": "15:00", "hours_until": "17:00", "min_amount": "12,50",
            "categories": " Coffee \n\nTea", "starts_at": "2026-06-30T18:00", "first_purchase": "no",
            "total_count": "100", "total_counted": "points", "total_period": "month", "exclusive": "on",
            "priority": "2",
        }
    )  # fmt: skip

    assert shown.is_valid(), shown.errors
    assert shown.rule() == {
        "name": "Euro",
        "trigger": "purchase",
        "award": {"per_amount": {"points": 2, "every": 150}},
        "when": {
            "categories": ["Coffee", "Tea"], "min_amount": 1250, "weekdays": [2], "hours": ["15:00", "17:00"],
            "starts_at": "2026-06-30T16:00:00Z", "first_purchase": False,
        },
        "limits": {"total": {"points": 100, "period": "month"}},
        "exclusive": True,
        "priority": 2,
    }  # fmt: skip


def test_conditions_that_the_page_does_not_know_are_kept():
    original = rule(1, when={"tiers": ["Gold"], "min_amount": 100})

    shown = form({**filling.filled(original, SHOP), "min_amount": "2"}, original)

    assert shown.is_valid(), shown.errors
    assert shown.rule()["when"] == {"tiers": ["Gold"], "min_amount": 200}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "luck"}, "kind"),
        ({"trigger": "luck"}, "trigger"),
        ({"points": ""}, "points"),
        ({"points": "0"}, "points"),
        ({"every": ""}, "every"),
        ({"every": "one"}, "every"),
        ({"kind": "multiply"}, "factor"),
        ({"min_amount": "-1"}, "min_amount"),
        ({"weekdays": ["8"]}, "weekdays"),
        ({"locations": ["loc_2"]}, "locations"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"per_customer_count": "0"}, "per_customer_count"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_the_field(wrong, field):
    shown = form({**TYPED, **wrong})

    assert not shown.is_valid()
    assert list(shown.errors) == [field]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"expiry": {"kind": "days", "days": 90}, "hold_days": 3},
        {"expiry": {"kind": "end_of_year", "after": 0}, "clawback": "clamp", "rounding": "half_up"},
        {"multipliers": "all", "earning_base": "before_discounts", "redeem_same_purchase": True},
    ],
)
def test_policies_that_nobody_touched_are_given_back(told):
    told = {**DEFAULT_POLICIES, **told}
    data = {f"p-{name}": value for name, value in policies.filled(told).items()}

    shown = policies.PoliciesForm(data, prefix="p", original=told)

    assert shown.is_valid(), shown.errors
    assert shown.policies() == told


def test_life_without_a_number_is_refused_beside_it():
    data = {f"p-{name}": value for name, value in policies.filled(DEFAULT_POLICIES).items()}

    shown = policies.PoliciesForm({**data, "p-life": "days"}, prefix="p", original=DEFAULT_POLICIES)

    assert not shown.is_valid()
    assert list(shown.errors) == ["count"]
