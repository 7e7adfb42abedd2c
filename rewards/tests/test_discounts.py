from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.merchants.refusals import Refusal
from rewards import discounts
from rewards.discounts import Claim, Line
from rewards.tests.slow_discounts import slow

COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}
CATEGORIES = ["coffee", "cake"]


def line(amount, category="", quantity=1, sku="") -> Line:
    return Line(amount, Decimal(quantity), sku, category)


def percent(number, most=None) -> dict:
    return {"kind": "percent_off", "percent": number, "max_amount": most}


def off(amount) -> dict:
    return {"kind": "amount_off", "amount": amount}


def claim(benefit, *, worth=0) -> Claim:
    return Claim(benefit, worth, "vouchers[0]")


def reckoned(lines, *benefits, **shipping):
    """What each benefit takes and each line has less."""
    worths = [one.get("amount", 0) for one in benefits]
    claims = [claim(one, worth=worth) for one, worth in zip(benefits, worths, strict=True)]
    found = discounts.reckon(lines=lines, claims=claims, **shipping)
    return found.taken, found.shares


@pytest.mark.parametrize(
    ("amounts", "benefit", "shares"),
    [
        ([1000, 1000, 1000], off(100), [34, 33, 33]),  # ties to the earlier line
        ([333, 333, 334], percent(50), [167, 166, 167]),
        ([1], percent(50), [1]),  # half up
        ([5], percent(30), [2]),
        ([1000, 500], off(5000), [1000, 500]),  # takes what there is
        ([1000, -100, 100], off(110), [100, 0, 10]),  # what is below zero gets no share
        ([1000, -999], off(100), [1, 0]),
        ([2000], percent(50, 300), [300]),
        ([0], percent(50), [0]),
        ([10**12, 1], percent(33), [330_000_000_000, 0]),
    ],
)
def test_amount_is_spread_over_the_lines_by_largest_remainder(amounts, benefit, shares):
    [taken], found = reckoned([line(amount) for amount in amounts], benefit)

    assert (found, taken) == (shares, sum(shares))


def test_percent_comes_before_fixed_whatever_the_order_given():
    first = reckoned([line(2000)], off(300), percent(10))
    second = reckoned([line(2000)], percent(10), off(300))

    assert (first, second) == (([300, 200], [500]), ([200, 300], [500]))


def test_percentages_follow_each_other_on_what_is_left():
    assert reckoned([line(1001)], percent(50), percent(10)) == ([501, 50], [551])


def test_free_product_is_the_cheapest_matching_unit():
    lines = [line(900, "Coffee", 3), line(250, "coffee"), line(100, "cake")]

    assert reckoned(lines, COFFEE) == ([250], [0, 250, 0])
    assert reckoned(lines, {**COFFEE, "quantity": 3}) == ([850], [600, 250, 0])


def test_free_products_of_one_line_cost_it_exactly_however_they_are_taken():
    three = [line(1000, "coffee", 3)]

    assert reckoned(three, COFFEE, COFFEE, COFFEE) == ([333, 334, 333], [1000])
    assert reckoned(three, {**COFFEE, "quantity": 3}) == ([1000], [1000])


@pytest.mark.parametrize(
    ("quantity", "amount", "free"),
    [("0.350", 700, 700), ("2.5", 1000, 400), ("1.333", 1000, 750), ("1000", 1, 0)],
)
def test_a_unit_of_what_is_weighed_is_a_whole_one_as_far_as_there_is_one(quantity, amount, free):
    assert reckoned([line(amount, "coffee", quantity)], COFFEE) == ([free], [free])


def test_free_product_goes_on_with_the_next_line_where_the_first_is_less_than_a_unit():
    lines = [line(60, "coffee", "0.3"), line(300, "coffee")]

    assert reckoned(lines, COFFEE) == ([270], [60, 210])


def test_free_product_is_found_by_its_sku():
    by_sku = {"kind": "free_product", "sku": " c1 ", "category": None, "quantity": None}

    assert reckoned([line(300, sku="C2"), line(400, sku="C1")], by_sku) == ([400], [0, 400])


@pytest.mark.parametrize(
    "lines", [[line(300, "cake")], [line(0, "coffee")], [line(300, "coffee", 0)], [line(-300, "coffee"), line(300)]]
)
def test_free_product_that_is_not_in_the_basket_is_refused(lines):
    with pytest.raises(discounts.NotApplicable) as refusal:
        reckoned(lines, COFFEE)

    assert refusal.value.field == "vouchers[0]"


def test_the_second_of_two_free_products_wants_a_unit_of_its_own():
    with pytest.raises(discounts.NotApplicable):
        reckoned([line(300, "coffee")], COFFEE, COFFEE)


def test_free_product_takes_no_more_than_the_basket_costs():
    assert reckoned([line(300, "coffee"), line(-100)], COFFEE) == ([200], [200, 0])


def test_free_shipping_takes_what_is_left_of_the_shipping():
    free = {"kind": "free_shipping"}
    own_line = {"shipping": 500, "shipping_at": 1}

    assert reckoned([line(1000), line(500)], free, **own_line) == ([500], [0, 500])
    assert reckoned([line(1000), line(500)], free, percent(50), **own_line) == ([250, 750], [500, 500])
    assert reckoned([line(1000), line(500)], free, shipping=500) == ([500], [333, 167])
    assert reckoned([line(1000)], free, percent(100), shipping=500) == ([0, 1000], [1000])
    with pytest.raises(discounts.NotApplicable):
        reckoned([line(1000)], free)


def test_stored_value_pays_last_and_lowers_no_line():
    card = {"kind": "gift_card", "amount": 700}
    claims = [claim({"kind": "balance"}, worth=900), claim(card, worth=700), claim(off(300))]

    found = discounts.reckon(lines=[line(1500)], claims=claims)

    assert (found.taken, found.shares, found.prepaid, found.discount) == ([500, 700, 300], [300], 1200, 300)


def test_what_is_no_discount_takes_nothing():
    text, gift = {"kind": "experience", "text": "A tour"}, {"kind": "donation", "to": "School", "amount": 5}

    assert reckoned([line(1500)], text, gift) == ([0, 0], [0])


@pytest.mark.parametrize(
    ("part", "back", "whole", "expected"), [(100, 333, 1000, 33), (100, 1000, 1000, 100), (7, 0, 0, 7)]
)
def test_pro_rata_is_rounded_down_and_whole_at_the_end(part, back, whole, expected):
    assert discounts.pro_rata(part, back, whole) == expected


LINES = st.lists(
    st.tuples(st.integers(-50, 900), st.integers(1, 4), st.sampled_from(CATEGORIES)), min_size=1, max_size=5
)
BENEFITS = st.lists(
    st.one_of(
        st.builds(percent, st.integers(1, 100), st.one_of(st.none(), st.integers(1, 300))),
        st.builds(off, st.integers(1, 900)),
        st.builds(
            lambda name, quantity: {"kind": "free_product", "category": name, "quantity": quantity},
            st.sampled_from(CATEGORIES),
            st.integers(1, 3),
        ),
        st.builds(lambda amount: {"kind": "gift_card", "amount": amount}, st.integers(1, 900)),
        st.just({"kind": "free_shipping"}),
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(lines=LINES, benefits=BENEFITS, shipping=st.integers(1, 300))
def test_claims_agree_with_the_slow_and_obvious_way(lines, benefits, shipping):
    lines = [*lines, (shipping, 1, "shipping")]
    if sum(amount for amount, *__ in lines) < 0:
        lines.append((1000, 1, ""))
    basket = [line(amount, name, units) for amount, units, name in lines]
    place = len(lines) - 1 if lines[-1][2] else len(lines) - 2

    try:
        found = reckoned(basket, *benefits, shipping=shipping, shipping_at=place)
    except Refusal:
        found = None

    assert found == slow(lines, benefits, place)
    if found:
        taken, shares = found
        paid = sum(one for one, benefit in zip(taken, benefits, strict=True) if benefit["kind"] == "gift_card")
        assert sum(taken) == sum(shares) + paid
        assert 0 <= sum(taken) <= sum(one.amount for one in basket)
        assert all(0 <= share <= max(one.amount, 0) for share, one in zip(shares, basket, strict=True))


@settings(max_examples=50, deadline=None)
@given(lines=LINES, benefits=BENEFITS, data=st.data())
def test_the_total_does_not_depend_on_the_order_of_fixed_amounts_nor_of_kinds(lines, benefits, data):
    basket = [line(abs(amount), name, units) for amount, units, name in lines]
    fixed = [one for one in benefits if one["kind"] in {"amount_off", "gift_card"}]
    others = [one for one in benefits if one["kind"] == "percent_off"][:1]

    first, __ = reckoned(basket, *fixed, *others)
    second, __ = reckoned(basket, *data.draw(st.permutations([*fixed, *others])))

    assert sum(first) == sum(second)
