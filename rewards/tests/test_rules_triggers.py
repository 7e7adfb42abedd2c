"""Rules for what is no purchase: chosen by the trigger in the facts, said in words."""

import pytest
from django.utils import translation

from rewards import rules
from rewards.rules import Facts
from rewards.tests.promises import facts, given, rule


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def money(minor: int) -> str:
    return f"{minor / 100:.2f} €"


def points(count: int) -> str:
    return f"{count} points"


def fixed(number, name, trigger, **parts):
    return rule({"fixed": number}, name, trigger=trigger, **parts)


def test_only_rules_for_what_happened_award():
    wanted = [rule(1, "euro"), fixed(20, "review", "review"), fixed(3, "tasting", "wine_tasting")]

    assert given(wanted, facts(500)) == {"euro": 5}
    assert given(wanted, Facts(base=0, trigger="review")) == {"review": 20}
    assert given(wanted, Facts(base=0, trigger="wine_tasting")) == {"tasting": 3}
    assert given(wanted, Facts(base=0, trigger="visit")) == {}


def test_exclusive_rule_stands_alone_among_those_of_its_trigger():
    wanted = [rule(1, "euro"), fixed(20, "a", "review"), fixed(9, "b", "review", exclusive=True)]

    assert given(wanted, Facts(base=0, trigger="review")) == {"b": 9}
    assert given(wanted, facts(500)) == {"euro": 5}


def test_what_rules_need_is_what_the_rules_of_a_trigger_need():
    limited = fixed(5, "review", "review", limits={"per_customer": {"times": 1}})
    read = rules.parse([rule(1, "coffee", when={"categories": ["coffee"]}), limited])

    assert read.on("purchase").needs == {"lines"}
    assert read.on("review").needs == {"uses"}
    assert (read.on("visit").rules, read.on("visit").needs) == ((), frozenset())


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("signup", "5 points for joining."),
        ("birthday", "5 points on the birthday."),
        ("review", "5 points for a review."),
        ("wine_tasting", "5 points for: wine tasting."),
        ("referral_friend", "5 points for coming on a friend's recommendation."),
    ],
)
def test_rule_says_what_it_gives_something_for(trigger, said):
    [read] = rules.parse([fixed(5, "r", trigger)]).rules

    assert rules.sentence(read, money=money, points=points) == said


def test_reason_says_what_was_done():
    [award] = rules.evaluate(rules.parse([fixed(5, "r", "review")]), Facts(base=0, trigger="review"))

    assert rules.why(award.stored(), money) == "5 for a review"
    assert rules.why(award.stored(), money, cash=True) == "0.05 € for a review"


@pytest.mark.parametrize(
    ("award", "said"),
    [
        ({"kind": "per_amount", "points": 25, "base": 500, "terms": {"points": 5, "every": 100}},
         "0.05 € for each full 1.00 € of 5.00 €"),
        ({"kind": "per_item", "points": 50, "base": 0, "terms": {"points": 25, "units": 2}},
         "0.25 € for each of 2 items"),
        ({"kind": "fixed", "points": 30, "base": 0, "terms": {"points": 50, "cut_from": 50}},
         "0.50 € for the purchase, cut to 0.30 € by a limit"),
        ({"kind": "multiply", "points": 25, "base": 25, "terms": {"factor": "2"}}, "0.25 € × 2"),
    ],
)  # fmt: skip
def test_reason_of_cashback_is_money(award, said):
    assert rules.why(award, money, cash=True) == said
