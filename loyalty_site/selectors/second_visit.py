"""The second visit: how soon new customers come again, all together and by the month of the first."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import month, percent
from loyalty_site import charts
from segments import second_visit
from segments.intervals import wilson
from segments.overview import share
from segments.second_visit import Curve, SecondVisits
from segments.survival import until

SOON = 60  # days, of the second visit's chart
DAYS = (7, 14, 30, 60, 90, 120, 180, 270, 365)  # of the curve's table


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
class SecondVisitPage:
    """The page: the curve of all, the share within 60 days by cohort, and the table by cohort."""

    finding: str
    found: Curve
    curve: charts.Chart | None
    second: charts.Chart | None
    rows: list[SecondRow]
    definitions: list[tuple[str, str]]


def second_visit_page(merchant: Merchant, *, since: date | None, until: date | None, today: date) -> SecondVisitPage:
    """What the page shows for the new customers of some months, by default of all (two queries)."""
    found, cohorts = second_visit.both(merchant, since=since, until=until, as_of=today)
    return SecondVisitPage(
        finding=curve_finding(found),
        found=found,
        curve=curve_chart(found),
        second=second_chart(cohorts),
        rows=[second_row(one) for one in cohorts],
        definitions=definitions(),
    )


def curve_finding(found: Curve) -> str:
    """What the curve says: within 30 days, and by when half have come."""
    if not found.points:
        return _("Not known yet: nobody has come on a second day.")
    soon = until(found.points, 30)
    said = {"share": percent(soon.share if soon else 0.0)}
    if found.median is None:
        return _("%(share)s of new customers come a second time within 30 days; fewer than half do at all") % said
    said["days"] = found.median
    return _("%(share)s of new customers come a second time within 30 days, and half within %(days)d days") % said


def curve_chart(found: Curve) -> charts.Chart | None:
    """The curve of all; None while nobody has come twice."""
    if not found.points:
        return None
    longest = min(max(found.points[-1].time, 30), DAYS[-1])
    said = {"day": written_day(found.day), "customers": charts.count(found.customers)}
    return charts.curve(
        charts.Words(
            "curve",
            curve_finding(found),
            _("How many of %(customers)s new customers come a second time within so many days, as known on %(day)s.")
            % said,
        ),
        steps=[charts.Step(one.time, one.share, *one.interval) for one in found.points],
        until=longest,
        days=[one for one in DAYS if one <= longest] or [longest],
        write=percent_of,
        head=[_("Days"), _("Came again"), _("at least"), _("at most")],
    )


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


def percent_of(value) -> str:
    """An exact share as a percentage."""
    return percent(float(value))


def definitions() -> list[tuple[str, str]]:
    """The terms of the page and what they mean."""
    says, curve = second_visit.definitions(), second_visit.curve_definitions()
    return [
        (_("Second visit"), says["second_visit"]),
        (_("The curve"), curve["share"]),
        (_("The band"), curve["low"]),
        (_("Too young"), says["too_young"]),
        (
            _("Interval (95 in 100)"),
            _("If chance alone decides, the true share lies between these ends in 95 of 100 cases."),
        ),
    ]
