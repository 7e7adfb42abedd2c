"""The calls."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.filters import PurchaseFilter
from customers.merchants.models import Scope
from customers.merchants.refusals import Missing
from loyalty_site import flows
from loyalty_site.api import paging
from loyalty_site.api.views import Endpoint, made

from . import batches
from .bodies import BatchBody, PurchaseBody, draft, find_buyer, find_first
from .replies import PurchaseReply, RecordedReply, present, recorded, shown


class PurchaseList(Endpoint):
    """The purchases of the shop, newest first; and recording one."""

    row_reply = PurchaseReply
    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    @extend_schema(
        operation_id="purchases_list",
        responses=PurchaseReply(many=True),
        parameters=[OpenApiParameter(name) for name in PurchaseFilter.base_filters],
    )
    def get(self, request):
        found = PurchaseFilter(request.query_params, shown(self.merchant))
        return paging.filtered(request, found, lambda rows: present(self.merchant, rows), order=("-occurred_at", "-pk"))

    @extend_schema(
        operation_id="purchases_record", request=PurchaseBody, responses=dict.fromkeys([200, 201], RecordedReply)
    )
    def post(self, request):
        body = self.read(PurchaseBody)
        return self.once(lambda: self.record(body))

    def record(self, body: dict) -> tuple[int, dict]:
        """Record a purchase; one with an external id that stands already is answered with the first."""
        if first := find_first(self.merchant, body.get("external_id")):
            return made(recorded(self.merchant, first, at=self.at), new=False)
        one = draft(self.request, body, at=self.at)
        buyer, new = find_buyer(self.merchant, body, at=self.at)
        one.customer_id = buyer.pk if buyer else None
        flows.record_once(merchant=self.merchant, drafts=[one], at=self.at)
        reply = recorded(self.merchant, one.pk, at=self.at)
        if new:
            reply["customer_created"] = True
        return made(reply, new=not one.duplicate)


class PurchasePreview(PurchaseList):
    """What a purchase would earn: recording it, rolled back."""

    row_reply = RecordedReply
    once_required = ()
    http_method_names = ["post", "options"]

    @extend_schema(operation_id="purchases_preview", request=PurchaseBody, responses=RecordedReply)
    def post(self, request):
        body = self.read(PurchaseBody)
        return self.dry(lambda: self.record(body))


class PurchaseDetail(Endpoint):
    """One purchase, with what it earned and why."""

    row_reply = PurchaseReply

    @extend_schema(operation_id="purchases_get", responses=PurchaseReply)
    def get(self, request, public_id):
        purchase = shown(self.merchant).filter(public_id=public_id).first()
        if purchase is None:
            raise Missing
        return Response(present(self.merchant, [purchase])[0])


class BatchResult(serializers.Serializer):
    external_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(["created", "duplicate", "error"])
    id = serializers.CharField(allow_null=True)
    points = serializers.IntegerField()
    error = serializers.DictField(allow_null=True)


class BatchReply(serializers.Serializer):
    results = BatchResult(many=True)


class PurchaseBatch(Endpoint):
    """Up to 1,000 purchases at once; one bad row never stops the others."""

    scopes = {"POST": Scope.COUNTER}
    once_required = ("POST",)

    @extend_schema(operation_id="purchases_batch", request=BatchBody, responses=BatchReply)
    def post(self, request):
        body = self.read(BatchBody)
        return self.once(lambda: (200, {"results": batches.record(request, body["purchases"], at=self.at)}))
