"""Rules that cannot work are refused with a sentence and the place."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from rewards import rules
from rewards.programs import CHOICES, DEFAULT_POLICIES
from rewards.rules import InvalidRule, conditions, parsing
from rewards.rules import limits as bounds
from rewards.tests.promises import rule

TWICE = [rule(1, "a"), rule(2, " A ")]
MULTIPLY = {"multiply": "2"}


def when(**conditions):
    return [rule(1, when=conditions)]


def limits(**bounds):
    return [rule(1, limits=bounds)]


def award(**kinds):
    return [rule(kinds)]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ([], "rules"),
        ("all", "rules"),
        ([rule(1, f"{n}") for n in range(51)], "rules"),
        ([5], "rules[0]"),
        ([rule(1, trigger="Full moon!")], "rules[0].trigger"),
        ([rule(1, trigger="x" * 41)], "rules[0].trigger"),
        ([rule(1, trigger="")], "rules[0].trigger"),
        ([rule(1, trigger="signup")], "rules[0].award.per_amount"),
        ([rule({"per_item": 2}, trigger="visit")], "rules[0].award.per_item"),
        ([rule(1, "a"), rule({"multiply": "2"}, trigger="review")], "rules[1].award.multiply"),
        ([rule({"fixed": 5}, trigger="review", when={"min_amount": 100})], "rules[0].when.min_amount"),
        ([rule({"fixed": 5}, trigger="review", when={"skus": ["a"]})], "rules[0].when.skus"),
        ([rule({"fixed": 5}, trigger="review", when={"first_purchase": True})], "rules[0].when.first_purchase"),
        ([rule({"fixed": 5}, trigger="review", when={"channels": ["web"]})], "rules[0].when.channels"),
        ([rule({"fixed": 5}, trigger="review", when={"code": "X"})], "rules[0].when.code"),
        ([rule({"fixed": 5}, trigger="signup", when={"locations": ["loc_1"]})], "rules[0].when.locations"),
        ([rule({"fixed": 5}, trigger="birthday", when={"hours": ["10:00", "12:00"]})], "rules[0].when.hours"),
        (
            [rule({"fixed": 5}, trigger="review", limits={"max_per_purchase": 3})],
            "rules[0].limits.max_per_purchase",
        ),
        ([rule(1, " ")], "rules[0].name"),
        ([rule(1), rule(1, 7)], "rules[1].name"),
        ([rule(1), rule(1, "x" * 101)], "rules[1].name"),
        (TWICE, "rules[1].name"),
        (award(), "rules[0].award"),
        ([rule(None)], "rules[0].award"),
        (award(per_amount={"points": 1, "every": 1}, fixed=1), "rules[0].award"),
        (award(luck=1), "rules[0].award"),
        (award(per_amount={"points": 1}), "rules[0].award.per_amount"),
        (award(per_amount={"points": 0, "every": 100}), "rules[0].award.per_amount.points"),
        (award(per_amount={"points": 1.5, "every": 100}), "rules[0].award.per_amount.points"),
        (award(per_amount={"points": True, "every": 100}), "rules[0].award.per_amount.points"),
        (award(per_amount={"points": 1, "every": 0}), "rules[0].award.per_amount.every"),
        (award(per_amount={"points": 1, "every": -100}), "rules[0].award.per_amount.every"),
        (award(per_amount={"points": 1, "every": 10**10}), "rules[0].award.per_amount.every"),
        (award(per_item=0), "rules[0].award.per_item"),
        (award(per_item="2"), "rules[0].award.per_item"),
        (award(fixed=-5), "rules[0].award.fixed"),
        (award(fixed=10**9), "rules[0].award.fixed"),
        ([rule(1, "a"), rule({"multiply": "0"})], "rules[1].award.multiply"),
        ([rule(1, "a"), rule({"multiply": "-2"})], "rules[1].award.multiply"),
        ([rule(1, "a"), rule({"multiply": "1"})], "rules[1].award.multiply"),
        ([rule(1, "a"), rule({"multiply": "101"})], "rules[1].award.multiply"),
        ([rule(1, "a"), rule({"multiply": 1.5})], "rules[1].award.multiply"),
        ([rule(1, "a"), rule({"multiply": "1,5"})], "rules[1].award.multiply"),
        ([rule(1, "a"), rule({"multiply": "1e3"})], "rules[1].award.multiply"),
        ([rule(1, "a"), rule({"multiply": None})], "rules[1].award.multiply"),
        ([rule({"fixed": 5}, "a"), rule(MULTIPLY)], "rules[1].award.multiply"),
        ([rule(1, "a"), rule(MULTIPLY, exclusive=True)], "rules[1].exclusive"),
        ([rule(1, exclusive="yes")], "rules[0].exclusive"),
        ([rule(1, priority=1.5)], "rules[0].priority"),
        ([rule(1, priority=10**6)], "rules[0].priority"),
        ([rule(1, when=[])], "rules[0].when"),
        (when(min_amount=-1), "rules[0].when.min_amount"),
        (when(min_amount=10**13), "rules[0].when.min_amount"),
        (when(min_amount="5"), "rules[0].when.min_amount"),
        (when(categories=[]), "rules[0].when.categories"),
        (when(categories="cake"), "rules[0].when.categories"),
        (when(skus=["a", " "]), "rules[0].when.skus"),
        (when(skus=[1]), "rules[0].when.skus"),
        (when(channels=[]), "rules[0].when.channels"),
        (when(locations=["l" * 101]), "rules[0].when.locations"),
        (when(categories=["cake"], exclude_categories=["Cake", "tea"]), "rules[0].when.exclude_categories"),
        (when(skus=["a"], exclude_skus=["a"]), "rules[0].when.exclude_skus"),
        (when(weekdays=[]), "rules[0].when.weekdays"),
        (when(weekdays=[0]), "rules[0].when.weekdays"),
        (when(weekdays=[8]), "rules[0].when.weekdays"),
        (when(weekdays=[True]), "rules[0].when.weekdays"),
        (when(weekdays=2), "rules[0].when.weekdays"),
        (when(hours=["15:00"]), "rules[0].when.hours"),
        (when(hours=["15:00", "15:00"]), "rules[0].when.hours"),
        (when(hours=["24:00", "03:00"]), "rules[0].when.hours"),
        (when(hours=["3pm", "5pm"]), "rules[0].when.hours"),
        (when(hours=[15, 17]), "rules[0].when.hours"),
        (when(hours=["15:00", "25:00"]), "rules[0].when.hours"),
        (when(starts_at="soon"), "rules[0].when.starts_at"),
        (when(starts_at=5), "rules[0].when.starts_at"),
        (when(ends_at="2026-13-01"), "rules[0].when.ends_at"),
        (when(ends_at="0001-01-01T00:00:00+14:00"), "rules[0].when.ends_at"),
        (when(starts_at="2026-03-10T10:00:00Z", ends_at="2026-03-10T11:00:00+01:00"), "rules[0].when.ends_at"),
        (when(starts_at="2026-03-10", ends_at="2026-03-12", weekdays=[1, 5]), "rules[0].when.weekdays"),
        (when(starts_at="2026-03-10", ends_at="2026-03-10T12:00", hours=["13:00", "20:00"]), "rules[0].when.hours"),
        (when(first_purchase=1), "rules[0].when.first_purchase"),
        (when(birthday_window_days=-1), "rules[0].when.birthday_window_days"),
        (when(birthday_window_days=181), "rules[0].when.birthday_window_days"),
        (when(code=" "), "rules[0].when.code"),
        (when(code=5), "rules[0].when.code"),
        ([rule(1, limits={})], "rules[0].limits"),
        ([rule(1, limits=5)], "rules[0].limits"),
        (limits(max_per_purchase=0), "rules[0].limits.max_per_purchase"),
        (limits(per_customer=3), "rules[0].limits.per_customer"),
        (limits(per_customer={"period": "day"}), "rules[0].limits.per_customer"),
        (limits(per_customer={"times": 1, "points": 2, "period": "day"}), "rules[0].limits.per_customer"),
        (limits(per_customer={"times": 0, "period": "day"}), "rules[0].limits.per_customer.times"),
        (limits(total={"points": 1.5, "period": "day"}), "rules[0].limits.total.points"),
        (limits(total={"points": 5, "period": "decade"}), "rules[0].limits.total.period"),
        (limits(total={"points": 5, "period": []}), "rules[0].limits.total.period"),
    ],
)
def test_rules_that_cannot_work_are_refused_with_the_place_named(wanted, field):
    with pytest.raises(InvalidRule) as refusal:
        rules.parse(wanted)

    assert (refusal.value.field, refusal.value.code) == (field, "invalid_rule")
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ([rule(1, wen={})], "rules[0].wen"),
        (when(tiers=["Friend"]), "rules[0].when.tiers"),
        (when(audiences=["a"]), "rules[0].when.audiences"),
        (when(weekday=[2]), "rules[0].when.weekday"),
        (limits(per_week={"times": 1}), "rules[0].limits.per_week"),
        (limits(total={"times": 1, "per": "day"}), "rules[0].limits.total.per"),
    ],
)
def test_what_nobody_knows_is_refused_by_name(wanted, field):
    with pytest.raises(InvalidRule) as refusal:
        rules.parse(wanted)

    assert (refusal.value.field, refusal.value.code) == (field, "unknown_field")


def test_all_multipliers_are_without_line_conditions():
    wanted = [rule(1, "a"), rule(MULTIPLY, when={"categories": ["cake"]})]

    with pytest.raises(InvalidRule) as refusal:
        rules.parse(wanted, multipliers="all")

    assert refusal.value.field == "rules[1].when"
    assert len(rules.parse(wanted, multipliers="best").rules) == 2


def test_an_exclusive_multiplier_is_refused():
    with pytest.raises(InvalidRule):
        rules.parse([rule(1, "a"), rule(MULTIPLY, exclusive=True)])


@pytest.mark.parametrize(
    "conditions",
    [
        {"starts_at": "2026-03-10", "ends_at": "2026-03-11", "weekdays": [2]},
        {"starts_at": "2026-03-10", "ends_at": "2026-03-17", "weekdays": [1]},
        {"starts_at": "2026-03-10T23:00", "ends_at": "2026-03-11T01:00", "hours": ["22:00", "02:00"]},
        {"starts_at": "2026-03-10T01:00", "ends_at": "2026-03-10T01:30", "hours": ["22:00", "02:00"]},
        {"starts_at": "2026-03-10", "ends_at": "2027-03-10", "weekdays": [7], "hours": ["09:00", "10:00"]},
        {"starts_at": "9999-12-29T00:00:00Z", "ends_at": "9999-12-29T12:00:00Z", "hours": ["09:00", "10:00"]},
        {"categories": ["cake", "tea"], "exclude_categories": ["tea"]},
    ],
)
def test_conditions_that_can_hold_are_taken(conditions):
    assert rules.parse(when(**conditions)).rules[0].when is not None


def test_a_period_is_ever_unless_said_otherwise():
    [found] = rules.parse(limits(total={"times": 5})).rules

    assert found.limits.total == rules.Limit(period="ever", times=5)


def test_rules_say_which_facts_they_look_at():
    plain = rules.parse([rule(1)])
    curious = rules.parse(
        [
            rule({"per_item": 1}, "a", when={"hours": ["15:00", "17:00"], "locations": ["loc_1"]}),
            rule(1, "b", when={"first_purchase": True, "birthday_window_days": 3, "code": "x"}),
            rule(1, "c", limits={"total": {"times": 1}}),
        ]
    )

    assert plain.needs == frozenset()
    assert curious.needs == {"lines", "clock", "location", "first", "birthday", "code", "uses"}


def test_everything_that_rules_know_is_in_the_docs():
    page = (Path(settings.BASE_DIR) / "docs/points.md").read_text()
    known = [*parsing.RULE_PARTS, *parsing.KINDS, *conditions.READERS, "max_per_purchase", *bounds.SCOPES]
    known += [*bounds.PERIODS, *DEFAULT_POLICIES, *(choice for choices in CHOICES.values() for choice in choices)]

    assert [name for name in known if not re.search(rf"`{name}\b", page)] == []
