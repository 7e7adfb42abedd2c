"""How a comparison becomes a condition: the few shapes that most fields share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Q

from rewards.expiry import midnight

from .facts import LOOKUPS, Fact, Sums, Table, within
from .field import Condition, Moment

Where = Callable[[Condition, Moment], Q | Fact]
MIRRORED = {"lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte"}
EARLIEST = date(1, 1, 2)


def holds(op: str, value, number) -> bool:
    """Whether a number compares so."""
    if op == "in":
        return number in value
    if op == "between":
        return value[0] <= number <= value[1]
    return {"eq": number == value, "lt": number < value, "lte": number <= value,
            "gt": number > value, "gte": number >= value}[op]  # fmt: skip


def compare(column: str, condition: Condition) -> Q:
    """A column compared with the condition's value."""
    return Q(**{f"{column}__{LOOKUPS[condition.op]}": condition.value})


def known(column: str) -> Q:
    """A column with something in it."""
    return Q(**{f"{column}__isnull": False})


def of_card(column: str) -> Where:
    """A column of the card that may be empty: NULL, so that no comparison holds."""

    def where(condition: Condition, moment: Moment) -> Q:
        return known(column) if condition.op == "exists" else known(column) & compare(column, condition)

    return where


def written_on_card(column: str) -> Where:
    """A text of the card, where nothing is an empty text."""

    def where(condition: Condition, moment: Moment) -> Q:
        return ~Q(**{column: ""}) if condition.op == "exists" else compare(column, condition)

    return where


def of_table(table: Table, column: str) -> Where:
    """A column of a table with one row a customer; who has no row meets no comparison."""

    def where(condition: Condition, moment: Moment) -> Fact:
        return Fact(table, known(column) if condition.op == "exists" else compare(column, condition))

    return where


def counted(table: Table, column: str) -> Where:
    """The same where no row means 0."""

    def where(condition: Condition, moment: Moment) -> Fact:
        found = compare(column, condition)
        if holds(condition.op, condition.value, 0):
            return Fact(table, ~found, without=True)
        return Fact(table, found)

    return where


def days_ago(where: Callable[[Condition, Moment], Q | Fact]) -> Where:
    """Days since a day, asked of the day: at least 60 days ago is on that day or before it."""

    def mirrored(condition: Condition, moment: Moment) -> Q | Fact:
        return where(mirror(condition, moment.today), moment)

    return mirrored


def mirror(condition: Condition, today: date) -> Condition:
    """A comparison of days that have passed since, as one of the day itself."""
    op, value = condition.op, condition.value
    if op == "exists":
        return condition
    if op == "between":
        return replace(condition, value=(days_before(today, value[1]), days_before(today, value[0])))
    if op == "in":
        return replace(condition, value=tuple(days_before(today, one) for one in value))
    return replace(condition, op=MIRRORED.get(op, op), value=days_before(today, value))


def days_before(today: date, days: int) -> date:
    """A day so many days ago, as far as the calendar goes."""
    return today - timedelta(days=min(days, (today - EARLIEST).days))


def local_day(column: str) -> Where:
    """A moment of the card, asked for the local day on which it lies."""

    def where(condition: Condition, moment: Moment) -> Q:
        start = lambda day: midnight(day, moment.merchant.timezone)  # noqa: E731 - a word for the lines below
        after = lambda day: start(day + timedelta(days=1))  # noqa: E731
        value = condition.value
        if condition.op == "in":
            found = Q()
            for day in value:
                found |= lies(column, start(day), after(day))
            return found
        first, last = value if condition.op == "between" else (value, value)
        return {
            "eq": lies(column, start(first), after(first)),
            "between": lies(column, start(first), after(last)),
            "lt": Q(**{f"{column}__lt": start(first)}),
            "lte": Q(**{f"{column}__lt": after(first)}),
            "gt": Q(**{f"{column}__gte": after(first)}),
            "gte": Q(**{f"{column}__gte": start(first)}),
        }[condition.op]

    return where


def lies(column: str, start: datetime, end: datetime) -> Q:
    """A moment between two others, the second one excluded."""
    return Q(**{f"{column}__gte": start, f"{column}__lt": end})


def summed(parts: tuple, column: str, condition: Condition) -> Q:
    """A sum over rows of (customer, purchases, value); no row means 0."""
    if holds(condition.op, condition.value, 0):
        return ~within(Sums(parts, column, condition.op, condition.value, negated=True))
    return within(Sums(parts, column, condition.op, condition.value))
