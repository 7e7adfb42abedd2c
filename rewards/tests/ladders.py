"""A slow and obvious model of who holds which tier, written from the decision record's words, and random lives."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from rewards import ladders
from rewards.ladders import Event

MADRID = "Europe/Madrid"
FRIEND = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 20000, "multiply": "1.5"}]
HOURS = timedelta(hours=1)


def ladder(*thresholds: int, months: int = 12, grace: int = 30, basis: str = "spend", zone: str = MADRID):
    """Tiers t0, t1 … reached at these sums."""
    tiers = [{"name": f"t{number}", "threshold": threshold} for number, threshold in enumerate(thresholds)]
    return ladders.parse(tiers, {"basis": basis, "window_months": months, "grace_days": grace}, zone)


def event(at: datetime, value: int, zone: str = MADRID) -> Event:
    return Event(at, at.astimezone(ZoneInfo(zone)).date(), value)


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def through(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is shorter."""
    year, month = day.year, day.month
    for __ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def worth(events: list[Event], moment: datetime, known, zone: str) -> int:
    """What counts at a moment: bought by then, and no longer ago than the window."""
    return sum(
        one.value
        for one in events
        if one.at <= moment < midnight(through(one.day, known.window_months) + timedelta(days=1), zone)
    )


def reach(events: list[Event], moment: datetime, known, zone: str) -> int:
    total = worth(events, moment, known, zone)
    return max((rank for rank, tier in enumerate(known.tiers) if tier.threshold <= total), default=-1)


def slow(events: list[Event], moment: datetime, known, zone: str = MADRID) -> str | None:
    """Every moment at which anything changed before, one after the other: reached then, and not over since.

    What is reached holds until the days of grace after the first midnight at which it no longer is.
    """
    moments = sorted(
        {moment}
        | {one.at for one in events if one.at <= moment}
        | {
            end
            for one in events
            if (end := midnight(through(one.day, known.window_months) + timedelta(days=1), zone)) <= moment
        }
    )
    held = -1
    for rank in range(len(known.tiers)):
        reached, ended = False, None
        for one in moments:
            now = reach(events, one, known, zone) >= rank
            if reached and not now:
                day = one.astimezone(ZoneInfo(zone)).date()
                ended = midnight(day + timedelta(days=known.grace_days), zone)
            reached = now
        if reached or (ended and ended > moment):
            held = rank
    return None if held < 0 else known.tiers[held].name


DAYS = st.integers(0, 900).map(lambda days: date(2023, 11, 28) + timedelta(days=days))  # over a 29 February
MOMENTS = st.builds(
    lambda day, minutes: datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minutes),
    DAYS,
    st.sampled_from([0, 1, 60, 700, 1319, 1320, 1380, 1439]),
)
LADDERS = st.builds(
    lambda steps, months, grace: (sorted(steps), months, grace),
    st.sets(st.integers(0, 40), min_size=1, max_size=3),
    st.sampled_from([1, 2, 6, 12]),
    st.sampled_from([0, 1, 30, 365]),
)
