"""What customers are worth over the next year, with the status without which no figure of it is worth reading."""

import re
from datetime import date

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.refusals import Invalid
from loyalty_site.selectors import customer_values
from segments.clv import memory, words
from segments.clv.valuation import Status

from .paging import check_names
from .reports import NAMES, AsOf, InvalidDay

NUMBER = OpenApiParameter("discount", float, default=memory.USUAL_DISCOUNT, description="A year's discount, 0 to 1.")


class DayToCome(InvalidDay):
    message = _("This day has not come yet. Choose today or an earlier one.")


class InvalidDiscount(Invalid):
    code = "invalid_discount"
    message = _("Write the discount of a year as a number from 0 to 1, such as 0.10.")


class Params(serializers.Serializer):
    """Null where there was nothing to fit; `gamma` is in units of the currency."""

    r = serializers.FloatField(allow_null=True)
    alpha = serializers.FloatField(allow_null=True)
    a = serializers.FloatField(allow_null=True)
    b = serializers.FloatField(allow_null=True)
    p = serializers.FloatField(allow_null=True)
    q = serializers.FloatField(allow_null=True)
    gamma = serializers.FloatField(allow_null=True)


class LogLikelihood(serializers.Serializer):
    bgnbd = serializers.FloatField(allow_null=True)
    gamma_gamma = serializers.FloatField(allow_null=True)


class HoldoutReply(serializers.Serializer):
    """Null where no time is known that the forecast could be tried against."""

    starts_after = serializers.DateField(allow_null=True)
    weeks = serializers.FloatField(allow_null=True)
    actual = serializers.IntegerField(allow_null=True)
    forecast = serializers.FloatField(allow_null=True)
    correlation = serializers.FloatField(allow_null=True)


class CustomerValueReply(serializers.Serializer):
    as_of = serializers.DateField()
    discount = serializers.FloatField()
    status = serializers.ChoiceField(Status)
    warnings = serializers.ListField(child=serializers.CharField())
    customers = serializers.IntegerField()
    last_purchase_on = serializers.DateField(allow_null=True)
    params = Params()
    log_likelihood = LogLikelihood()
    holdout = HoldoutReply()
    total_clv_12m = serializers.IntegerField(allow_null=True)
    definitions = serializers.DictField(child=serializers.CharField())


class ValueRow(serializers.Serializer):
    """A customer: what the CSV has a row for."""

    customer = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    x = serializers.IntegerField()
    t_x = serializers.FloatField()
    T = serializers.FloatField()
    p_alive = serializers.FloatField(allow_null=True)
    expected_purchases_12m = serializers.FloatField(allow_null=True)
    clv_12m = serializers.IntegerField(allow_null=True)


class CustomerValue(AsOf):
    """Customer lifetime value at the end of a day (`as_of`, today by default), by BG/NBD and Gamma-Gamma.

    Read `status` before any figure: with `weak` the warnings belong beside them, with `unidentified` there are none.
    """

    row_reply = ValueRow

    @extend_schema(
        operation_id="reports_clv", parameters=[OpenApiParameter("as_of", date), NUMBER], responses=CustomerValueReply
    )
    def get(self, request):
        check_names(request, (*NAMES, "discount"))
        as_of = self.as_of()
        if as_of > self.today():
            raise DayToCome(field="as_of")
        discount = read_discount(request.query_params.get("discount"))
        found = memory.valued(self.merchant, as_of=as_of, discount=discount)
        if request.accepted_renderer.format == "csv":
            return Response(customer_values.plain_rows(self.merchant, found))
        return Response({**customer_values.plain(found), "definitions": words.definitions()})


def read_discount(text: str | None) -> float:
    """The discount of a year; raises InvalidDiscount."""
    if text is None:
        return memory.USUAL_DISCOUNT
    if not re.fullmatch(r"[0-9]?\.?[0-9]{1,9}", text) or not 0 <= float(text) <= 1:
        raise InvalidDiscount(field="discount")
    return float(text)
