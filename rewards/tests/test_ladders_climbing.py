"""Who holds which tier when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.ladders import Climb, Event
from rewards.tests.ladders import LADDERS, MADRID, MOMENTS, event, ladder, midnight, slow

DAY = timedelta(days=1)


def at(text: str) -> datetime:
    """A moment on the clock of Madrid, in UTC."""
    return midnight(datetime.fromisoformat(text).date(), MADRID) + timedelta(
        hours=datetime.fromisoformat(text).hour, minutes=datetime.fromisoformat(text).minute
    )


def held(known, moment: datetime, *events: Event) -> str | None:
    return known.name(Climb(known, events).held(moment))


def test_a_tier_is_reached_at_its_threshold_and_not_before():
    known = ladder(0, 20000)
    first, second = event(at("2026-03-10 12:00"), 19999), event(at("2026-03-11 12:00"), 1)

    assert held(known, first.at, first) == "t0"
    assert held(known, second.at, first, second) == "t1"


def test_below_the_first_threshold_there_is_no_tier():
    assert held(ladder(1), at("2026-03-10 12:00")) is None


@pytest.mark.parametrize(
    ("bought", "months", "last"),
    [
        ("2026-03-10 12:00", 12, "2027-03-10"),
        ("2026-03-10 23:59", 1, "2026-04-10"),
        ("2026-03-10 00:00", 1, "2026-04-10"),
        ("2026-01-31 12:00", 1, "2026-02-28"),
        ("2024-01-31 12:00", 1, "2024-02-29"),
        ("2024-02-29 12:00", 12, "2025-02-28"),
        ("2025-10-31 12:00", 4, "2026-02-28"),
    ],
)
def test_a_purchase_counts_through_the_local_day_so_many_months_later(bought, months, last):
    known, one = ladder(1, months=months, grace=0), event(at(bought), 5)
    end = midnight(datetime.fromisoformat(last).date() + DAY, MADRID)

    assert held(known, end - timedelta(microseconds=1), one) == "t0"
    assert held(known, end, one) is None
    assert Climb(known, [one]).steps(one.at) == [("t0", end), (None, None)]


@pytest.mark.parametrize(
    ("zone", "end"), [("Europe/Madrid", "2026-04-09T22:00"), ("America/New_York", "2026-04-10T04:00")]
)
def test_days_are_those_of_the_shop(zone, end):
    known = ladder(1, months=1, grace=0, zone=zone)
    one = event(datetime(2026, 3, 9, 12, tzinfo=UTC), 5, zone)

    assert Climb(known, [one]).steps(one.at)[0] == ("t0", datetime.fromisoformat(f"{end}+00:00"))


def test_grace_begins_when_the_window_no_longer_reaches_the_tier():
    known, one = ladder(0, 10, months=1, grace=30), event(at("2026-03-10 12:00"), 10)

    assert held(known, at("2026-05-10 23:59"), one) == "t1"  # counts through 10 April, then 30 days
    assert held(known, at("2026-05-11 00:00"), one) == "t0"


def test_what_is_bought_in_the_grace_keeps_the_tier():
    known = ladder(0, 10, months=1, grace=30)
    events = [event(at("2026-03-10 12:00"), 10), event(at("2026-05-01 12:00"), 10)]

    assert held(known, at("2026-06-30 12:00"), *events) == "t1"


def test_tiers_end_one_after_the_other():
    known = ladder(0, 10, 20, months=1, grace=5)
    events = [event(at("2026-03-10 12:00"), 15), event(at("2026-03-20 12:00"), 10)]

    assert Climb(known, events).steps(at("2026-03-21 12:00")) == [
        ("t2", at("2026-04-16 00:00")),
        ("t1", at("2026-04-26 00:00")),
        ("t0", None),
    ]


def test_the_falls_of_a_climb_are_when_its_tiers_ended():
    known = ladder(0, 10, 20, months=1, grace=5)
    climb = Climb(known, [event(at("2026-03-10 12:00"), 15), event(at("2026-03-20 12:00"), 10)])

    assert climb.held(at("2026-03-21 12:00")) == 2
    assert climb.falls(2, at("2026-06-01 12:00")) == [(at("2026-04-16 00:00"), 1), (at("2026-04-26 00:00"), 0)]


def test_a_return_without_a_receipt_takes_the_tier_at_once():
    known = ladder(0, 10)
    events = [event(at("2026-03-10 12:00"), 10), event(at("2026-03-12 12:00"), -1)]

    assert held(known, at("2026-03-12 12:00"), *events) == "t0"


def test_a_return_without_a_receipt_is_taken_from_the_newest_purchases_before_it():
    known = ladder(0, 5, months=1, grace=0)
    events = [
        event(at("2026-03-01 12:00"), 5),
        event(at("2026-03-20 12:00"), 5),
        event(at("2026-03-21 12:00"), -6),
        event(at("2026-03-25 12:00"), 1),
    ]

    assert held(known, at("2026-04-01 12:00"), *events) == "t1"  # 4 + 0 + 1
    assert held(known, at("2026-04-02 00:00"), *events) == "t0"


def test_something_late_counts_as_if_it_had_been_known():
    known = ladder(0, 10, months=1, grace=0)
    early, late = event(at("2026-03-10 12:00"), 10), event(at("2026-04-05 12:00"), 10)
    climb = Climb(known, [late])
    climb.held(late.at)

    climb.add(early)

    assert climb.held(at("2026-04-06 12:00")) == 1


@settings(max_examples=60, deadline=None)
@given(
    life=st.lists(st.tuples(MOMENTS, st.integers(0, 15)), max_size=6),
    steps=LADDERS,
    moment=MOMENTS,
    zone=st.sampled_from([MADRID, "America/New_York", "Pacific/Apia"]),
)
def test_any_life_holds_what_the_slow_model_says(life, steps, moment, zone):
    thresholds, months, grace = steps
    known = ladder(*thresholds, months=months, grace=grace, zone=zone)
    events = [event(one, value, zone) for one, value in life if one <= moment]
    later = moment + timedelta(days=200)

    climb = Climb(known)
    for one in sorted(events, key=lambda one: one.at):
        climb.add(one)

    assert known.name(climb.held(moment)) == slow(events, moment, known, zone)
    ahead = climb.steps(moment)
    assert ahead[0][0] == slow(events, moment, known, zone)
    assert next(name for name, end in ahead if end is None or end > later) == slow(events, later, known, zone)
    assert Climb(known, events).steps(moment) == ahead


@settings(max_examples=40, deadline=None)
@given(life=st.lists(st.tuples(MOMENTS, st.integers(0, 15)), max_size=6), steps=LADDERS, moment=MOMENTS)
def test_what_is_too_long_ago_does_not_matter(life, steps, moment):
    thresholds, months, grace = steps
    known = ladder(*thresholds, months=months, grace=grace)
    events = [event(one, value) for one, value in life if one <= moment]
    near = [one for one in events if one.day >= known.first_day(moment.date())]

    assert Climb(known, near).steps(moment) == Climb(known, events).steps(moment)
