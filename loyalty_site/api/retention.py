"""The retention report: cohorts by month or quarter, by what the first purchase was, or the curve of second visits."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.merchants.refusals import Invalid
from segments import cohorts, second_visit
from segments.cohorts import By, Compare
from segments.models import Resolution

from .paging import check_names
from .reports import NAMES, AsOf, month

SECOND_VISIT = "second_visit"


class InvalidChoice(Invalid):
    code = "invalid_choice"
    message = _("Choose one of: %(choices)s.")


class CohortReply(serializers.Serializer):
    """`month` is the first of the quarter with `resolution=quarter`; place k of a list is the k-th period after."""

    month = serializers.CharField()
    size = serializers.IntegerField()
    retained = serializers.ListField(child=serializers.IntegerField())
    revenue = serializers.ListField(child=serializers.IntegerField())


class GroupReply(serializers.Serializer):
    """With `by`: of `bases[k]` customers with a k-th period on record, `retained[k]` bought in it."""

    group = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField()
    bases = serializers.ListField(child=serializers.IntegerField())
    retained = serializers.ListField(child=serializers.IntegerField())
    revenue = serializers.ListField(child=serializers.IntegerField())


class PointReply(serializers.Serializer):
    """With `by=second_visit`: a day after the first on which somebody came again."""

    day = serializers.IntegerField()
    at_risk = serializers.IntegerField()
    returned = serializers.IntegerField()
    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class ComparedReply(serializers.Serializer):
    """With `compare`: the same of another time."""

    kind = serializers.ChoiceField(choices=Compare.choices)
    first = serializers.CharField()
    to = serializers.CharField()
    cohorts = CohortReply(many=True, required=False)
    pooled = serializers.ListField(child=serializers.FloatField(), required=False)
    groups = GroupReply(many=True, required=False)
    partial_month = serializers.CharField(allow_null=True)

    def get_fields(self):
        """`from` is no name in Python."""
        fields = super().get_fields()
        return {"from" if name == "first" else name: one for name, one in fields.items()}


class RetentionReply(serializers.Serializer):
    """`cohorts` and `pooled` without `by`; `groups` with it; `curve` and what belongs to it with `second_visit`."""

    cohorts = CohortReply(many=True, required=False)
    pooled = serializers.ListField(child=serializers.FloatField(), required=False)
    by = serializers.CharField(required=False)
    groups = GroupReply(many=True, required=False)
    customers = serializers.IntegerField(required=False)
    returned = serializers.IntegerField(required=False)
    median_days = serializers.IntegerField(required=False, allow_null=True)
    curve = PointReply(many=True, required=False)
    partial_month = serializers.CharField(allow_null=True, required=False)
    compare = ComparedReply(required=False, allow_null=True)
    as_of = serializers.DateTimeField()
    definitions = serializers.DictField(child=serializers.CharField())


class RetentionRow(serializers.Serializer):
    """A cohort in a month after its first: what the CSV has a row for, without `by`."""

    month = serializers.CharField()
    size = serializers.IntegerField()
    k = serializers.IntegerField()
    retained = serializers.IntegerField()
    revenue = serializers.IntegerField()


class GroupRow(serializers.Serializer):
    """A group in a period after each customer's first: what the CSV has a row for, with `by`."""

    group = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField()
    k = serializers.IntegerField()
    base = serializers.IntegerField()
    retained = serializers.IntegerField()
    revenue = serializers.IntegerField()


class Retention(AsOf):
    """Who came again: cohorts by the month of the first purchase.

    With `resolution=quarter` by quarters; with `by` told apart by what the first purchase was, periods counted from
    each customer's own first; with `by=second_visit` how many came on a second day within how many days (Kaplan and
    Meier, interval of 95 in 100 by Greenwood, known at the end of `as_of`). `compare` adds the same of as many periods
    just before, or of the year before, for cohorts and groups.
    """

    row_reply = RetentionRow

    @extend_schema(
        operation_id="reports_retention",
        parameters=[
            OpenApiParameter("from"),
            OpenApiParameter("to"),
            OpenApiParameter("resolution", enum=Resolution.values, default=Resolution.MONTH.value),
            OpenApiParameter("by", enum=[*By.values, SECOND_VISIT]),
            OpenApiParameter("compare", enum=Compare.values),
            OpenApiParameter("as_of", date, description="Of the curve of second visits; today by default."),
        ],
        responses=RetentionReply,
    )
    def get(self, request):
        check_names(request, (*NAMES, "by"))
        since, until = (month(request.query_params.get(name), name) for name in ("from", "to"))
        cohorts.check_months(since=since, until=until, today=self.today())
        by = self.choice("by", [*By.values, SECOND_VISIT])
        resolution = self.choice("resolution", Resolution.values) or Resolution.MONTH
        compare = self.choice("compare", Compare.values)
        self.row_reply = {None: RetentionRow, SECOND_VISIT: PointReply}.get(by, GroupRow)
        if by == SECOND_VISIT:
            found = second_visit.curve(self.merchant, since=since, until=until, as_of=self.as_of())
            return self.answer(curve_rows(found), lambda: curve(found))
        show = groups if by else table
        ask = {"resolution": resolution, **({"by": by} if by else {})}
        read = cohorts.by_first if by else cohorts.retention
        found = read(self.merchant, since=since, until=until, **ask)
        rows = group_rows(found) if by else cohort_rows(found)
        return self.answer(rows, lambda: show(found) | self.compared(compare, found, read, show, (since, until), ask))

    def choice(self, name: str, choices: list[str]) -> str | None:
        """One of the values that a parameter takes; None without it."""
        text = self.request.query_params.get(name)
        if text is not None and text not in choices:
            raise InvalidChoice(field=name, values={"choices": ", ".join(choices)})
        return text

    def compared(self, kind: str | None, found, read: Callable, show: Callable, bounds: tuple, ask: dict) -> dict:
        """The same of another time under `compare`; null where nothing is on record."""
        if kind is None:
            return {}
        if found.first is None:
            return {"compare": None}
        first, last = cohorts.shifted((bounds[0] or found.first, found.last), kind, ask["resolution"])
        other = show(read(self.merchant, since=first, until=last, **ask))
        other = {name: value for name, value in other.items() if name not in ("by", "definitions")}
        return {"compare": {"kind": kind, "from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}", **other}}

    def answer(self, rows: list[dict], body: Callable[[], dict]) -> Response:
        """Rows for a spreadsheet, or the report with its moment."""
        if self.request.accepted_renderer.format == "csv":
            return Response(rows)
        return Response({**body(), "as_of": self.at})


def table(found: cohorts.Retention) -> dict:
    """Cohorts as the contract has them."""
    return {
        "cohorts": [
            {"month": f"{one.month:%Y-%m}", "size": one.size, "retained": one.retained, "revenue": one.revenue}
            for one in found.cohorts
        ],
        "pooled": found.pooled,
        "partial_month": f"{found.partial_month:%Y-%m}" if found.partial_month else None,
        "definitions": cohorts.definitions(),
    }


def groups(found: cohorts.Groups) -> dict:
    """Groups by what the first purchase was."""
    return {
        "by": found.by,
        "groups": [
            {
                "group": one.name,
                "size": one.size,
                "bases": one.bases,
                "retained": one.retained,
                "revenue": one.revenue,
            }
            for one in found.groups
        ],
        "partial_month": f"{found.partial_month:%Y-%m}" if found.partial_month else None,
        "definitions": cohorts.group_definitions(),
    }


def curve(found: second_visit.Curve) -> dict:
    """The curve of second visits."""
    return {
        "by": SECOND_VISIT,
        "customers": found.customers,
        "returned": found.returned,
        "median_days": found.median,
        "curve": curve_rows(found),
        "definitions": second_visit.curve_definitions(),
    }


def cohort_rows(found: cohorts.Retention) -> list[dict]:
    """A row for each cohort and period after it."""
    return [
        {"month": f"{one.month:%Y-%m}", "size": one.size, "k": place, "retained": retained, "revenue": revenue}
        for one in found.cohorts
        for place, (retained, revenue) in enumerate(zip(one.retained, one.revenue, strict=True))
    ]


def group_rows(found: cohorts.Groups) -> list[dict]:
    """A row for each group and period after the first."""
    return [
        {
            "group": one.name,
            "size": one.size,
            "k": place,
            "base": base,
            "retained": one.retained[place],
            "revenue": one.revenue[place],
        }
        for one in found.groups
        for place, base in enumerate(one.bases)
    ]


def curve_rows(found: second_visit.Curve) -> list[dict]:
    """A row for each day on which somebody came again."""
    return [
        {
            "day": one.time,
            "at_risk": one.at_risk,
            "returned": one.events,
            "share": one.share,
            "low": one.interval[0],
            "high": one.interval[1],
        }
        for one in found.points
    ]
