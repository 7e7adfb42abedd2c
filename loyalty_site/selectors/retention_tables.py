"""The tables of the retention page for a spreadsheet: heads first, shares of 1, money in minor units."""

from collections.abc import Iterator
from datetime import date

from customers.merchants.models import Merchant
from segments import cohorts
from segments.cohorts import Retention
from segments.overview import LAPSES, share
from segments.second_visit import WITHIN

from . import retention
from .reach import figure


def cohort_rows(found: Retention) -> Iterator[tuple]:
    """Cohorts by month."""
    yield ("month", "size", "k", "month_of", "retained", "rate", "revenue")
    for cohort in found.cohorts:
        for k, month_of in enumerate(cohorts.months_between(cohort.month, found.last)):
            yield (
                f"{cohort.month:%Y-%m}", cohort.size, k, f"{month_of:%Y-%m}",
                cohort.retained[k], round(cohort.rates[k], 6), cohort.revenue[k],
            )  # fmt: skip


def returning_rows(merchant: Merchant, found: Retention) -> Iterator[tuple]:
    """Returning share by month."""
    yield ("month", "customers", "returning", "share")
    for one in retention.returning_months(merchant, found):
        yield (f"{one.month:%Y-%m}", one.customers, one.returning, figure(one.share))


def second_visit_rows(merchant: Merchant, found: Retention) -> Iterator[tuple]:
    """Second visits by cohort; empty where a cohort is too young."""
    yield ("month", "new_customers", *(f"within_{days}d" for days in WITHIN), *(f"share_{days}d" for days in WITHIN))
    for one in retention.second_visits(merchant, found):
        counts = [one.within[days] for days in WITHIN]
        shares = [figure(share(count, one.size)) for count in counts]
        yield (f"{one.month:%Y-%m}", one.size, *("" if count is None else count for count in counts), *shares)


def lapsed_rows(merchant: Merchant, *, today: date) -> Iterator[tuple]:
    """Lapsed customers today and 30 days before."""
    yield ("date", "customers", *(f"lapsed_{days}d" for days in LAPSES))
    for one in retention.lapsed_pair(merchant, today=today):
        yield (one.day.isoformat(), one.customers, *(one.counts[days] for days in LAPSES))
