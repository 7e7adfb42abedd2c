"""What happened with one customer, over the API."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import get_language, override
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import Customer
from loyalty_site.selectors import timeline
from loyalty_site.selectors.timeline import Happening, Place

from . import paging, rendering
from .fields import find_customer
from .views import Endpoint

ORDER = ("at", "source", "pk")
AT_ONCE = 500


class HappeningReply(serializers.Serializer):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(timeline.KINDS)
    id = serializers.CharField(allow_null=True, help_text="What it is about; null for what has no id.")
    summary = serializers.CharField()
    amount = serializers.IntegerField(allow_null=True, help_text="Minor units.")
    points = serializers.IntegerField(allow_null=True)
    program = serializers.CharField(allow_null=True)


class Timeline(Endpoint):
    """Everything that happened with a customer, newest first: card, consents, purchases, refunds, points that moved by
    themselves, redemptions, vouchers used, tiers, activities."""

    row_reply = HappeningReply

    @extend_schema(operation_id="customers_timeline", responses=HappeningReply(many=True))
    def get(self, request, public_id):
        customer = find_customer(self.merchant, public_id)
        paging.check_names(request, paging.PAGE)
        if request.accepted_renderer.format == "csv":
            return rendering.streamed(HappeningReply, everything(customer), name="timeline.csv")
        limit = paging.read_limit(request.query_params.get("limit"))
        cursor = request.query_params.get("cursor")
        found = timeline.page(customer, behind=read(cursor) if cursor else None, most=limit + 1)
        shown, has_more = found[:limit], len(found) > limit
        return Response(
            {
                "data": [present(one) for one in shown],
                "has_more": has_more,
                "next_cursor": paging.write_cursor(shown[-1].place, ORDER) if has_more else None,
            }
        )


def read(cursor: str) -> Place:
    """Where the last page ended. Raises InvalidCursor."""
    return Place(*paging.read_cursor(cursor, [datetime, int, int]))


def everything(customer: Customer) -> Iterator[dict]:
    """All of it, some hundred at a time."""
    language, behind = get_language(), None
    while True:
        with override(language):
            found = timeline.page(customer, behind=behind, most=AT_ONCE)
        yield from map(present, found)
        if len(found) < AT_ONCE:
            return
        behind = found[-1].place


def present(one: Happening) -> dict:
    """A happening as the API shows it."""
    names = ("at", "kind", "id", "summary", "amount", "points", "program")
    return {name: getattr(one, name) for name in names}
