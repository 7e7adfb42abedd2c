"""Random promises and baskets against the slow and obvious model."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards import rules
from rewards.rules import Facts, Line
from rewards.tests.promises import TUESDAY, rule
from rewards.tests.slow_rules import LINES, PLAIN, Bought, named, promises, slow


def fast(wanted: list[dict], bought: Bought, rounding: str, multipliers: str) -> dict[str, int]:
    lines = tuple(Line(worth, Decimal(units), "", category) for worth, units, category in bought.lines)
    found = Facts(base=sum(line.amount for line in lines), lines=lines, moment=TUESDAY, local=TUESDAY, left=bought.left)
    read = rules.parse(wanted, rounding=rounding, multipliers=multipliers)
    return {award.rule: award.points for award in rules.evaluate(read, found)}


@pytest.mark.parametrize("multipliers", ["best", "all"])
@settings(max_examples=150, deadline=None)
@given(data=st.data(), rounding=st.sampled_from(["down", "half_up", "up"]), lines=LINES)
def test_any_promise_gives_what_the_slow_model_gives(multipliers, data, rounding, lines):
    wanted = data.draw(promises(multipliers=multipliers))
    left = data.draw(st.dictionaries(st.sampled_from([one["name"] for one in wanted]), st.integers(0, 4), max_size=2))
    bought = Bought([line for line in lines if line[0] > 0] or [(100, 1, "")], left)

    assert fast(wanted, bought, rounding, multipliers) == slow(wanted, bought, rounding, multipliers)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), lines=LINES, multipliers=st.sampled_from(["best", "all"]))
def test_the_parts_add_up_and_none_is_negative(data, lines, multipliers):
    wanted = data.draw(promises(multipliers=multipliers))

    points = fast(wanted, Bought(lines, {}), "half_up", multipliers)

    assert all(type(one) is int and one > 0 for one in points.values())


@settings(max_examples=100, deadline=None)
@given(data=st.data(), lines=LINES)
def test_the_order_of_rules_matters_only_on_a_tie(data, lines):
    """Without factors, and with exclusive rules of different priorities, any order gives the same."""
    plain = named(data.draw(st.lists(PLAIN, min_size=1, max_size=5)))
    plain = [{**one, "priority": number} for number, one in enumerate(plain)]
    bought = Bought(lines, {})

    there = fast(plain, bought, "down", "best")
    back = fast(data.draw(st.permutations(plain)), bought, "down", "best")

    assert there == back


@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(1, 9), st.integers(1, 300)), min_size=1, max_size=4),
    less=st.integers(0, 10**6),
    more=st.integers(0, 10**6),
)
def test_more_money_never_earns_less_where_rules_count_amounts_only(steps, less, more):
    wanted = [
        rule({"per_amount": {"points": points, "every": every}}, f"r{number}")
        for number, (points, every) in enumerate(steps)
    ]
    read = rules.parse(wanted)

    first, second = (
        sum(award.points for award in rules.evaluate(read, Facts(base=base))) for base in (less, less + more)
    )

    assert 0 <= first <= second
