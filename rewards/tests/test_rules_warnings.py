"""Rules that can never apply, always do, or make no difference: each is doubted by name, and nothing else is."""

from datetime import UTC, datetime

import pytest

from rewards import rules
from rewards.tests.promises import rule

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


def doubted(*wanted, **policies) -> list[tuple[str, str]]:
    found = rules.doubts(rules.parse(list(wanted), zone="Europe/Madrid", **policies), at=AT)
    return [(one.rule, one.code) for one in found]


FIXED, TWICE = {"fixed": 10}, {"multiply": "2"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (rule(1, when={"ends_at": "2026-03-10T12:00:00Z"}), "is_over"),
        (rule(FIXED), "always_gives"),
        (rule(FIXED, limits={"max_per_purchase": 10}), "always_gives"),
        ({**rule(FIXED), "trigger": "review"}, "always_gives"),
        (rule(1, when={"hours": ["00:00", "24:00"]}), "whole_day"),
        (rule(1, when={"weekdays": [1, 2, 3, 4, 5, 6, 7]}), "whole_week"),
        (rule(1, when={"birthday_window_days": 180}), "whole_year"),
        (rule(FIXED, when={"first_purchase": True}), "free_welcome"),
        (rule(10, limits={"max_per_purchase": 9}), "always_cut"),
        (rule(FIXED, limits={"per_customer": {"points": 9}}), "always_cut"),
        (rule(FIXED, limits={"total": {"points": 9}}), "always_cut"),
    ],
)
def test_odd_rule_is_doubted_for_its_reason(wanted, code):
    assert doubted(wanted) == [("r", code)]


@pytest.mark.parametrize(
    "wanted",
    [
        rule(1),
        rule(1, when={"ends_at": "2026-03-10T12:00:01Z"}),
        rule(FIXED, when={"min_amount": 1}),
        {**rule(FIXED), "trigger": "signup"},
        {**rule(FIXED, limits={"per_customer": {"times": 1, "period": "month"}}), "trigger": "review"},
        rule(FIXED, when={"first_purchase": False}),
        rule(FIXED, when={"first_purchase": True, "code": "hello"}),
        rule(FIXED, when={"first_purchase": True, "min_amount": 500}),
        rule(FIXED, limits={"per_customer": {"times": 1, "period": "day"}}),
        rule(10, limits={"max_per_purchase": 10}),
        rule(1, when={"hours": ["22:00", "02:00"]}),
        rule(1, when={"birthday_window_days": 179}),
    ],
)
def test_ordinary_rule_is_not_doubted(wanted):
    assert doubted(wanted) == []


def test_condition_that_is_none_leaves_a_rule_open():
    always = rule(FIXED, when={"weekdays": [1, 2, 3, 4, 5, 6, 7], "hours": ["00:00", "24:00"]})

    assert doubted(always) == [("r", "always_gives"), ("r", "whole_day"), ("r", "whole_week")]


def test_factor_for_everybody_always_is_doubted():
    assert doubted(rule(1, "a"), rule(TWICE, "b")) == [("b", "always_multiplies")]
    assert doubted(rule(1, "a"), rule(TWICE, "b", when={"weekdays": [2]})) == []


def test_rule_behind_an_open_exclusive_one_never_gives():
    first = rule(2, "first", exclusive=True)

    assert doubted(first, rule(1, "b")) == [("b", "shadowed")]
    assert doubted(rule(1, "a", exclusive=True, priority=1), first) == [("first", "shadowed")]
    assert doubted(rule(1, "a", exclusive=True, when={"channels": ["web"]}), rule(1, "b")) == []
    assert doubted(first, rule({"multiply": "2"}, "b", when={"weekdays": [2]})) == []
    assert doubted(first, {**rule(FIXED, "b"), "trigger": "signup"}) == []


def test_factor_behind_a_larger_one_that_everybody_has_never_counts():
    small = rule({"multiply": "1.5"}, "small", when={"weekdays": [2]})
    large = rule({"multiply": "2"}, "large")

    assert doubted(rule(1, "a"), small, large) == [("small", "outdone"), ("large", "always_multiplies")]
    assert doubted(rule(1, "a"), small, large, multipliers="all") == [("large", "always_multiplies")]


def test_of_two_equal_factors_the_later_never_counts():
    always = rule(TWICE, "always")

    assert ("tuesday", "outdone") in doubted(rule(1), always, rule(TWICE, "tuesday", when={"weekdays": [2]}))
    assert ("tuesday", "outdone") not in doubted(rule(1), rule(TWICE, "tuesday", when={"weekdays": [2]}), always)


def test_doubt_is_a_sentence_that_says_what_to_do():
    [found] = rules.doubts(rules.parse([rule(FIXED)]), at=AT)

    assert found.text == (
        "It gives the same for every purchase, even one of nothing, however often. Add a condition or a limit."
    )
