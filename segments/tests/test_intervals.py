"""Intervals of shares and of their differences: published examples, and what must always hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segments.intervals import Z95, newcombe, wilson, z_of


def test_difference_of_newcombes_first_example():
    # Newcombe 1998, table II, 56 of 70 against 48 of 80, method 10: 0.0524 to 0.3339
    low, high = newcombe(56, 70, 48, 80)

    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def test_difference_of_newcombes_small_example():
    # The same table, 9 of 10 against 3 of 10: 0.1705 to 0.8090
    low, high = newcombe(9, 10, 3, 10)

    assert (round(low, 4), round(high, 4)) == (0.1705, 0.8090)


def test_difference_of_nothing_against_nothing():
    # The same table, 0 of 10 against 0 of 10: -0.2775 to 0.2775
    low, high = newcombe(0, 10, 0, 10)

    assert (round(low, 4), round(high, 4)) == (-0.2775, 0.2775)


def test_one_comparison_is_the_usual_interval_and_ten_are_wider():
    assert z_of(1) == pytest.approx(Z95, abs=1e-12)
    assert round(z_of(10), 4) == 2.8070


shares = st.integers(1, 200).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@settings(max_examples=50)
@given(shares, shares)
def test_difference_holds_itself_turns_round_and_stays_within_one(first, second):
    low, high = newcombe(*first, *second)
    back_low, back_high = newcombe(*second, *first)

    difference = first[0] / first[1] - second[0] / second[1]
    assert -1 <= low <= difference + 1e-12
    assert difference - 1e-12 <= high <= 1
    assert (round(-back_high, 9), round(-back_low, 9)) == (round(low, 9), round(high, 9))


@settings(max_examples=50)
@given(shares, st.integers(2, 50))
def test_more_comparisons_never_make_an_interval_narrower(share, comparisons):
    low, high = wilson(*share)
    wide_low, wide_high = wilson(*share, z=z_of(comparisons))

    assert wide_low <= low + 1e-12
    assert high <= wide_high + 1e-12
