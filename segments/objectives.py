"""How the metric of a program's objective went, month by month, and whether it is on its way to the target."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerMonth
from rewards.expiry import months_later

from .cohorts import months_between
from .second_visit import second_visits

MONTHS = 12
WITHIN = 90  # days, for who comes back
OLD_ENOUGH = 3  # months until the customers of a month have had them


@dataclass(frozen=True, slots=True)
class Point:
    """The metric in a month: a share, money in minor units, or a count; None where nobody bought.

    `partial`: the month is not over, or the shop's record begins within it.
    """

    month: date
    value: Fraction | None
    partial: bool = False


class Course(StrEnum):
    """Where an objective stands."""

    UNKNOWN = "unknown"
    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Progress:
    """The last whole month (`now`) beside where a straight line from `start` to the target should be by then."""

    course: Course
    now: Point | None = None
    start: Point | None = None
    expected: Fraction | None = None


def definitions() -> dict[str, str]:
    """What each metric means, in the active language."""
    return {
        "repeat_rate_90d": _(
            "Of the customers who first came in a month, the share who came on another day within 90 days. A month is "
            "known once its last customers have had those days."
        ),
        "average_purchase": _("What known customers spent in the month, less what came back, for each purchase."),
        "visits_per_month": _("Purchases of known customers in the month, for each customer who bought in it."),
        "active_customers": _("Customers who bought in the month."),
        "revenue_per_month": _("What known customers spent in the month, less what came back."),
        "course": _(
            "On its way is an objective whose last whole month reaches the straight line from the last whole month "
            "before the program began, or the first known, to the target on its day."
        ),
    }


MEASURES: dict[str, Callable[[dict], Fraction | None]] = {
    "average_purchase": lambda row: Fraction(row["value"], row["purchases"]) if row["purchases"] else None,
    "visits_per_month": lambda row: Fraction(row["purchases"], row["people"]) if row["people"] else None,
    "active_customers": lambda row: Fraction(row["people"]),
    "revenue_per_month": lambda row: Fraction(row["value"]),
}


def is_measured(metric: str) -> bool:
    """Whether what is on record tells the metric: recommendations are not recorded yet."""
    return metric in MEASURES or metric == "repeat_rate_90d"


def points(merchant: Merchant, metric: str, *, today: date, first_day: date | None) -> list[Point]:
    """The last months of a metric, from the first with a purchase on (one query; two for who comes back).

    `first_day` is the shop's first with a purchase.
    """
    if metric == "repeat_rate_90d":
        return repeat_rates(merchant, today=today)
    this_month = today.replace(day=1)
    since = months_later(this_month, 1 - MONTHS)
    rows = {row["month"]: row for row in months(merchant, since=since, until=this_month)}
    if not rows:
        return []
    nothing = {"people": 0, "purchases": 0, "value": 0}
    return [
        Point(month, MEASURES[metric](rows.get(month, nothing)), month == this_month or begun_within(month, first_day))
        for month in months_between(min(rows), this_month)
    ]


def begun_within(month: date, first_day: date | None) -> bool:
    """Whether the record begins in a month, after its first day."""
    return first_day is not None and first_day > month and first_day.replace(day=1) == month


def months(merchant: Merchant, *, since: date, until: date) -> QuerySet:
    """Customers, purchases and net value by month."""
    found = CustomerMonth.objects.filter(merchant=merchant, month__gte=since, month__lte=until, purchases__gt=0)
    return (
        found.values("month")
        .annotate(people=Count("customer"), purchases=Sum("purchases"), value=Sum("net_value"))
        .order_by("month")
    )


def repeat_rates(merchant: Merchant, *, today: date) -> list[Point]:
    """The share of each month's new customers who came back, as far as it is known (two queries)."""
    until = months_later(today.replace(day=1), -OLD_ENOUGH)
    found = second_visits(merchant, since=months_later(until, 1 - MONTHS), until=until)
    return [
        Point(one.month, Fraction(one.within[WITHIN], one.size))
        for one in found
        if one.size and one.within[WITHIN] is not None
    ]


def progress(known: list[Point], *, target: Fraction, by: date, began: date | None) -> Progress:
    """Whether a metric is on its way: pure. `began` is the program's first day, None for a draft."""
    whole = [one for one in known if one.value is not None and not one.partial]
    if not whole:
        return Progress(Course.UNKNOWN)
    before = [one for one in whole if began and one.month < began.replace(day=1)]
    now, start = whole[-1], before[-1] if before else whole[0]
    expected = on_the_line(start, now.month, target=target, by=by)
    return Progress(course(now, start, expected, target=target, by=by), now, start, expected)


def course(now: Point, start: Point, expected: Fraction, *, target: Fraction, by: date) -> Course:
    """Where the last whole month stands; a single month shows no way."""
    if now.value >= target:
        return Course.REACHED
    if now.month >= by.replace(day=1):
        return Course.MISSED
    if now.month <= start.month:
        return Course.UNKNOWN
    return Course.ON_COURSE if now.value >= expected else Course.BEHIND


def on_the_line(start: Point, month: date, *, target: Fraction, by: date) -> Fraction:
    """Where the straight line from `start` to the target is in a month; after its day, at the target."""
    length, gone = between(start.month, by), between(start.month, month)
    if length <= 0 or gone >= length:
        return target
    return start.value + (target - start.value) * Fraction(max(gone, 0), length)


def between(first: date, last: date) -> int:
    """Months from one to another."""
    return (last.year - first.year) * 12 + last.month - first.month
