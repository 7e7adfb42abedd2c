"""The retention page: its finding, its words, its rows."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.templatetags.ficha import half_up
from segments import cohorts
from segments.cohorts import Retention


def finding(found: Retention) -> str:
    """What the heat map says, as its title; what it cannot say yet, and why."""
    if len(found.pooled) < 2:
        return _("Not known yet: retention needs purchases in two months or more.")
    again = int(half_up(Decimal(repr(found.pooled[1])) * 100))
    return ngettext(
        "Of 100 new customers, %(again)d comes again the month after",
        "Of 100 new customers, %(again)d come again the month after",
        again,
    ) % {"again": again}


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean; money is shown as money here."""
    says = cohorts.definitions()
    return [
        (_("Cohort"), says["cohorts"]),
        (_("Came again"), says["retained"]),
        (_("Revenue"), _("What the cohort bought in that month, less what came back.")),
        (_("All cohorts"), says["pooled"]),
        (_("Incomplete month"), says["partial_month"]),
    ]


def rows(found: Retention) -> Iterator[tuple]:
    """The report as rows for a spreadsheet, its head first; rates of 1, money in minor units, nothing but numbers."""
    yield ("month", "size", "k", "month_of", "retained", "rate", "revenue")
    for cohort in found.cohorts:
        for k, month_of in enumerate(cohorts.months_between(cohort.month, found.last)):
            yield (
                f"{cohort.month:%Y-%m}", cohort.size, k, f"{month_of:%Y-%m}",
                cohort.retained[k], round(cohort.rates[k], 6), cohort.revenue[k],
            )  # fmt: skip
