"""Returning share: how many of a month's customers had bought before that month."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant

from .cohorts.cells import Cells, cells
from .cohorts.periods import periods_between
from .models import Resolution


@dataclass(slots=True)
class ReturningMonth:
    """The customers of a month, and those of them whose first purchase lies before it."""

    month: date
    customers: int
    returning: int

    @property
    def share(self) -> float | None:
        """Returning customers as a share; None in a month without any."""
        return self.returning / self.customers if self.customers else None


def definition() -> str:
    """What the figure means, in the active language."""
    return _(
        "Customers of the month whose first purchase lies before that month, divided by all customers of the month."
    )


def returning(merchant: Merchant, *, since: date, until: date) -> list[ReturningMonth]:
    """Every month from that of `since` to that of `until` (two queries, by the cells of the cohort table)."""
    return of_cells(cells(merchant), since=since, until=until)


def of_cells(found: Cells, *, since: date, until: date, resolution: str = Resolution.MONTH) -> list[ReturningMonth]:
    """The same of the cells of the cohort table: who bought in a period belongs to its cohort, or to an earlier one."""
    counts: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for cohort, row in found.items():
        for period, (buyers, __) in row.items():
            counts[period][0] += buyers
            counts[period][1] += buyers if cohort < period else 0
    return [ReturningMonth(period, *counts[period]) for period in periods_between(since, until, resolution)]
