"""Months and quarters by their first days."""

from datetime import date, timedelta

from segments.models import Resolution

MONTHS = {Resolution.MONTH: 1, Resolution.QUARTER: 3}  # in a period


def period_of(day: date, resolution: str = Resolution.MONTH) -> date:
    """The first day of the period that a day is in."""
    back = (day.month - 1) % MONTHS[resolution]
    return date(day.year, day.month - back, 1)


def periods_between(first: date, last: date, resolution: str = Resolution.MONTH) -> list[date]:
    """First days of the periods from one to another, both included."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(start, end + 1, MONTHS[resolution])]


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from one to another, both included."""
    return periods_between(first, last)


def last_day(period: date, resolution: str = Resolution.MONTH) -> date:
    """The last day of the period that begins on a day."""
    number = period.year * 12 + period.month - 1 + MONTHS[resolution]
    return date(number // 12, number % 12 + 1, 1) - timedelta(days=1)


def is_partial(period: date, newest: date, resolution: str = Resolution.MONTH) -> bool:
    """Whether purchases of a period end before its last day: the record, or the period itself, is not complete."""
    return newest < last_day(period, resolution)
