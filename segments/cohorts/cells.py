"""The cells of the cohort table: kept sums, put right for whoever bought since they were kept.

Kept cells are few (a shop of ten years has 7,260 months by months), so they are read in no time. A customer whose
activity is not settled is taken off by the kept share and added by the months that stand now, in the same statement,
so that a settling in between can neither hide nor double anybody. With too many of those everything is counted from
the customers' months: right as well, and slower.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.db import connections, router
from django.db.models import Count, F, Q, Sum

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, CustomerMonth, LostActivity
from segments.days import MonthOf, QuarterOf
from segments.models import CohortCell, CohortMember, Resolution

from .periods import period_of

MANY = 2_000  # customers who are not settled; beyond, counting all of them is as quick
PERIOD_OF = {Resolution.MONTH: MonthOf, Resolution.QUARTER: QuarterOf}
Months = Iterable[tuple[date, int, int]]  # first day, whether anything was bought, net value
Cells = dict[date, dict[date, tuple[int, int]]]  # by cohort and period: customers and net value

KEPT = """
    SELECT 1, CAST(NULL AS bigint), cohort, period, buyers, net_value, CAST(NULL AS text)
        FROM {cells} WHERE merchant_id = %(shop)s AND resolution = %(resolution)s
    UNION ALL SELECT -1, m.customer, m.first_on, CAST(NULL AS date), 0, 0, CAST(m.months AS text)
        FROM {activity} a JOIN {members} m ON m.customer = a.customer_id
        WHERE a.merchant_id = %(shop)s AND NOT a.settled
    UNION ALL SELECT -1, m.customer, m.first_on, CAST(NULL AS date), 0, 0, CAST(m.months AS text)
        FROM {lost} l JOIN {members} m ON m.customer = l.customer
        WHERE l.merchant_id = %(shop)s AND NOT EXISTS (
            SELECT 1 FROM {activity} a WHERE a.customer_id = l.customer AND NOT a.settled
        )
    UNION ALL SELECT 2, a.customer_id, a.first_on, s.month, s.purchases, s.net_value, CAST(NULL AS text)
        FROM {activity} a JOIN {months} s ON s.customer_id = a.customer_id
        WHERE a.merchant_id = %(shop)s AND NOT a.settled AND a.purchases > 0
"""


def cells(merchant: Merchant, resolution: str = Resolution.MONTH) -> Cells:
    """All cells of a shop (two queries)."""
    unsettled = CustomerActivity.objects.filter(merchant=merchant, settled=False)
    if unsettled.values("pk")[: MANY + 1].count() > MANY:
        return counted(merchant, resolution)
    return kept(merchant, resolution)


def kept(merchant: Merchant, resolution: str) -> Cells:
    """The kept cells, put right (one query)."""
    models = {
        "cells": CohortCell, "members": CohortMember, "activity": CustomerActivity, "lost": LostActivity,
        "months": CustomerMonth,
    }  # fmt: skip
    tables = {name: f'"{model._meta.db_table}"' for name, model in models.items()}
    found: dict[date, dict[date, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    now: dict[tuple[int, date], list] = defaultdict(list)
    with connections[router.db_for_read(CohortCell)].cursor() as cursor:
        cursor.execute(KEPT.format(**tables), {"shop": merchant.pk, "resolution": resolution})
        for part, customer, first, period, buyers, value, months in cursor.fetchall():
            if part == 1:
                add(found, [(day(first), day(period), buyers, value)])
            elif part == 2:
                now[customer, day(first)].append((day(period), min(buyers, 1), value))
            else:
                add(found, shares(day(first), read(months), resolution), sign=-1)
    for (__, first), months in now.items():
        add(found, shares(first, months, resolution))
    return {of: {period: tuple(sums) for period, sums in row.items()} for of, row in found.items()}


def counted(merchant: Merchant, resolution: str) -> Cells:
    """The same from the customers' months, which is what the kept ones are compared with (one query)."""
    of = PERIOD_OF[resolution]
    found: Cells = defaultdict(dict)
    months = (
        CustomerMonth.objects.filter(merchant=merchant, customer__activity__purchases__gt=0)
        .annotate(cohort=of("customer__activity__first_on"), period=of("month"))
        .filter(period__gte=F("cohort"))
        .values_list("cohort", "period")
        .annotate(
            buyers=Count("customer", filter=Q(purchases__gt=0), distinct=resolution != Resolution.MONTH),
            value=Sum("net_value"),
        )
        .order_by()
    )
    for cohort, period, buyers, value in months:
        found[cohort][period] = (buyers, value)
    return dict(found)


def shares(first_on: date, months: Months, resolution: str) -> Iterator[tuple[date, date, int, int]]:
    """What one customer has in the cells: cohort, period, 1 with a purchase in it, net value."""
    cohort = period_of(first_on, resolution)
    if resolution == Resolution.MONTH:
        return ((cohort, month, bought, value) for month, bought, value in months if month >= cohort)
    periods: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for month, bought, value in months:
        period = period_of(month, resolution)
        if period >= cohort:
            sums = periods[period]
            sums[0], sums[1] = max(sums[0], bought), sums[1] + value
    return ((cohort, period, *sums) for period, sums in periods.items())


def add(found: dict, some: Iterable[tuple[date, date, int, int]], *, sign: int = 1) -> None:
    """Add shares to cells, or take them off."""
    row, of = None, None
    for cohort, period, buyers, value in some:
        if cohort is not of:  # mostly one customer's
            row, of = found[cohort], cohort
        sums = row[period]
        sums[0] += sign * buyers
        sums[1] += sign * value


def read(months: str) -> Months:
    """Months as CohortMember keeps them."""
    return [(date.fromisoformat(month), bought, value) for month, bought, value in json.loads(months)]


def day(value: date | str) -> date:
    """A day as the driver gives it: SQLite has texts."""
    return value if isinstance(value, date) else date.fromisoformat(value)
