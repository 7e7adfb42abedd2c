"""Segments over the API: made by criteria, from a file or of another one; who is in, who came, who left."""

from datetime import datetime, timedelta

import django_filters
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from customers.merchants.models import Merchant, Scope
from customers.merchants.refusals import Missing
from customers.models import AudienceMember, Consent
from loyalty_site import uploads
from segments import lists
from segments.models import Kind, Segment

from . import paging
from .customers import present as as_customer
from .fields import OtherLocation
from .parsing import JSON
from .segment_bodies import (
    ListedReply,
    RefreshedReply,
    SegmentBody,
    SegmentChange,
    SegmentMade,
    SegmentReply,
    SegmentUpload,
    SnapshotBody,
)
from .views import Endpoint

WEEK = timedelta(days=7)


class SegmentFilter(django_filters.FilterSet):
    """Which segments: those put away are asked for."""

    archived = django_filters.ChoiceFilter(choices=[("true", "true"), ("false", "false")], method="put_away")
    kind = django_filters.ChoiceFilter(choices=Kind.choices)

    class Meta:
        model = Segment
        fields = []

    @property
    def qs(self):
        asked = self.is_valid() and self.form.cleaned_data.get("archived") == "true"
        return super().qs.filter(archived_at__isnull=not asked)

    def put_away(self, queryset, name, asked):
        return queryset


class ListedFilter(django_filters.FilterSet):
    """Who is in, who came at a moment or later; or who left at a moment or later and is not back."""

    entered_after = django_filters.IsoDateTimeFilter(field_name="added_at", lookup_expr="gte")
    left_after = django_filters.IsoDateTimeFilter(method="gone")

    class Meta:
        model = AudienceMember
        fields = []

    @property
    def qs(self):
        return super().qs if self.is_valid() and self.form.cleaned_data.get("left_after") else super().qs.now()

    def gone(self, queryset, name, moment):
        return queryset.left(moment)


def presented(merchant: Merchant, segments: list[Segment], *, at: datetime) -> list[dict]:
    """Segments as the API shows them (two queries for their figures)."""
    known = lists.figures(merchant, segments, since=at - WEEK)
    return [present(segment, known[segment.pk]) for segment in segments]


def present(segment: Segment, figures: lists.Figures) -> dict:
    """One of them."""
    said = lists.said(segment)
    return {
        "id": segment.public_id,
        "name": segment.name,
        "kind": segment.kind,
        "definition": segment.definition,
        "sentence": said.sentence,
        "problem": said.problem or None,
        "reason": segment.reason,
        "people": figures.people,
        "value": figures.value,
        "entered_7d": figures.entered,
        "left_7d": figures.left,
        "source": segment.source.public_id if segment.source else None,
        "report": segment.report,
        "created_at": segment.created_at,
        "refreshed_at": segment.refreshed_at,
        "archived_at": segment.archived_at,
    }


class SegmentEndpoint(Endpoint):
    """Finds a segment of the merchant."""

    scopes = dict.fromkeys(["POST", "PATCH", "DELETE"], Scope.MANAGE)
    row_reply = SegmentReply

    def mine(self):
        return Segment.objects.for_merchant(self.merchant).select_related("audience", "merchant", "source__audience")

    def find(self, public_id: str) -> Segment:
        segment = self.mine().filter(audience__public_id=public_id).first()
        if segment is None:
            raise Missing(_("This shop has no segment with that id."))
        return segment

    def shown(self, segment: Segment) -> dict:
        """A segment as it stands after what was done to it."""
        return presented(self.merchant, [self.find(segment.public_id)], at=self.at)[0]


class SegmentList(SegmentEndpoint):
    """The segments of the shop, newest first, without those put away; and making one, filled at once."""

    @extend_schema(
        operation_id="segments_list",
        responses=SegmentReply(many=True),
        parameters=[OpenApiParameter("archived", bool), OpenApiParameter("kind", enum=Kind.values)],
    )
    def get(self, request):
        found = SegmentFilter(request.query_params, self.mine())
        return paging.filtered(
            request, found, lambda rows: presented(self.merchant, rows, at=self.at), order=("-created_at", "-pk")
        )

    @extend_schema(operation_id="segments_create", request=SegmentBody, responses={201: SegmentMade})
    def post(self, request):
        body = self.read(SegmentBody)
        return self.once(
            lambda: (201, self.shown(lists.create(merchant=self.merchant, at=self.at, **body))),
        )


class SegmentDetail(SegmentEndpoint):
    """One segment: read it, change what is sent, put it away. One that something leans on stays: 409 with `uses`."""

    @extend_schema(operation_id="segments_get", responses=SegmentReply)
    def get(self, request, public_id):
        return Response(self.shown(self.find(public_id)))

    @extend_schema(operation_id="segments_change", request=SegmentChange, responses=SegmentReply)
    def patch(self, request, public_id):
        body = self.read(SegmentChange)
        segment = self.find(public_id)
        return self.once(lambda: (200, self.shown(changed(segment, body, at=self.at))), rehearsable=False)

    @extend_schema(operation_id="segments_delete", responses={204: None})
    def delete(self, request, public_id):
        lists.archive(segment=self.find(public_id), at=self.at)
        return Response(status=204)


def changed(segment: Segment, body: dict, *, at: datetime) -> Segment:
    """Bring back or put away, and change what is sent."""
    archived = body.pop("archived", None)
    if archived is False:
        segment = lists.restore(segment=segment, at=at)
    if body:
        segment = lists.change(segment=segment, at=at, **body)
    return lists.archive(segment=segment, at=at) if archived else segment


class SegmentRefresh(SegmentEndpoint):
    """Let the list follow its criteria now, and say how many came and left."""

    @extend_schema(operation_id="segments_refresh", request=None, responses=RefreshedReply)
    def post(self, request, public_id):
        return self.once(lambda: self.refresh(self.find(public_id)))

    def refresh(self, segment: Segment) -> tuple[int, dict]:
        entered, left = lists.refresh(segment=segment, at=self.at)
        return 200, {**self.shown(segment), "entered": entered, "left": left}


class SegmentSnapshot(SegmentEndpoint):
    """A list that stands still, of whoever is in the segment now."""

    @extend_schema(operation_id="segments_snapshot", request=SnapshotBody, responses={201: SegmentMade})
    def post(self, request, public_id):
        body = self.read(SnapshotBody)
        segment = self.find(public_id)
        name = body.get("name") or lists.snapshot_name(segment, day=self.today())
        return self.once(lambda: (201, self.shown(lists.snapshot(segment=segment, name=name, at=self.at))))


class SegmentUploads(SegmentEndpoint):
    """A list that stands still, of the customers whom a CSV names by number, phone, e-mail or card."""

    parser_classes = (MultiPartParser, JSON)

    @extend_schema(
        operation_id="segments_upload", request={"multipart/form-data": SegmentUpload}, responses={201: SegmentMade}
    )
    def post(self, request):
        body = self.read(SegmentUpload)
        if request.auth.location:
            raise OtherLocation(field="file")
        return self.once(lambda: (201, self.shown(self.send(body))))

    def send(self, body: dict) -> Segment:
        file = body["file"]
        return uploads.upload(merchant=self.merchant, name=body["name"], content=file, filename=file.name, at=self.at)


class SegmentCustomers(SegmentEndpoint):
    """Who is in a segment; with `entered_after` who came since, with `left_after` who left since and is not back."""

    row_reply = ListedReply

    @extend_schema(
        operation_id="segments_customers",
        responses=ListedReply(many=True),
        parameters=[OpenApiParameter(name, datetime) for name in ListedFilter.base_filters],
    )
    def get(self, request, public_id):
        members = self.find(public_id).audience.members.select_related("customer__activity", "customer__location")
        consents = Prefetch("customer__consents", Consent.objects.order_by("recorded_at", "pk"))
        found = ListedFilter(request.query_params, members.prefetch_related(consents))
        return paging.filtered(request, found, lambda rows: [listed(row) for row in rows], order=("-customer_id",))


def listed(member: AudienceMember) -> dict:
    """Somebody of a segment."""
    return {**as_customer(member.customer), "entered_at": member.added_at, "left_at": member.removed_at}
