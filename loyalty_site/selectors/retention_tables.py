"""The tables of the retention pages for a spreadsheet: heads first, shares of 1, money in minor units."""

from collections.abc import Iterator
from datetime import date

from customers.merchants.models import Merchant
from segments.cohorts import Groups, Retention, periods_between
from segments.cohorts.people import written
from segments.overview import LAPSES, share
from segments.second_visit import WITHIN, Curve, SecondVisits

from . import retention
from .lapsed import lapsed_pair
from .reach import figure


def table_rows(found: Retention | Groups) -> Iterator[tuple]:
    """Whatever table the page shows."""
    return group_rows(found) if isinstance(found, Groups) else cohort_rows(found)


def cohort_rows(found: Retention) -> Iterator[tuple]:
    """Cohorts by month or quarter."""
    yield ("month", "size", "k", "month_of", "retained", "rate", "revenue", "worth")
    for cohort in found.cohorts:
        for k, of in enumerate(periods_between(cohort.month, found.last, found.resolution)):
            yield (
                written(cohort.month, found.resolution), cohort.size, k, written(of, found.resolution),
                cohort.retained[k], round(cohort.rates[k], 6), cohort.revenue[k],
                round(cohort.worth[k] / cohort.size, 2),
            )  # fmt: skip


def group_rows(found: Groups) -> Iterator[tuple]:
    """Groups by what the first purchase was."""
    yield ("group", "size", "k", "base", "retained", "rate", "revenue", "worth")
    for group in found.groups:
        for k, base in enumerate(group.bases):
            yield (
                group.name, group.size, k, base, group.retained[k], round(group.rates[k], 6), group.revenue[k],
                round(group.worth[k], 2),
            )  # fmt: skip


def returning_rows(found: Retention) -> Iterator[tuple]:
    """Returning share by month."""
    yield ("month", "customers", "returning", "share")
    for one in retention.returning_months(found):
        yield (f"{one.month:%Y-%m}", one.customers, one.returning, figure(one.share))


def second_visit_rows(found: list[SecondVisits]) -> Iterator[tuple]:
    """Second visits by cohort; empty where a cohort is too young."""
    yield ("month", "new_customers", *(f"within_{days}d" for days in WITHIN), *(f"share_{days}d" for days in WITHIN))
    for one in found:
        counts = [one.within[days] for days in WITHIN]
        shares = [figure(share(count, one.size)) for count in counts]
        yield (f"{one.month:%Y-%m}", one.size, *("" if count is None else count for count in counts), *shares)


def curve_table(found: Curve) -> Iterator[tuple]:
    """The curve of second visits."""
    yield ("day", "at_risk", "returned", "share", "low", "high")
    for one in found.points:
        yield (one.time, one.at_risk, one.events, *(round(value, 6) for value in (one.share, *one.interval)))


def lapsed_rows(merchant: Merchant, *, today: date) -> Iterator[tuple]:
    """Lapsed customers today and 30 days before."""
    yield ("date", "customers", *(f"lapsed_{days}d" for days in LAPSES))
    for one in lapsed_pair(merchant, today=today):
        yield (one.day.isoformat(), one.customers, *(one.counts[days] for days in LAPSES))
