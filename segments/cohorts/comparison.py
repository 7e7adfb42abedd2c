"""The same figures of another time: the months just before, or the same months of the year before."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.db import models
from django.utils.translation import gettext_lazy as _

from segments.models import Resolution

from .cells import Cells
from .periods import MONTHS, period_of, periods_between

Bounds = tuple[date, date]


class Compare(models.TextChoices):
    """What is compared with."""

    PREVIOUS = "previous", _("the time just before")
    YEAR = "year", _("the year before")


def shifted(bounds: Bounds, kind: str, resolution: str = Resolution.MONTH) -> Bounds:
    """Periods as many as those from one to another, that end just before them, or lie a year before.

    Both ends move, so that each cohort is looked at for as long as the one it is compared with.
    """
    first, last = (period_of(day, resolution) for day in bounds)
    back = 12 if kind == Compare.YEAR else len(periods_between(first, last, resolution)) * MONTHS[resolution]
    return earlier(first, back), earlier(last, back)


def earlier(period: date, months: int) -> date:
    """So many months before a first day."""
    number = period.year * 12 + period.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Some periods in four figures; money in minor units. Shares are None where there is nobody to divide by.

    `new` customers first came in them; `again` is the share of those who came in the period after their first, as far
    as that lies in the span too; `returning` is the share of each period's customers who had come before it, all
    periods together; `revenue` is what known customers brought.
    """

    first: date
    last: date
    new: int
    again: float | None
    returning: float | None
    revenue: int


def span(cells: Cells, bounds: Bounds, resolution: str = Resolution.MONTH) -> Span | None:
    """The figures of some periods, off the cells of the cohort table; None where the record begins later."""
    periods = periods_between(*bounds, resolution)
    if not cells or bounds[0] < min(cells):
        return None
    inside = [
        (cohort, period, *sums) for cohort, row in cells.items() for period, sums in row.items()
        if bounds[0] <= period <= bounds[1]
    ]  # fmt: skip
    buyers = sum(count for __, __, count, __ in inside)
    before = sum(count for cohort, period, count, __ in inside if cohort < period)
    sizes = [cells.get(cohort, {}).get(cohort, (0, 0))[0] for cohort in periods]
    came = [cells.get(one, {}).get(after, (0, 0))[0] for one, after in pairwise(periods)]
    return Span(
        *bounds,
        new=sum(sizes),
        again=sum(came) / sum(sizes[:-1]) if sum(sizes[:-1]) else None,
        returning=before / buyers if buyers else None,
        revenue=sum(value for *__, value in inside),
    )
