"""Retention: what became of the customers who first came in a month."""

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from customers.models import CustomerActivity, CustomerMonth

from .days import MonthOf


class WrongMonths(Invalid):
    """The months asked for make no table; `field` says which of `from` and `to`."""

    code = "invalid_month"


@dataclass
class Cohort:
    """The customers whose first purchase ever fell in `month`; place k of each list is the k-th month after it."""

    month: date
    size: int
    retained: list[int]
    revenue: list[int]

    @property
    def rates(self) -> list[float]:
        """Retained as a share of the size."""
        return [count / self.size for count in self.retained]


@dataclass
class Retention:
    """Cohorts by month; `pooled[k]` weighs every cohort that has a month k; `last` is the last column's month.

    `partial_month` is `last` where its days are not all on record yet, otherwise None.
    """

    cohorts: list[Cohort]
    pooled: list[float] = field(default_factory=list)
    last: date | None = None
    partial_month: date | None = None


def definitions() -> dict[str, str]:
    """What each figure means, in the active language."""
    return {
        "cohorts": _("A customer belongs to the calendar month, in the shop's time zone, of the first purchase ever."),
        "size": _("Customers of the cohort."),
        "retained": _("Customers of the cohort with at least one counted purchase in that month after the first."),
        "revenue": _("Net value of the cohort's purchases in that month, in minor units."),
        "pooled": _("Retained customers of all cohorts that have such a month, divided by their sizes."),
        "partial_month": _("The last month, when its days are not all on record yet: its figures will still grow."),
    }


def check_months(*, since: date | None, until: date | None, today: date) -> None:
    """Refuse months that have not begun, and a first month after the last; raises WrongMonths."""
    if until and until > today:
        raise WrongMonths(_("This month has not begun yet. Choose an earlier one."), field="to")
    if since and since > (until or today):
        raise WrongMonths(_("The first month lies after the last. Swap them."), field="from")


def retention(merchant: Merchant, *, since: date | None = None, until: date | None = None) -> Retention:
    """Cohorts from the month of `since` to that of `until`, which is also the last column.

    By default from the first to the last month with a purchase. Three queries, by customers and months.
    """
    bought = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
    bounds = bought.aggregate(first=Min("first_on"), last=Max("last_on"))
    if bounds["last"] is None:
        return Retention(cohorts=[])
    last = (until or bounds["last"]).replace(day=1)
    first = (since or bounds["first"]).replace(day=1)
    sizes = (
        bought.annotate(cohort=MonthOf("first_on"))
        .filter(cohort__gte=first, cohort__lte=last)
        .values_list("cohort")
        .annotate(size=Count("customer"))
        .order_by("cohort")
    )
    cells = monthly_cells(merchant, first=first, last=last)
    cohorts = [cohort(month, size, cells[month], last) for month, size in sizes]
    return Retention(
        cohorts=cohorts,
        pooled=pool(cohorts),
        last=last,
        partial_month=last if is_partial(last, bounds["last"]) else None,
    )


def monthly_cells(merchant: Merchant, *, first: date, last: date) -> dict[date, dict[date, tuple[int, int]]]:
    """Buyers and net value by cohort and month."""
    cells: dict[date, dict[date, tuple[int, int]]] = defaultdict(dict)
    months = (
        CustomerMonth.objects.filter(merchant=merchant, month__lte=last, customer__activity__purchases__gt=0)
        .annotate(cohort=MonthOf("customer__activity__first_on"))
        .filter(cohort__gte=first, cohort__lte=last, month__gte=F("cohort"))
        .values_list("cohort", "month")
        .annotate(buyers=Count("customer", filter=Q(purchases__gt=0)), value=Sum("net_value"))
        .order_by()
    )
    for of, month, buyers, value in months:
        cells[of][month] = (buyers, value)
    return cells


def cohort(month: date, size: int, cells: dict[date, tuple[int, int]], last: date) -> Cohort:
    """One row: a place for every month from the cohort's own to the last."""
    columns = [cells.get(column, (0, 0)) for column in months_between(month, last)]
    return Cohort(
        month=month, size=size, retained=[buyers for buyers, __ in columns], revenue=[value for __, value in columns]
    )


def pool(cohorts: list[Cohort]) -> list[float]:
    """Σ retained_k / Σ sizes over the cohorts that have a month k."""
    longest = max((len(cohort.retained) for cohort in cohorts), default=0)
    pooled = []
    for place in range(longest):
        having = [cohort for cohort in cohorts if len(cohort.retained) > place]
        pooled.append(sum(cohort.retained[place] for cohort in having) / sum(cohort.size for cohort in having))
    return pooled


def months_between(first: date, last: date) -> list[date]:
    """First days of the months from one to another, both included."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(start, end + 1)]


def is_partial(month: date, newest: date) -> bool:
    """Whether purchases of a month end before its last day: the record, or the month itself, is not complete."""
    return newest < month.replace(day=calendar.monthrange(month.year, month.month)[1])
