"""Rules and reasons in words."""

from fractions import Fraction

import pytest
from django.utils import timezone, translation

from rewards import rules
from rewards.tests.promises import facts, line, rule

WRITE = {
    "money": lambda minor: f"€{minor // 100}" if minor % 100 == 0 else f"€{minor / 100:.2f}",
    "points": lambda count: f"{count} points" if count > 1 else "1 point",
}


def said(wanted: dict, **more) -> str:
    [found] = rules.parse([wanted], zone="Europe/Madrid").rules
    with timezone.override("Europe/Madrid"):
        return rules.sentence(found, **WRITE, **more)


def reasons(wanted: list[dict], found, **policies) -> list[str]:
    awards = rules.evaluate(rules.parse(wanted, **policies), found)
    return [rules.why(award, WRITE["money"]) for award in rules.with_whens((one.stored() for one in awards), wanted)]


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (rule(1), "1 point for each full €1."),
        (
            rule(2, when={"weekdays": [2], "hours": ["15:00", "17:00"]}),
            "2 points for each full €1 on Tuesdays, 15:00–17:00.",
        ),
        (
            rule({"per_item": 3}, when={"categories": ["Coffee"], "skus": ["T1"], "min_amount": 500}),
            "3 points for each item of Coffee, of T1, from €5 up.",
        ),
        (
            rule({"per_item": 3}, when={"categories": ["Coffee", "Tea"], "exclude_skus": ["T1"]}),
            "3 points for each item of Coffee, Tea, without T1.",
        ),
        (rule({"fixed": 20}, when={"first_purchase": True}), "20 points for a purchase if it is the first purchase."),
        (rule({"fixed": 20}, when={"first_purchase": False}), "20 points for a purchase after the first purchase."),
        (
            rule(1, when={"channels": ["web", "stall"], "exclude_skus": ["x"], "code": "SPRING"}),
            "1 point for each full €1 without x, sold through: web, stall, with the code SPRING.",
        ),
        (rule({"fixed": 9}, when={"birthday_window_days": 0}), "9 points for a purchase on the birthday."),
        (
            rule({"fixed": 9}, when={"birthday_window_days": 3}),
            "9 points for a purchase within 3 days of the birthday.",
        ),
        (
            rule(1, when={"starts_at": "2026-03-01", "ends_at": "2026-04-01"}),
            "1 point for each full €1 from 1 Mar 2026 on, through 31 Mar 2026.",
        ),
        (
            rule(1, when={"starts_at": "2026-03-01T10:00", "ends_at": "2026-04-01T12:30"}),
            "1 point for each full €1 from 1 Mar 2026, 10:00 on, until 1 Apr 2026, 12:30.",
        ),
        (
            rule(
                1,
                limits={
                    "max_per_purchase": 9,
                    "per_customer": {"times": 1, "period": "day"},
                    "total": {"points": 500, "period": "month"},
                },
            ),
            "1 point for each full €1; at most 9 points for a purchase; each customer at most once a day; "
            "all customers together at most 500 points a month.",
        ),
        (
            rule(1, limits={"total": {"times": 10}}, exclusive=True),
            "1 point for each full €1; all customers together at most 10 times ever; instead of every other rule.",
        ),
    ],
)
def test_a_rule_in_words(wanted, sentence):
    assert said(wanted) == sentence


def test_a_factor_in_words():
    [__, found] = rules.parse([rule(1, "a"), rule({"multiply": "1.50"}, when={"weekdays": [7, 6]})]).rules

    said = rules.sentence(found, **WRITE)
    assert said == "1.5 times the points for amounts and items on Saturdays, Sundays."


def test_locations_are_said_by_name():
    wanted = rule(1, when={"locations": ["loc_2", "loc_1"]})

    assert said(wanted, places={"loc_1": "Main Street"}) == "1 point for each full €1 at Main Street, loc_2."


def test_tiers_and_audiences_are_said_by_name():
    wanted = rule({"fixed": 9}, when={"tiers": ["Friend", "Gold", "Black"], "audiences": ["seg_1"]})

    assert said(wanted, places={"seg_1": "Press"}) == (
        "9 points for a purchase for members in the tier Friend, Gold or Black, for customers on the list Press."
    )


def test_a_factor_has_the_decimal_sign_of_its_reader():
    read = rules.with_tiers(rules.parse([rule(1, "euro")]), [("Regular", None), ("Friend", Fraction(3, 2))])
    award = rules.evaluate(read, facts(1000, tier="Friend"))[1].stored()

    with translation.override("es"):
        why = rules.why(award, WRITE["money"])

    assert "1,5" in why


def test_the_factor_of_a_tier_names_it():
    read = rules.with_tiers(rules.parse([rule(1, "euro")]), [("Regular", None), ("Friend", Fraction(3, 2))])

    awards = rules.evaluate(read, facts(1000, tier="Friend"))

    assert [award.points for award in awards] == [10, 5]
    assert [rules.why(award.stored(), WRITE["money"]) for award in awards] == [
        "1 for each full €1 of €10",
        "10 points × 1.5, as Friend",
    ]


def test_reasons_say_what_was_counted_and_under_which_conditions():
    wanted = [
        rule(1, "euro"),
        rule({"per_item": 2}, "item", when={"categories": ["coffee"]}),
        rule({"fixed": 9}, "visit", limits={"max_per_purchase": 5}),
        rule({"multiply": "1.5"}, "happy", when={"weekdays": [2], "hours": ["15:00", "17:00"]}),
    ]

    assert reasons(wanted, facts(None, line(1230, "coffee", quantity="3"))) == [
        "1 for each full €1 of €12.30",
        "2 for each of 3 items (of coffee)",
        "9 for the purchase, cut to 5 by a limit",
        "18 points × 1.5 (on Tuesdays, 15:00–17:00)",
    ]


def test_a_factor_on_top_of_another_says_what_it_multiplied():
    wanted = [rule(1, "euro"), rule({"multiply": "2"}, "a"), rule({"multiply": "3"}, "b")]

    said = reasons(wanted, facts(500), multipliers="all")

    assert said == ["1 for each full €1 of €5", "5 points × 2", "10 points × 3"]


def test_a_tiers_factor_on_cashback_says_whose_it_is():
    award = {"kind": "multiply", "base": 50, "points": 25, "terms": {"factor": "1.5", "tier": "Friend"}}

    assert rules.why(award, WRITE["money"], cash=True) == "€0.50 × 1.5, as Friend"
