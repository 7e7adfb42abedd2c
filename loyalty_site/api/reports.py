"""Reports: plain figures with their definitions and date beside them."""

import re
from datetime import date

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.refusals import Invalid
from segments import overview

from .paging import check_names
from .views import Endpoint

NAMES = ("from", "to", "as_of", "resolution", "compare")  # of all reports; each reads those that it has


class InvalidDay(Invalid):
    code = "invalid_date"
    message = _("Write the day as YYYY-MM-DD, such as 2026-03-01.")


class InvalidMonth(Invalid):
    code = "invalid_month"
    message = _("Write the month as YYYY-MM, such as 2026-03.")


class OverviewReply(serializers.Serializer):
    as_of = serializers.DateField()
    customers = serializers.IntegerField()
    purchases = serializers.IntegerField()
    anonymous_purchases = serializers.IntegerField()
    revenue = serializers.IntegerField()
    anonymous_revenue = serializers.IntegerField()
    average_purchase = serializers.IntegerField(allow_null=True)
    repeat_customers = serializers.IntegerField()
    repeat_rate = serializers.FloatField(allow_null=True)
    lapsed_30d = serializers.IntegerField()
    lapsed_60d = serializers.IntegerField()
    lapsed_90d = serializers.IntegerField()
    lapsed_30d_rate = serializers.FloatField(allow_null=True)
    lapsed_60d_rate = serializers.FloatField(allow_null=True)
    lapsed_90d_rate = serializers.FloatField(allow_null=True)
    top_20_share = serializers.FloatField(allow_null=True)
    top_10_share = serializers.FloatField(allow_null=True)
    median_gap_days = serializers.FloatField(allow_null=True)
    definitions = serializers.DictField(child=serializers.CharField())


class AsOf(Endpoint):
    """A report of a day: today at the shop, if the address does not say another."""

    def as_of(self) -> date:
        """The day asked for."""
        text = self.request.query_params.get("as_of")
        if text is None:
            return self.today()
        try:
            return read_day(text)
        except ValueError as error:
            raise InvalidDay(field="as_of") from error


class Overview(AsOf):
    """The shop in a dozen figures at the end of a day (`as_of`, today by default)."""

    @extend_schema(
        operation_id="reports_overview", parameters=[OpenApiParameter("as_of", date)], responses=OverviewReply
    )
    def get(self, request):
        check_names(request, NAMES)
        found = overview.overview(self.merchant, as_of=self.as_of())
        plain = {"as_of": found.as_of, **found.figures()}
        if request.accepted_renderer.format == "csv":
            return Response([plain])
        return Response({**plain, "definitions": found.definitions})


def read_day(text: str) -> date:
    """A day written YYYY-MM-DD, in the centuries of shops; raises ValueError."""
    if not re.fullmatch(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def month(text: str | None, field: str) -> date | None:
    """The first day of a month written YYYY-MM."""
    if text is None:
        return None
    if not re.fullmatch(r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise InvalidMonth(field=field)
    return date.fromisoformat(f"{text}-01")
