"""The retention page: its finding, its words, the table of cohorts, and the figures that run through time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import dropwhile

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import half_up, month, percent
from loyalty_site import charts
from segments import annotations, cohorts, returning
from segments.annotations import Moment
from segments.cohorts import Groups, Retention, period_of
from segments.models import Resolution
from segments.returning import ReturningMonth

from .comparison import Comparison, comparison


@dataclass(slots=True)
class RetentionPage:
    """The page; `found` are the cohorts by month, whatever the table shows."""

    found: Retention
    finding: str
    chart: charts.HeatMap
    comparison: Comparison | None
    returning: charts.Chart | None
    definitions: list[tuple[str, str]]


def retention_page(merchant: Merchant, *, since: date | None, until: date | None, by: str, show: str) -> RetentionPage:
    """What the page shows for some months: five queries by months, three more by quarters, two by what came first."""
    found = cohorts.retention(merchant, since=since, until=until)
    moments = annotations.moments(merchant, since=found.first, until=None) if found.cohorts else []
    table = table_of(merchant, found, since=since, until=until, by=by)
    draw = charts.heat_groups if isinstance(table, Groups) else charts.heat_map
    return RetentionPage(
        found=found,
        finding=finding(found),
        chart=draw(table, show=show, currency=merchant.currency),
        comparison=comparison(found, asked=(since, until), currency=merchant.currency),
        returning=returning_chart(returning_months(found), found, moments),
        definitions=definitions(),
    )


def table_of(
    merchant: Merchant, found: Retention, *, since: date | None, until: date | None, by: str
) -> Retention | Groups:
    """The cohorts by what the address names; `found` are those by month."""
    if by == Resolution.MONTH:
        return found
    if by == Resolution.QUARTER:
        return cohorts.retention(merchant, since=since, until=until, resolution=by)
    return cohorts.by_first(merchant, by=by, since=since, until=until)


def returning_months(found: Retention) -> list[ReturningMonth]:
    """From the first month in which somebody could have bought before (no query)."""
    if not found.cohorts:
        return []
    months = returning.of_cells(found.cells, since=found.cohorts[0].month, until=found.last)
    return list(dropwhile(lambda one: not one.returning, months))


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


def returning_chart(months: list[ReturningMonth], found: Retention, moments: list[Moment]) -> charts.Chart | None:
    """The share of each month's customers who had bought before; None before there are two months."""
    if len(months) < 2:
        return None
    partial = months[-1].month == found.partial_month
    whole = [one for one in months if one.month != found.partial_month]
    return charts.line(
        charts.Words("returning", returning_finding(whole), returning.definition()),
        labels=[month(one.month) for one in months],
        series=[
            charts.Series(_("Returning share"), [one.share for one in months], percent),
            charts.Series(_("Returning"), [one.returning for one in months], charts.count, drawn=False),
            charts.Series(_("Customers"), [one.customers for one in months], charts.count, drawn=False),
        ],
        axis=percent_of,
        head=_("Month"),
        partial=partial,
        moments=placed(moments, [one.month for one in months]),
    )


def placed(moments: list[Moment], months: list[date]) -> list[tuple[int, str]]:
    """What happened in the months of a chart, by their places, with its day in words."""
    places = {month: place for place, month in enumerate(months)}
    return [
        (places[period_of(one.on)], _("%(day)s: %(text)s") % {"day": written_day(one.on), "text": one.text})
        for one in moments
        if period_of(one.on) in places
    ]


def percent_of(value) -> str:
    """An exact share as a percentage."""
    return percent(float(value))


def returning_finding(whole: list[ReturningMonth]) -> str:
    """The last complete month beside the one before."""
    known = [one for one in whole if one.share is not None]
    if not known:
        return _("Customers of a month who had bought before")
    said = {"month": month(known[-1].month), "share": percent(known[-1].share)}
    if len(known) == 1:
        return _("In %(month)s, %(share)s of the customers had bought before") % said
    said |= {"before": percent(known[-2].share), "earlier": month(known[-2].month)}
    return _("In %(month)s, %(share)s of the customers had bought before; in %(earlier)s %(before)s") % said


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean; money is shown as money here."""
    says = cohorts.definitions()
    return [
        (_("Cohort"), says["cohorts"]),
        (_("Came again"), says["retained"]),
        (_("Revenue"), _("What the cohort bought in that month, less what came back.")),
        (_("Worth so far"), _("Revenue of the cohort until the end of that month, divided by its customers.")),
        (_("Groups"), cohorts.group_definitions()["group"]),
        (_("All together"), says["pooled"]),
        (_("Incomplete month"), says["partial_month"]),
        (_("Returning share"), returning.definition()),
    ]
