"""The product-limit estimate, against a published example and against its definition."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segments.survival import median, product_limit, until

# Remission of 21 patients under 6-MP in weeks (Freireich and others, Blood 21 (1963), 699-716), the example of
# Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, and of Kleinbaum and Klein, Survival
# Analysis, table 2.2 and after: times with an event, and times at which somebody was still in remission.
EVENTS = [6, 6, 6, 7, 10, 13, 16, 22, 23]
WATCHED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PUBLISHED = [  # time, at risk, events, survival, standard error
    (6, 21, 3, 0.857, 0.0764), (7, 17, 1, 0.807, 0.0869), (10, 15, 1, 0.753, 0.0963), (13, 12, 1, 0.690, 0.1068),
    (16, 11, 1, 0.627, 0.1141), (22, 7, 1, 0.538, 0.1282), (23, 6, 1, 0.448, 0.1346),
]  # fmt: skip


def curve(events, watched):
    return product_limit([(time, 1) for time in events], [(time, 1) for time in watched])


def test_remission_under_6_mp_as_published():
    found = curve(EVENTS, WATCHED)

    assert [
        (one.time, one.at_risk, one.events, round(one.survival, 3), round(one.error, 4)) for one in found
    ] == PUBLISHED
    assert median(found) == 23


def test_the_published_interval_of_the_share_so_far():
    found = curve(EVENTS, WATCHED)[0]

    low, high = found.interval
    assert (round(found.share, 3), round(low, 3), round(high, 3)) == (0.143, 0.0, 0.293)


def test_without_censoring_it_is_the_plain_share():
    found = curve([1, 2, 2, 5], [])

    assert [(one.time, one.share) for one in found] == [(1, 0.25), (2, 0.75), (5, 1.0)]
    assert (found[-1].error, found[-1].interval) == (0.0, (1.0, 1.0))
    assert median(found) == 2


@pytest.mark.parametrize("watched", [[], [3, 9]])
def test_nothing_happened(watched):
    assert curve([], watched) == []
    assert median([]) is None
    assert until([], 5) is None


def test_the_point_that_holds_at_a_time():
    found = curve([1, 4], [2, 9])

    assert [point and point.time for point in (until(found, 0), until(found, 3), until(found, 4))] == [None, 1, 4]


TIMES = st.lists(st.integers(0, 12), max_size=12)


@settings(max_examples=25)
@given(events=TIMES, watched=TIMES)
def test_the_curve_is_the_product_of_what_was_left_each_time(events, watched):
    found = curve(events, watched)

    left = Fraction(1)
    for point, time in zip(found, sorted(set(events)), strict=True):
        at_risk = sum(one >= time for one in [*events, *watched])
        left *= 1 - Fraction(events.count(time), at_risk)
        assert (point.time, point.at_risk, point.events) == (time, at_risk, events.count(time))
        assert abs(point.survival - float(left)) < 1e-12
    shares = [0.0, *(one.share for one in found)]
    assert shares == sorted(shares)
    for one in found:
        low, high = one.interval
        assert 0 <= low <= one.share <= high <= 1


@settings(max_examples=25)
@given(events=TIMES, watched=TIMES)
def test_counting_alike_together_changes_nothing(events, watched):
    together = product_limit(
        [(time, events.count(time)) for time in set(events)], [(time, watched.count(time)) for time in set(watched)]
    )

    assert together == curve(events, watched)
