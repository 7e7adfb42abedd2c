"""The report on recency, frequency and value: the board as JSON, everybody with their scores as CSV."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from segments import rfv
from segments.overview import share
from segments.rfv import Board, Cell

from .paging import check_names
from .rendering import streamed
from .reports import NAMES, AsOf


class GroupReply(serializers.Serializer):
    """Customers of a cell or a region, and how many of them stood there at the end of the month before."""

    customers = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    revenue = serializers.IntegerField()
    average_value_score = serializers.FloatField(allow_null=True)
    before = serializers.IntegerField(allow_null=True)
    joined = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)


class CellReply(GroupReply):
    recency_score = serializers.IntegerField()
    frequency_score = serializers.IntegerField()
    region = serializers.CharField()


class RegionReply(GroupReply):
    region = serializers.CharField()
    definition = serializers.CharField()


class ValueScoreReply(serializers.Serializer):
    """Customers with the same score of value, and between which amounts they are worth."""

    value_score = serializers.IntegerField()
    customers = serializers.IntegerField()
    revenue = serializers.IntegerField()
    lowest = serializers.IntegerField()
    highest = serializers.IntegerField()


class BoardReply(serializers.Serializer):
    as_of = serializers.DateField()
    compared_with = serializers.DateField(allow_null=True)
    customers = serializers.IntegerField()
    revenue = serializers.IntegerField()
    board = CellReply(many=True)
    regions = RegionReply(many=True)
    values = ValueScoreReply(many=True)
    definitions = serializers.DictField(child=serializers.CharField())


class ScoredRow(serializers.Serializer):
    """One customer: what the CSV has a row for."""

    customer = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    recency_days = serializers.IntegerField()
    frequency = serializers.IntegerField()
    value = serializers.IntegerField()
    recency_score = serializers.IntegerField()
    frequency_score = serializers.IntegerField()
    value_score = serializers.IntegerField()


class Rfv(AsOf):
    """Recency, frequency and value at the end of a day (`as_of`, today by default).

    The board of five by five with value beside, and its movement since the end of the month before; as CSV a row per
    customer.
    """

    row_reply = ScoredRow

    @extend_schema(operation_id="reports_rfv", parameters=[OpenApiParameter("as_of", date)], responses=BoardReply)
    def get(self, request):
        check_names(request, NAMES)
        day = self.as_of()
        if request.accepted_renderer.format == "csv":
            return streamed(ScoredRow, scored_rows(self.merchant, day), name="rfv.csv")
        return Response(reply(rfv.board(self.merchant, day=day)))


def scored_rows(merchant, day: date) -> Iterator[dict]:
    """Everybody with their scores, as they are read."""
    return (asdict(one) for one in rfv.rows(merchant, day=day))


def reply(shown: Board) -> dict:
    """The board as the document says it."""
    return {
        "as_of": shown.day,
        "compared_with": shown.then,
        "customers": shown.customers,
        "revenue": shown.revenue,
        "board": [
            {"recency_score": r, "frequency_score": f, "region": rfv.region_of(r, f).key, **group(cell, shown)}
            for (r, f), cell in shown.cells.items()
        ],
        "regions": [
            {"region": one.key, "definition": one.definition, **group(shown.regions[one.key], shown)}
            for one in rfv.REGIONS
        ],
        "values": [
            {"value_score": one.score, "customers": one.customers, "revenue": one.revenue, "lowest": one.lowest,
             "highest": one.highest}
            for one in shown.values
        ],
        "definitions": rfv.definitions(),
    }  # fmt: skip


def group(cell: Cell, shown: Board) -> dict:
    """The figures of a cell or a region; the movement only where there is something to compare with."""
    average = cell.average_value_score
    return {
        "customers": cell.customers,
        "share": share(cell.customers, shown.customers),
        "revenue": cell.revenue,
        "average_value_score": None if average is None else float(average),
        **{name: getattr(cell, name) if shown.then else None for name in ("before", "joined", "left")},
    }
