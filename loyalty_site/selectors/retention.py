"""The retention page: its finding, its words, and the figures beside the cohorts."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import dropwhile

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import half_up, month, percent
from loyalty_site import charts
from segments import cohorts, returning, second_visit
from segments.cohorts import Retention
from segments.intervals import wilson
from segments.lapsed import Lapsed, lapsed
from segments.overview import LAPSES, share
from segments.returning import ReturningMonth
from segments.second_visit import SecondVisits

SOON = 60  # days, of the second visit's chart
EARLIER = timedelta(days=30)


@dataclass(slots=True)
class LapsedFigure:
    """Customers who have not come for so many days: now, and 30 days before."""

    days: int
    count: int
    share: str
    change: str
    tone: str


@dataclass(slots=True)
class SecondCell:
    """A cohort's second visits within some days; `count` None while it is too young."""

    label: str
    count: int | None
    share: float | None


@dataclass(slots=True)
class SecondRow:
    """A cohort in the table of second visits."""

    month: date
    size: int
    cells: list[SecondCell]


@dataclass(slots=True)
class Beside:
    """What stands beside the cohorts: those who return, the second visit, those who stay away."""

    returning: charts.Chart | None
    second: charts.Chart | None
    seconds: list[SecondRow]
    lapsed: list[LapsedFigure]
    day: date
    earlier: date


def beside(merchant: Merchant, found: Retention, *, today: date) -> Beside | None:
    """The figures for the months of the cohorts (five queries); None where there is no cohort."""
    if not found.cohorts:
        return None
    months, seconds = returning_months(merchant, found), second_visits(merchant, found)
    now, before = lapsed_pair(merchant, today=today)
    return Beside(
        returning=returning_chart(months, found),
        second=second_chart(seconds),
        seconds=[second_row(one) for one in seconds],
        lapsed=[lapsed_figure(days, now, before) for days in LAPSES],
        day=now.day,
        earlier=before.day,
    )


def returning_months(merchant: Merchant, found: Retention) -> list[ReturningMonth]:
    """From the first month in which somebody could have bought before."""
    if not found.cohorts:
        return []
    months = returning.returning(merchant, since=found.cohorts[0].month, until=found.last)
    return list(dropwhile(lambda one: not one.returning, months))


def second_visits(merchant: Merchant, found: Retention) -> list[SecondVisits]:
    """The second visits of the cohorts on the page."""
    if not found.cohorts:
        return []
    return second_visit.second_visits(merchant, since=found.cohorts[0].month, until=found.last)


def lapsed_pair(merchant: Merchant, *, today: date) -> tuple[Lapsed, Lapsed]:
    """Who had lapsed today, and 30 days before."""
    return lapsed(merchant, day=today), lapsed(merchant, day=today - EARLIER)


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


def returning_chart(months: list[ReturningMonth], found: Retention) -> charts.Chart | None:
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
            charts.Series(_("Returning"), [one.returning for one in months], number, drawn=False),
            charts.Series(_("Customers"), [one.customers for one in months], number, drawn=False),
        ],
        axis=percent_of,
        head=_("Month"),
        partial=partial,
    )


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


def number(count: int) -> str:
    """A count as people write it."""
    return number_format(count, force_grouping=True)


def second_chart(seconds: list[SecondVisits]) -> charts.Chart | None:
    """How sure the share of second visits within 60 days is, by cohort; None while every cohort is too young."""
    if all(one.within[SOON] is None for one in seconds):
        return None
    return charts.dots(
        charts.Words(
            "second",
            second_finding(seconds),
            _("For each month's new customers, the share with a second visit within 60 days (interval: 95 in 100)."),
        ),
        estimates=[estimate(one) for one in seconds],
        write=percent_of,
        head=[_("First purchase"), _("Within 60 days"), _("at least"), _("at most")],
    )


def estimate(one: SecondVisits) -> charts.Estimate:
    """A cohort's share with its interval."""
    came = one.within[SOON]
    if came is None:
        return charts.Estimate(month(one.month), None)
    return charts.Estimate(month(one.month), came / one.size, *wilson(came, one.size))


def second_row(one: SecondVisits) -> SecondRow:
    """A cohort for the table."""
    cells = [
        SecondCell(_("Within %(days)d days") % {"days": days}, count, share(count, one.size))
        for days, count in one.within.items()
    ]
    return SecondRow(one.month, one.size, cells)


def second_finding(seconds: list[SecondVisits]) -> str:
    """The last three cohorts that are old enough, beside the three before."""
    last, before = second_visit.latest(seconds, SOON)
    now, then = share(*second_visit.pooled(last, SOON)), share(*second_visit.pooled(before, SOON))
    said = {"now": percent(now), "first": month(last[0].month), "last": month(last[-1].month)}
    if then is None:
        return _("%(now)s of the new customers of %(first)s to %(last)s came a second time within 60 days") % said
    return _(
        "%(now)s of the new customers of %(first)s to %(last)s came a second time within 60 days; "
        "%(then)s of those of the three months before"
    ) % {**said, "then": percent(then)}


def lapsed_figure(days: int, now: Lapsed, before: Lapsed) -> LapsedFigure:
    """One figure with its comparison in words."""
    count, then = now.counts[days], before.counts[days]
    if not before.customers:
        change, tone = _("nothing to compare with yet: it needs 30 days on record"), ""
    elif count > then:
        change, tone = _("▲ %(more)s more than 30 days before (%(before)s)"), "bad"
    elif count < then:
        change, tone = _("▼ %(more)s less than 30 days before (%(before)s)"), "good"
    else:
        change, tone = _("= the same as 30 days before"), ""
    said = {"more": number(abs(count - then)), "before": number(then)}
    return LapsedFigure(days, count, percent(share(count, now.customers)), change % said, tone)


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean; money is shown as money here."""
    says = cohorts.definitions()
    return [
        (_("Cohort"), says["cohorts"]),
        (_("Came again"), says["retained"]),
        (_("Revenue"), _("What the cohort bought in that month, less what came back.")),
        (_("All cohorts"), says["pooled"]),
        (_("Incomplete month"), says["partial_month"]),
        (_("Returning share"), returning.definition()),
        (_("Second visit"), second_visit.definitions()["second_visit"]),
        (_("Too young"), second_visit.definitions()["too_young"]),
        (_("Lapsed"), _("Customers whose last purchase day is more than 30, 60 or 90 days before the date.")),
        (
            _("Interval (95 in 100)"),
            _("If chance alone decides, the true share lies between these ends in 95 of 100 cases."),
        ),
    ]
