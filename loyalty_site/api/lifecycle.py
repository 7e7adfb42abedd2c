"""The report on the life cycle: how many stand where, and how they moved; as CSV everybody with their state."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.models import Merchant
from segments import cohorts, lifecycle
from segments.lifecycle import State
from segments.overview import share

from .paging import check_names
from .rendering import streamed
from .reports import NAMES, AsOf, month


class StateReply(serializers.Serializer):
    state = serializers.ChoiceField(choices=State.choices)
    customers = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    revenue = serializers.IntegerField()


class FlowReply(serializers.Serializer):
    """Customers by where they stood at the end of the month before (null: no customers yet) and of the month."""

    month = serializers.CharField()
    before = serializers.ChoiceField(choices=State.choices, allow_null=True)
    now = serializers.ChoiceField(choices=State.choices)
    customers = serializers.IntegerField()


class LifecycleReply(serializers.Serializer):
    as_of = serializers.DateField()
    customers = serializers.IntegerField()
    revenue = serializers.IntegerField()
    median_gap_days = serializers.FloatField(allow_null=True)
    states = StateReply(many=True)
    flows = FlowReply(many=True)
    partial_month = serializers.CharField(allow_null=True)
    definitions = serializers.DictField(child=serializers.CharField())


class StandingRow(serializers.Serializer):
    """One customer: what the CSV has a row for."""

    customer = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=State.choices)
    recency_days = serializers.IntegerField()
    visits = serializers.IntegerField()
    gap_days = serializers.FloatField(allow_null=True)
    own_gap = serializers.BooleanField()


class Lifecycle(AsOf):
    """Who is new, active, won back, late, at risk or lost at the end of a day (`as_of`, today by default).

    Flows are those of the months `from` to `to`, by default the six until the day's own; as CSV a row per customer.
    """

    row_reply = StandingRow

    @extend_schema(
        operation_id="reports_lifecycle",
        parameters=[OpenApiParameter("as_of", date), OpenApiParameter("from"), OpenApiParameter("to")],
        responses=LifecycleReply,
    )
    def get(self, request):
        check_names(request, NAMES)
        day = self.as_of()
        since, until = (month(request.query_params.get(name), name) for name in ("from", "to"))
        cohorts.check_months(since=since, until=until, today=day)
        if request.accepted_renderer.format == "csv":
            return streamed(StandingRow, standing_rows(self.merchant, day), name="lifecycle.csv")
        return Response(reply(lifecycle.lifecycle(self.merchant, day=day, since=since, until=until)))


def standing_rows(merchant: Merchant, day: date) -> Iterator[dict]:
    """Everybody with their state, as they are read."""
    return (asdict(one) for one in lifecycle.rows(merchant, day=day))


def reply(found: lifecycle.Lifecycle) -> dict:
    """The report as the document says it."""
    return {
        "as_of": found.day,
        "customers": found.customers,
        "revenue": found.revenue,
        "median_gap_days": None if found.twice_gap is None else found.twice_gap / 2,
        "states": [
            {"state": state, "customers": group.customers, "share": share(group.customers, found.customers),
             "revenue": group.revenue}
            for state, group in found.groups.items()
        ],
        "flows": [
            {"month": f"{one.month:%Y-%m}", "before": one.before, "now": one.now, "customers": one.customers}
            for one in found.flows
        ],
        "partial_month": f"{found.partial_month:%Y-%m}" if found.partial_month else None,
        "definitions": lifecycle.definitions(),
    }  # fmt: skip
