"""The contract's expiry kinds, in local days; no database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards import expiry
from rewards.expiry import InvalidPolicy

MADRID = "Europe/Madrid"


@pytest.mark.parametrize(
    ("kind", "count", "day", "expected"),
    [
        ("never", 0, date(2026, 3, 10), None),
        ("days", 1, date(2026, 3, 10), datetime(2026, 3, 11, 23, tzinfo=UTC)),
        ("months", 12, date(2026, 3, 10), datetime(2027, 3, 10, 23, tzinfo=UTC)),
        ("months", 1, date(2026, 1, 31), datetime(2026, 2, 28, 23, tzinfo=UTC)),  # February ends on its last
        ("months", 12, date(2024, 2, 29), datetime(2025, 2, 28, 23, tzinfo=UTC)),
        ("months", 1, date(2026, 12, 31), datetime(2027, 1, 31, 23, tzinfo=UTC)),
        ("end_of_month", 0, date(2026, 3, 10), datetime(2026, 3, 31, 22, tzinfo=UTC)),  # summer time by then
        ("end_of_month", 2, date(2026, 12, 1), datetime(2027, 2, 28, 23, tzinfo=UTC)),
        ("end_of_year", 0, date(2026, 3, 10), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("end_of_year", 1, date(2026, 12, 31), datetime(2027, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_points_are_usable_through_the_end_of_the_local_day(kind, count, day, expected):
    assert expiry.expires_at(kind, count, day, MADRID) == expected


def test_a_hold_ends_at_local_midnight():
    assert expiry.held_until(14, date(2026, 3, 20), MADRID) == datetime(2026, 4, 2, 22, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 120))
def test_later_days_never_expire_earlier(day, months):
    tomorrow = date.fromordinal(day.toordinal() + 1)

    assert expiry.expires_at("months", months, day, MADRID) <= expiry.expires_at("months", months, tomorrow, MADRID)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"kind": "never"}, ("never", 0)),
        ({"kind": "days", "days": 30}, ("days", 30)),
        ({"kind": "months", "months": 12}, ("months", 12)),
        ({"kind": "end_of_month", "after": 0}, ("end_of_month", 0)),
        ({"kind": "end_of_year", "after": 1}, ("end_of_year", 1)),
    ],
)
def test_policies_are_read(policy, expected):
    assert expiry.parse(policy) == expected


@pytest.mark.parametrize(
    "policy",
    [
        None, "never", {}, {"kind": "sometimes"}, {"kind": []},
        {"kind": 7}, {"kind": "days"}, {"kind": "days", "days": 0},
        {"kind": "days", "days": 1.5}, {"kind": "days", "days": True}, {"kind": "days", "months": 1},
        {"kind": "never", "days": 1}, {"kind": "months", "months": 1201}, {"kind": "end_of_month", "after": -1},
    ],
)  # fmt: skip
def test_policies_that_cannot_work_are_refused(policy):
    with pytest.raises(InvalidPolicy):
        expiry.parse(policy)
