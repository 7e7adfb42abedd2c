"""What rules give, decided by plain values; no database. Each ruling of the contract is a test named after it."""

import pytest

from rewards import rules
from rewards.tests.promises import TUESDAY, facts, given, line, rule

PER_EURO = rule(1, "euro")
DOUBLE = rule({"multiply": "2"}, "double")


@pytest.mark.parametrize(("base", "expected"), [(0, {}), (99, {}), (100, {"r": 1}), (199, {"r": 1}), (-500, {})])
def test_per_amount_counts_full_steps(base, expected):
    assert given([rule(1)], facts(base)) == expected


def test_rules_award_side_by_side_and_say_so():
    wanted = [PER_EURO, rule({"per_amount": {"points": 5, "every": 1000}}, "ten"), rule({"fixed": 3}, "visit")]

    awards = rules.evaluate(rules.parse(wanted), facts(2599))

    assert [(one.rule, one.kind, one.points, one.base, one.terms) for one in awards] == [
        ("euro", "per_amount", 25, 2599, {"points": 1, "every": 100}),
        ("ten", "per_amount", 10, 2599, {"points": 5, "every": 1000}),
        ("visit", "fixed", 3, 2599, {"points": 3}),
    ]


def test_per_item_counts_matching_units():
    wanted = [rule({"per_item": 5}, "coffee", when={"categories": ["Coffee"]})]
    basket = [line(500, "coffee", quantity="2"), line(300, "cake", quantity="3")]

    assert given(wanted, facts(None, *basket)) == {"coffee": 10}


@pytest.mark.parametrize(
    ("quantities", "expected"), [(["0.5", "0.5"], {"r": 7}), (["0.999"], {}), (["2.5"], {"r": 14})]
)
def test_per_item_counts_whole_units_of_all_lines_together(quantities, expected):
    basket = [line(100, quantity=quantity) for quantity in quantities]

    assert given([rule({"per_item": 7})], facts(None, *basket)) == expected


def test_more_coming_back_than_bought_on_one_receipt_gives_nothing():
    basket = [line(500, quantity="1"), line(-900, quantity="-2")]

    assert given([rule({"per_item": 7}, "item"), PER_EURO], facts(None, *basket)) == {}


def test_an_amount_without_lines_has_no_items():
    assert given([rule({"per_item": 7})], facts(1000)) == {}


def test_fixed_is_given_once_even_for_nothing():
    assert given([rule({"fixed": 5})], facts(0)) == {"r": 5}


# Multipliers


@pytest.mark.parametrize(
    ("factor", "rounding", "expected"),
    [
        ("2", "down", 15),
        ("1.5", "down", 7),
        ("1.5", "half_up", 8),
        ("1.5", "up", 8),
        ("1.2", "half_up", 3),
        ("1.01", "down", 0),
        ("1.01", "half_up", 0),
        ("1.01", "up", 1),
    ],
)
def test_multiply_adds_the_base_times_the_factor_less_one(factor, rounding, expected):
    found = given([PER_EURO, rule({"multiply": factor}, "x")], facts(1500), rounding=rounding)

    assert found.get("x", 0) == expected


def test_multiply_counts_amounts_and_items_and_no_fixed_awards():
    wanted = [PER_EURO, rule({"per_item": 2}, "item"), rule({"fixed": 100}, "visit"), DOUBLE]

    assert given(wanted, facts(None, line(1000, quantity="3"))) == {"euro": 10, "item": 6, "visit": 100, "double": 16}


def test_per_amount_counts_whole_steps_always_and_rounding_concerns_multipliers_only():
    for rounding in ("down", "half_up", "up"):
        assert given([PER_EURO], facts(199), rounding=rounding) == {"euro": 1}


def test_the_base_of_a_multiplier_is_what_rules_award_on_the_lines_it_matches():
    wanted = [PER_EURO, rule({"multiply": "3"}, "cake", when={"categories": ["cake"]})]

    assert given(wanted, facts(None, line(1000, "coffee"), line(550, "cake"))) == {"euro": 15, "cake": 10}


def test_a_multiplier_means_the_lines_that_both_rules_match():
    wanted = [
        rule(1, "hot", when={"categories": ["coffee", "tea"]}),
        rule({"multiply": "2"}, "green", when={"categories": ["tea", "cake"]}),
    ]

    basket = [line(1000, "coffee"), line(300, "tea"), line(700, "cake")]
    assert given(wanted, facts(None, *basket)) == {"hot": 13, "green": 3}


def test_the_base_of_a_multiplier_is_counted_after_the_limits_of_its_rules():
    wanted = [rule(1, "euro", limits={"max_per_purchase": 12}), DOUBLE]

    assert given(wanted, facts(2000)) == {"euro": 12, "double": 12}
    assert given([wanted[0], rule({"multiply": "2"}, "cake", when={"categories": ["cake"]})],
                 facts(None, line(1500, "cake"), line(500, "tea"))) == {"euro": 12, "cake": 12}  # fmt: skip


def test_best_is_the_multiplier_with_most_extra_points():
    wanted = [PER_EURO, rule({"multiply": "3"}, "cake", when={"categories": ["cake"]}), DOUBLE]

    assert given(wanted, facts(None, line(1000, "coffee"), line(900, "cake"))) == {"euro": 19, "double": 19}
    assert given(wanted, facts(None, line(900, "coffee"), line(1000, "cake"))) == {"euro": 19, "cake": 20}


def test_best_is_the_earlier_rule_on_a_tie_whatever_its_priority():
    wanted = [PER_EURO, DOUBLE, rule({"multiply": "2"}, "later", priority=9)]

    assert given(wanted, facts(500)) == {"euro": 5, "double": 5}


def test_best_counts_extra_points_after_the_multipliers_own_limits():
    wanted = [PER_EURO, rule({"multiply": "3"}, "triple", limits={"max_per_purchase": 4}), DOUBLE]

    assert given(wanted, facts(1000)) == {"euro": 10, "double": 10}


def test_all_multiply_each_other_in_priority_then_listed_order():
    wanted = [PER_EURO, rule({"multiply": "1.5"}, "a"), rule({"multiply": "1.5"}, "b"), DOUBLE | {"priority": 5}]

    # 7 → 14 → 21 → 31.5, rounded down
    assert given(wanted, facts(700), multipliers="all") == {"euro": 7, "double": 7, "a": 7, "b": 10}


def test_all_give_each_what_its_turn_adds_to_the_rounded_product():
    wanted = [PER_EURO, rule({"multiply": "1.25"}, "a"), rule({"multiply": "1.25"}, "b")]

    # 5 → 6.25 → 7.8125
    assert given(wanted, facts(500), multipliers="all", rounding="half_up") == {"euro": 5, "a": 1, "b": 2}


def test_a_multiplier_that_is_used_up_is_no_factor():
    wanted = [PER_EURO, DOUBLE | {"limits": {"total": {"times": 1}}}, rule({"multiply": "3"}, "b")]

    assert given(wanted, facts(500, left={"double": 0}), multipliers="all") == {"euro": 5, "b": 10}


# Exclusive rules


def test_of_exclusive_rules_only_the_one_with_the_highest_priority_awards():
    wanted = [PER_EURO, rule(5, "a", exclusive=True), rule(3, "b", exclusive=True, priority=1), DOUBLE]

    assert given(wanted, facts(100)) == {"b": 3, "double": 3}


def test_of_exclusive_rules_the_first_listed_awards_on_a_tie():
    wanted = [PER_EURO, rule(5, "a", exclusive=True, priority=2), rule(3, "b", exclusive=True, priority=2)]

    assert given(wanted, facts(100)) == {"a": 5}


def test_an_exclusive_rule_that_does_not_apply_excludes_nothing():
    wanted = [PER_EURO, rule(5, "a", exclusive=True, when={"weekdays": [1]})]

    assert given(wanted, facts(100)) == {"euro": 1}


def test_an_exclusive_rule_that_is_used_up_excludes_nothing():
    wanted = [PER_EURO, rule({"fixed": 50}, "a", exclusive=True, limits={"per_customer": {"times": 1}})]

    assert given(wanted, facts(100, left={"a": 0})) == {"euro": 1}


# Limits


def test_an_award_is_cut_to_what_is_left_of_a_points_limit():
    awards = rules.evaluate(rules.parse([rule(1, limits={"total": {"points": 50}})]), facts(2000, left={"r": 12}))

    assert [(one.points, one.terms["cut_from"]) for one in awards] == [(12, 20)]


def test_an_award_is_left_out_past_a_times_limit():
    assert given([rule(1, limits={"total": {"times": 2}})], facts(2000, left={"r": 0})) == {}


def test_the_smallest_bound_counts():
    assert given([rule(1, limits={"max_per_purchase": 7})], facts(2000, left={"r": 12})) == {"r": 7}


@pytest.mark.parametrize(
    ("limits", "mine", "everybody", "expected"),
    [
        ({"per_customer": {"times": 2}}, (1, 500), (9, 9), None),
        ({"per_customer": {"times": 2}}, (2, 0), (0, 0), 0),
        ({"per_customer": {"points": 20}}, (5, 12), (0, 0), 8),
        ({"per_customer": {"points": 20}}, (5, 25), (0, 0), 0),
        ({"per_customer": {"points": 20}, "total": {"points": 100}}, (1, 5), (9, 97), 3),
        ({"per_customer": {"points": 20}, "total": {"times": 10}}, (1, 5), (10, 50), 0),
        ({"max_per_purchase": 3}, (0, 0), (0, 0), None),
    ],
)
def test_what_is_left_of_limits(limits, mine, everybody, expected):
    [found] = rules.parse([rule(1, limits=limits)]).rules

    assert rules.left(found, mine=mine, everybody=everybody) == expected


def test_no_slip_of_the_finger_gives_more_than_the_ledger_takes():
    wanted = [rule({"per_amount": {"points": 10**5, "every": 1}}, "a"), rule({"multiply": "100"}, "x")]

    assert given(wanted, facts(10**12)) == {"a": 10**15, "x": 10**15}


@pytest.mark.parametrize(
    ("local", "expected"),
    [((10, 15, 0), 24), ((10, 16, 59), 24), ((10, 17, 0), 12), ((10, 14, 59), 12), ((11, 15, 30), 12)],
)
def test_the_happy_hour_of_the_contract(local, expected):
    """Its first two rules: 1 per euro, and twice that on Tuesdays from 15:00 until 17:00."""
    day, hour, minute = local
    moment = TUESDAY.replace(day=day, hour=hour, minute=minute)
    happy = rule({"multiply": "2"}, "Happy hour", when={"weekdays": [2], "hours": ["15:00", "17:00"]})

    assert sum(given([PER_EURO, happy], facts(1250, local=moment)).values()) == expected
