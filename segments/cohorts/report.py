"""The cohort report: who of a month's or a quarter's new customers came again, and what they brought."""

from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from customers.models import Purchase
from segments.models import Resolution

from .cells import Cells, cells
from .periods import is_partial, period_of, periods_between


class WrongMonths(Invalid):
    """The months asked for make no table; `field` says which of `from` and `to`."""

    code = "invalid_month"


@dataclass
class Cohort:
    """The customers whose first purchase ever fell in the period that begins with `month`.

    Place k of each list is the k-th period after it.
    """

    month: date
    size: int
    retained: list[int]
    revenue: list[int]

    @property
    def rates(self) -> list[float]:
        """Retained as a share of the size."""
        return [count / self.size for count in self.retained]

    @property
    def worth(self) -> list[int]:
        """What the cohort has brought until the end of each period, in minor units."""
        return list(accumulate(self.revenue))


@dataclass
class Retention:
    """Cohorts by month or quarter; `pooled[k]` weighs every cohort that has a period k; `first` and `last` bound them.

    `partial_month` is `last` where its days are not all on record yet, otherwise None; `cells` are of all cohorts.
    """

    cohorts: list[Cohort]
    pooled: list[float] = field(default_factory=list)
    last: date | None = None
    first: date | None = None
    partial_month: date | None = None
    resolution: str = Resolution.MONTH
    cells: Cells = field(default_factory=dict, repr=False)


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


def retention(
    merchant: Merchant,
    *,
    since: date | None = None,
    until: date | None = None,
    resolution: str = Resolution.MONTH,
) -> Retention:
    """Cohorts from the period of `since` to that of `until`, which is also the last column.

    By default from the first to the last period with a purchase. Three queries, by the cells of the table.
    """
    newest = newest_day(merchant)
    if newest is None:
        return Retention(cohorts=[], resolution=resolution)
    found = cells(merchant, resolution)
    last = period_of(until or newest, resolution)
    first = period_of(since, resolution) if since else min(found, default=last)
    cohorts = [
        cohort(of, row[of][0], row, last, resolution)
        for of, row in sorted(found.items())
        if first <= of <= last and row.get(of, (0, 0))[0]
    ]
    return Retention(
        cohorts=cohorts,
        pooled=pool(cohorts),
        last=last,
        first=first,
        partial_month=last if is_partial(last, newest, resolution) else None,
        resolution=resolution,
        cells=found,
    )


def newest_day(merchant: Merchant) -> date | None:
    """The last day with a counted purchase, off the index of what was bought last."""
    bought = Purchase.objects.for_merchant(merchant).counted().order_by("-occurred_at", "-id")
    return bought.values_list("occurred_on", flat=True).first()


def cohort(
    of: date, size: int, row: dict[date, tuple[int, int]], last: date, resolution: str = Resolution.MONTH
) -> Cohort:
    """One row: a place for every period from the cohort's own to the last."""
    columns = [row.get(column, (0, 0)) for column in periods_between(of, last, resolution)]
    return Cohort(
        month=of, size=size, retained=[buyers for buyers, __ in columns], revenue=[value for __, value in columns]
    )


def pool(cohorts: list[Cohort]) -> list[float]:
    """Σ retained_k / Σ sizes over the cohorts that have a month k."""
    longest = max((len(cohort.retained) for cohort in cohorts), default=0)
    pooled = []
    for place in range(longest):
        having = [cohort for cohort in cohorts if len(cohort.retained) > place]
        pooled.append(sum(cohort.retained[place] for cohort in having) / sum(cohort.size for cohort in having))
    return pooled
