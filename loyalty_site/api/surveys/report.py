"""Satisfaction as plain figures."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.refusals import Invalid
from loyalty_site.api.paging import check_names
from loyalty_site.api.reports import NAMES, InvalidDay, read_day
from loyalty_site.api.views import Endpoint
from loyalty_site.selectors.surveys.figures import DEFINITIONS
from segments.surveys import results, scores
from segments.surveys.models import Invitation, Survey
from segments.surveys.results import Month


class InvalidWindow(Invalid):
    code = "invalid_window"
    message = _("'to' must not lie before 'from'.")


class NpsReply(serializers.Serializer):
    answers = serializers.IntegerField()
    promoters = serializers.IntegerField()
    passives = serializers.IntegerField()
    detractors = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True, help_text="In points from -100 to 100; null below 10 answers.")
    margin = serializers.FloatField(allow_null=True, help_text="Of 95 %, in points.")


class CsatReply(serializers.Serializer):
    answers = serializers.IntegerField()
    satisfied = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Of 1; null below 5 answers.")
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)


class RateReply(serializers.Serializer):
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)


class WorthReply(serializers.Serializer):
    customers = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True, help_text="From 1 to 5; null below 5 customers.")


class MonthReply(serializers.Serializer):
    """What the CSV has a row for."""

    month = serializers.CharField()
    responses = serializers.IntegerField()
    nps = NpsReply()
    csat = CsatReply()


class SatisfactionReply(serializers.Serializer):
    responses = serializers.IntegerField()
    nps = NpsReply()
    csat = CsatReply()
    value_score = WorthReply()
    response_rate = RateReply()
    months = MonthReply(many=True)
    simulated = serializers.BooleanField(help_text="Some of the answers were made up by a program.")
    as_of = serializers.DateTimeField()
    definitions = serializers.DictField(child=serializers.CharField())


class SatisfactionReport(Endpoint):
    """Net promoter score, satisfaction and perceived value, of the answers from a day to a day (both included)."""

    row_reply = MonthReply

    @extend_schema(
        operation_id="reports_satisfaction",
        parameters=[OpenApiParameter("from", date), OpenApiParameter("to", date)],
        responses=SatisfactionReply,
    )
    def get(self, request):
        check_names(request, NAMES)
        since, until = self.bound("from"), self.bound("to", after=True)
        if since and until and until <= since:
            raise InvalidWindow(field="to")
        said = results.of_shop(self.merchant, since=since, until=until)
        months = [month(one) for one in results.months(said, zone=self.merchant.timezone)]
        if request.accepted_renderer.format == "csv":
            return Response(months)
        asked = Invitation.objects.for_merchant(self.merchant)
        asked = asked.filter(created_at__gte=since) if since else asked
        asked = asked.filter(created_at__lt=until) if until else asked
        mean, count = results.mean_worth(self.merchant)
        return Response(
            {
                "responses": sum(one["responses"] for one in months),
                "nps": nps(scores.nps(results.counts(said, "nps"))),
                "csat": csat(scores.csat(results.counts(said, "csat"))),
                "value_score": {"customers": count, "mean": mean},
                "response_rate": rate(results.response_rate(asked)),
                "months": months,
                "simulated": Survey.objects.for_merchant(self.merchant).filter(simulated=True).exists(),
                "as_of": self.at,
                "definitions": {name: str(said) for name, said in DEFINITIONS.items()},
            }
        )

    def bound(self, name: str, *, after: bool = False) -> datetime | None:
        """Midnight of a day of the address at the shop, or of the day after it."""
        text = self.request.query_params.get(name)
        if text is None:
            return None
        try:
            day = read_day(text)
        except ValueError as error:
            raise InvalidDay(field=name) from error
        return datetime.combine(day + timedelta(days=after), time.min, ZoneInfo(self.merchant.timezone))


def nps(found: scores.Nps) -> dict:
    """The score as plain numbers."""
    names = ("answers", "promoters", "passives", "detractors", "score", "margin")
    return {name: getattr(found, name) for name in names}


def csat(found: scores.Csat) -> dict:
    """Satisfaction as plain numbers."""
    names = ("answers", "satisfied", "share", "low", "high", "mean")
    return {name: getattr(found, name) for name in names}


def rate(found: scores.Rate) -> dict:
    """The response rate as plain numbers."""
    return {"asked": found.asked, "answered": found.answered, "share": found.share}


def month(one: Month) -> dict:
    """A month as plain numbers."""
    plain = {"month": f"{one.month:%Y-%m}", "responses": one.responses}
    return {**plain, "nps": nps(one.nps), "csat": csat(one.csat)}
