"""Where somebody stands, from plain days."""

from datetime import date, timedelta
from statistics import median

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from segments.lifecycle.rhythm import Rhythm, by_month
from segments.lifecycle.states import State, judge

DAY = date(2026, 6, 15)
OFFSETS = st.lists(st.integers(0, 200), min_size=1, max_size=12).map(sorted)


def ago(*days: int) -> list[date]:
    """Days before DAY, as a list of visits would have them."""
    return [DAY - timedelta(days=number) for number in sorted(days, reverse=True)]


def standing(*days: int, shop: int | None = None):
    return judge(list(by_month(ago(*days)))[-1], day=DAY, shop=shop)


@pytest.mark.parametrize(
    ("days", "shop", "state"),
    [
        ([0], None, State.NEW),
        ([500], None, State.NEW),
        ([15], 20, State.NEW),
        ([16], 20, State.LATE),
        ([20], 20, State.LATE),
        ([21], 20, State.AT_RISK),
        ([30], 20, State.AT_RISK),
        ([31], 20, State.LOST),
        ([3, 3], 20, State.ACTIVE),
        ([3, 10], 20, State.ACTIVE),
        ([0, 7, 14], None, State.ACTIVE),
        ([10, 17, 24], 2, State.ACTIVE),
        ([11, 18, 25], 2, State.LATE),
        ([14, 21, 28], 2, State.LATE),
        ([15, 22, 29], 2, State.AT_RISK),
        ([21, 28, 35], 2, State.AT_RISK),
        ([22, 29, 36], 2, State.LOST),
        ([11, 18, 26], 2, State.ACTIVE),  # a gap of 7.5: late after 11.25 days
        ([12, 19, 27], 2, State.LATE),
    ],
)
def test_states_begin_behind_their_gaps(days, shop, state):
    assert standing(*days, shop=shop).state == state


@pytest.mark.parametrize(
    ("days", "shop", "state"),
    [
        ([0, 60, 67, 74], 2, State.WON_BACK),
        ([0, 21, 28, 35], 2, State.ACTIVE),
        ([0, 22, 29, 36], 2, State.WON_BACK),
        ([7, 67, 74, 81], 2, State.WON_BACK),
        ([8, 68, 75, 82], 2, State.ACTIVE),
        ([0, 0, 60, 67, 74], 2, State.WON_BACK),
        ([0, 31], 20, State.WON_BACK),
        ([0, 30], 20, State.ACTIVE),
        ([10, 50], 20, State.WON_BACK),
        ([11, 51], 20, State.ACTIVE),
        ([0, 31, 34], 20, State.WON_BACK),  # two visits before the pause: the shop's gap counted
        ([0, 31], None, State.ACTIVE),
        ([0, 7, 67, 74, 81], 2, State.ACTIVE),  # came again since
    ],
)
def test_won_back_is_who_came_back_from_being_lost_for_one_gap(days, shop, state):
    assert standing(*days, shop=shop).state == state


@given(OFFSETS)
def test_rhythm_of_each_month_is_that_of_the_days_until_then(offsets):
    days = [DAY + timedelta(days=number) for number in offsets]

    found = {one.last_on.replace(day=1): one for one in by_month(days)}

    assert list(found) == sorted({day.replace(day=1) for day in days})
    for month, one in found.items():
        known = [day for day in days if day.replace(day=1) <= month]
        visits = sorted(set(known))
        gaps = [(later - earlier).days for earlier, later in zip(visits, visits[1:], strict=False)]
        assert one == Rhythm(
            last_on=visits[-1],
            purchases=len(known),
            visits=len(visits),
            twice_gap=int(2 * median(gaps)) if len(visits) >= 3 else None,
            pause=gaps[-1] if gaps else None,
            twice_gap_before=int(2 * median(gaps[:-1])) if len(visits) >= 4 else None,
        )


@pytest.mark.parametrize(
    ("days", "shop", "reason"),
    [
        ([5], None, "How often customers come here is not known yet. The only purchase was 5 days ago."),
        (
            [1],
            18,
            "Too few visits for a rhythm of their own; customers here usually come every 9 days. "
            "The only purchase was 1 day ago.",
        ),
        ([0, 7, 14], 18, "Usually comes every 7 days. Came today."),
        ([12, 19, 27], 18, "Usually comes every 7.5 days. Came 12 days ago, more than one and a half times as long."),
        ([2, 3, 4], 18, "Usually comes every day. Came 2 days ago, more than one and a half times as long."),
        ([15, 22, 29], 18, "Usually comes every 7 days. Came 15 days ago, more than twice as long."),
        ([99, 106, 113], 18, "Usually comes every 7 days. Came 99 days ago, more than three times as long."),
        (
            [2, 62, 69, 76],
            18,
            "Usually comes every 7 days. Came 2 days ago, after 60 days away: "
            "more than three times the 7 days that were usual then.",
        ),
    ],
)
def test_the_reason_is_two_sentences(days, shop, reason):
    with translation.override("en"):
        assert standing(*days, shop=shop).reason == reason
