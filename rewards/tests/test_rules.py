"""What earns, decided by plain values; no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards import rules
from rewards.rules import Facts, InvalidRule

ONE_PER_EURO = {"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}
FIVE_PER_TEN = {"name": "5 per ten", "trigger": "purchase", "award": {"per_amount": {"points": 5, "every": 1000}}}


def points(base, *wanted):
    return [award.points for award in rules.evaluate(rules.parse(list(wanted)), Facts(base=base))]


@pytest.mark.parametrize(("base", "expected"), [(0, []), (99, []), (100, [1]), (199, [1]), (200, [2]), (-500, [])])
def test_per_amount_counts_full_steps(base, expected):
    assert points(base, ONE_PER_EURO) == expected


def test_rules_award_side_by_side():
    assert points(2599, ONE_PER_EURO, FIVE_PER_TEN) == [25, 10]


def test_an_award_says_why():
    [award] = rules.evaluate(rules.parse([FIVE_PER_TEN]), Facts(base=2599))

    assert rules.why(award.stored(), lambda minor: f"€{minor / 100:.2f}") == "5 for each full €10.00 of €25.99"


@given(st.integers(0, 10**12), st.integers(1, 1000), st.integers(1, 10**6))
def test_per_amount_never_grows_when_something_comes_back(base, given_points, every):
    rule = {"name": "r", "award": {"per_amount": {"points": given_points, "every": every}}}

    before, after = sum(points(base, rule)), sum(points(base // 2, rule))

    assert 0 <= after <= before


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ([], "rules"),
        ("all", "rules"),
        ([5], "rules[0]"),
        ([{**ONE_PER_EURO, "wen": {}}], "rules[0].wen"),
        ([{**ONE_PER_EURO, "trigger": "moon"}], "rules[0].trigger"),
        ([{**ONE_PER_EURO, "name": " "}], "rules[0].name"),
        ([ONE_PER_EURO, {**ONE_PER_EURO, "name": 7}], "rules[1].name"),
        ([{**ONE_PER_EURO, "award": {}}], "rules[0].award"),
        ([{**ONE_PER_EURO, "award": {"per_amount": {"points": 1, "every": 1}, "fixed": 1}}], "rules[0].award"),
        ([{**ONE_PER_EURO, "award": {"luck": 1}}], "rules[0].award"),
        ([{**ONE_PER_EURO, "award": {"per_amount": {"points": 1}}}], "rules[0].award.per_amount"),
        ([{**ONE_PER_EURO, "award": {"per_amount": {"points": 0, "every": 100}}}], "rules[0].award.per_amount.points"),
        (
            [{**ONE_PER_EURO, "award": {"per_amount": {"points": 1.5, "every": 100}}}],
            "rules[0].award.per_amount.points",
        ),
        (
            [{**ONE_PER_EURO, "award": {"per_amount": {"points": True, "every": 100}}}],
            "rules[0].award.per_amount.points",
        ),
        ([{**ONE_PER_EURO, "award": {"per_amount": {"points": 1, "every": -100}}}], "rules[0].award.per_amount.every"),
        (
            [{**ONE_PER_EURO, "award": {"per_amount": {"points": 1, "every": 10**10}}}],
            "rules[0].award.per_amount.every",
        ),
    ],
)
def test_rules_that_cannot_work_are_refused_with_the_place_named(rule, field):
    with pytest.raises(InvalidRule) as refusal:
        rules.parse(rule)

    assert refusal.value.field == field
