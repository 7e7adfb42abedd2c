"""The second visit: how many new customers come on a second day, and how soon."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Max, OuterRef, Subquery
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase

from .days import Days, MonthOf

WITHIN = (30, 60, 90)


@dataclass(slots=True)
class SecondVisits:
    """New customers of a month; `within[30]` of them came on a second day at most 30 days after the first.

    None where the month is too young: its last customers have not had that many days yet.
    """

    month: date
    size: int
    within: dict[int, int | None]


def definitions() -> dict[str, str]:
    """What the figures mean, in the active language."""
    return {
        "second_visit": _(
            "New customers with a counted purchase on a later day, at most so many days after the first."
        ),
        "too_young": _("A month is shown once all its new customers have had that many days on record."),
    }


def second_visits(merchant: Merchant, *, since: date, until: date) -> list[SecondVisits]:
    """New customers from the month of `since` to that of `until` (two queries, by customers)."""
    bought = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
    newest = bought.aggregate(day=Max("last_on"))["day"]
    second = (
        Purchase.objects.for_merchant(merchant)
        .counted()
        .filter(customer=OuterRef("customer"), occurred_on__gt=OuterRef("first_on"))
        .order_by("occurred_on")
        .values("occurred_on")[:1]
    )
    rows = (
        bought.filter(first_on__gte=since.replace(day=1), first_on__lte=last_day(until))
        .annotate(cohort=MonthOf("first_on"), gap=Days(Subquery(second), F("first_on")))
        .values_list("cohort", "gap")
        .annotate(people=Count("customer"))
        .order_by()
    )
    return tally(rows, newest=newest)


def tally(rows: Iterable[tuple[date, int | None, int]], *, newest: date | None) -> list[SecondVisits]:
    """Add up (month, days to the second visit or None, customers), as far as the record until `newest` tells."""
    gaps: dict[date, list[tuple[int | None, int]]] = defaultdict(list)
    for month, gap, people in rows:
        gaps[month].append((gap, people))
    return [
        SecondVisits(
            month=month,
            size=sum(people for __, people in gaps[month]),
            within={days: came(gaps[month], days) if old_enough(month, days, newest) else None for days in WITHIN},
        )
        for month in sorted(gaps)
    ]


def came(gaps: list[tuple[int | None, int]], days: int) -> int:
    """Customers whose second visit came within so many days."""
    return sum(people for gap, people in gaps if gap is not None and gap <= days)


def old_enough(month: date, days: int, newest: date) -> bool:
    """Whether even a customer of the month's last day has had so many days on record."""
    return last_day(month) + timedelta(days=days) <= newest


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def pooled(cohorts: Iterable[SecondVisits], days: int) -> tuple[int, int]:
    """Second visits and new customers of the cohorts that are old enough, added up."""
    known = [cohort for cohort in cohorts if cohort.within[days] is not None]
    return sum(cohort.within[days] for cohort in known), sum(cohort.size for cohort in known)


def latest(cohorts: Iterable[SecondVisits], days: int, *, number: int = 3) -> tuple[list, list]:
    """The youngest `number` cohorts that are old enough, and as many before them."""
    known = [cohort for cohort in cohorts if cohort.within[days] is not None]
    return known[-number:], known[-2 * number : -number]
