"""The surveys of a shop, and what they say together."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import month, percent
from loyalty_site import charts
from loyalty_site.selectors.home.ever import Figure
from segments.surveys import results, scores
from segments.surveys.models import FollowUp, Invitation, Response, Stage, Survey
from segments.surveys.results import Month

from . import figures


@dataclass(slots=True)
class SurveysPage:
    """What the list shows above its rows; `waiting` are unhappy customers whom nobody answered yet."""

    figures: list[Figure]
    finding: str
    chart: charts.Chart | None
    waiting: int
    simulated: bool


def counted(model, **only) -> Coalesce:
    """How many rows of a model belong to each survey; a subquery, so that two counts do not multiply."""
    rows = model.objects.filter(survey=OuterRef("pk"), **only).order_by().values("survey")
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)


def surveys(merchant: Merchant) -> QuerySet[Survey]:
    """The surveys with how many were asked in person, and how many answered, the newest first (one query)."""
    return (
        Survey.objects.for_merchant(merchant)
        .select_related("merchant")
        .annotate(asked=counted(Invitation), answers=counted(Response))
        .order_by("-created_at", "-pk")
    )


def page(merchant: Merchant, *, at: datetime) -> SurveysPage:
    """All surveys together (seven queries)."""
    said = results.of_shop(merchant)
    nps, csat = scores.nps(results.counts(said, "nps")), scores.csat(results.counts(said, "csat"))
    months = results.months(said, zone=merchant.timezone)
    return SurveysPage(
        figures=[
            figures.nps_figure(nps),
            figures.csat_figure(csat),
            figures.worth_figure(*results.mean_worth(merchant)),
            figures.rate_figure(results.response_rate(Invitation.objects.for_merchant(merchant))),
        ],
        finding=finding(nps),
        chart=over_time(months, today=at.astimezone(ZoneInfo(merchant.timezone))),
        waiting=FollowUp.objects.filter(merchant=merchant, stage=Stage.OPEN).count(),
        simulated=Survey.objects.for_merchant(merchant).filter(simulated=True).exists(),
    )


def finding(nps: scores.Nps) -> str:
    """What the page says first."""
    said = figures.nps(nps)
    if said is None:
        return _("What customers think, asked and counted. Not enough answers yet to say.")
    return _("Net promoter score %(score)s") % {"score": said}


def over_time(months: list[Month], *, today: datetime) -> charts.Chart | None:
    """Score and satisfaction by month; None while no month has enough answers."""
    if not any(one.nps.score is not None for one in months):
        return None
    known = [one.nps.score for one in months if one.nps.score is not None]
    title = _("Net promoter score %(score)s in the last month with enough answers") % {
        "score": figures.signed(known[-1])
    }
    words = charts.Words(
        "nps", title, _("Net promoter score of each month, in points; months with few answers are left out.")
    )
    last = months[-1].month
    return charts.line(
        words,
        labels=[month(one.month) for one in months],
        series=[
            charts.Series(_("Net promoter score"), [one.nps.score for one in months], figures.signed),
            charts.Series(_("Margin"), [one.nps.margin for one in months], figures.number, drawn=False),
            charts.Series(_("Satisfied"), [one.csat.share for one in months], percent, drawn=False),
            charts.Series(_("Answers"), [one.responses for one in months], drawn=False),
        ],
        head=_("Month"),
        partial=(last.year, last.month) == (today.year, today.month),
    )  # fmt: skip
