"""The second visit: how many new customers come on a second day, and how soon."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, OuterRef, Subquery
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase

from . import survival
from .cohorts.report import newest_day
from .days import Days

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


@dataclass(frozen=True, slots=True)
class Curve:
    """How many of all new customers have come on a second day within so many days, as far as the record tells.

    Who has not come yet counts until `day`, the last day on record, and no longer.
    """

    day: date | None
    customers: int
    returned: int
    points: list[survival.Point]

    @property
    def median(self) -> int | None:
        """Days after which half have come; None where not so many have, or not yet."""
        return survival.median(self.points)


def curve_definitions() -> dict[str, str]:
    """What the columns of the curve mean, in the active language."""
    return {
        "day": _("Days from the first purchase day to the next."),
        "at_risk": _("New customers who had not come again before, and whose wait until that day is on record."),
        "returned": _("Those of them who came again on that day."),
        "share": _(
            "New customers who come again within so many days, by the product-limit estimate of Kaplan and Meier: who "
            "has not come yet counts as long as the record tells."
        ),
        "low": _("The share lies between these ends in 95 of 100 cases if chance alone decides (Greenwood)."),
        "high": _("The share lies between these ends in 95 of 100 cases if chance alone decides (Greenwood)."),
        "median_days": _("Days within which half of the new customers come again; empty where fewer do."),
    }


def second_visits(merchant: Merchant, *, since: date, until: date) -> list[SecondVisits]:
    """New customers from the month of `since` to that of `until` (two queries, by customers)."""
    rows = days(merchant, since=since.replace(day=1), until=last_day(until))
    return tally(by_month(rows), newest=newest_day(merchant))


def curve(merchant: Merchant, *, since: date | None = None, until: date | None = None, as_of: date) -> Curve:
    """The curve of those who first came in those months, as it was known at the end of a day (two queries)."""
    newest = newest_day(merchant)
    if newest is None:
        return Curve(None, 0, 0, [])
    rows = days(merchant, since=since and since.replace(day=1), until=until and last_day(until))
    return drawn(rows, end=min(newest, as_of))


def both(
    merchant: Merchant, *, since: date | None = None, until: date | None = None, as_of: date
) -> tuple[Curve, list[SecondVisits]]:
    """The curve, and the cohorts by month, of those who first came in some months (two queries)."""
    newest = newest_day(merchant)
    if newest is None:
        return Curve(None, 0, 0, []), []
    rows = days(merchant, since=since and since.replace(day=1), until=until and last_day(until))
    return drawn(rows, end=min(newest, as_of)), tally(by_month(rows), newest=newest)


def drawn(rows: Iterable[tuple[date, int | None, int]], *, end: date) -> Curve:
    """The curve of (first day, days to the second visit or None, customers) as it was known at the end of a day."""
    happened, waiting = [], []
    for first, gap, people in rows:
        known = (end - first).days
        if known >= 0:
            if gap is not None and gap <= known:
                happened.append((gap, people))
            else:
                waiting.append((known, people))
    returned = sum(people for __, people in happened)
    points = survival.product_limit(happened, waiting)
    return Curve(end, returned + sum(people for __, people in waiting), returned, points)


def days(merchant: Merchant, *, since: date | None, until: date | None) -> list[tuple[date, int | None, int]]:
    """First day, days to the second visit (None without one) and how many customers, of first days in some time."""
    second = (
        Purchase.objects.for_merchant(merchant)
        .counted()
        .filter(customer=OuterRef("customer"), occurred_on__gt=OuterRef("first_on"))
        .order_by("occurred_on")
        .values("occurred_on")[:1]
    )
    people = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
    people = people.filter(first_on__gte=since) if since else people
    people = people.filter(first_on__lte=until) if until else people
    return list(
        people.annotate(gap=Days(Subquery(second), F("first_on")))
        .values_list("first_on", "gap")
        .annotate(people=Count("customer"))
        .order_by()
    )


def by_month(rows: Iterable[tuple[date, int | None, int]]) -> Iterator[tuple[date, int | None, int]]:
    """The same by the month of the first day."""
    return ((first.replace(day=1), gap, people) for first, gap, people in rows)


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
