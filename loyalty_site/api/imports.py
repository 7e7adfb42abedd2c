"""Files over the API: sent here, read by the worker."""

import json

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from customers.merchants.models import Scope
from customers.merchants.refusals import Missing
from customers.models import Import
from loyalty_site import imports, tasks, undoing

from . import paging
from .fields import OtherLocation, Strict
from .once import is_dry_run
from .parsing import is_storable
from .rendering import CSVRenderer, JSONRenderer
from .views import Endpoint

NO_MAPPING = _('Send the mapping as a JSON object: {"amount": "Total paid"}.')


class MappingField(serializers.CharField):
    """A JSON object that names a column for each field."""

    def to_internal_value(self, data):
        text = super().to_internal_value(data) or "{}"
        try:
            mapping = json.loads(text)
        except (ValueError, RecursionError):
            mapping = None
        readable = isinstance(mapping, dict) and all(isinstance(column, str) for column in mapping.values())
        if not readable or not is_storable(mapping):
            raise serializers.ValidationError(NO_MAPPING, code="mapping")
        return mapping


class ImportBody(Strict):
    kind = serializers.CharField()
    file = serializers.FileField(max_length=255, allow_empty_file=True)
    mapping = MappingField(required=False, allow_blank=True)
    anonymous = serializers.ChoiceField(["reject", "accept"], default="reject")
    dry_run = serializers.BooleanField(default=False)


class FaultReply(serializers.Serializer):
    line = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    message = serializers.CharField()


class ImportReply(serializers.Serializer):
    id = serializers.CharField()
    kind = serializers.CharField()
    filename = serializers.CharField()
    status = serializers.ChoiceField(
        ["checking", "queued", "reading", "posting", "done", "failed", "undoing", "undone"]
    )
    dry_run = serializers.BooleanField()
    message = serializers.CharField()
    columns = serializers.DictField()
    ignored = serializers.ListField(child=serializers.CharField())
    progress = serializers.FloatField(help_text="From 0 to 1.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    rows = serializers.IntegerField()
    accepted = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    rejected = serializers.IntegerField()
    customers = serializers.IntegerField()
    new_customers = serializers.IntegerField()
    value = serializers.IntegerField()
    errors = FaultReply(many=True)


def present(imported: Import) -> dict:
    """An import, how far it is and what it did so far."""
    settled = imported.accepted + imported.duplicates + imported.rejected
    over = imported.state in {"done", "undoing", "undone"}
    return {
        "id": imported.public_id,
        "kind": imported.kind,
        "filename": imported.filename,
        "status": imported.state,
        "dry_run": imported.dry_run,
        "message": imported.message,
        "columns": imported.columns,
        "ignored": imported.ignored,
        "progress": 1.0 if over else round(settled / imported.rows, 3) if imported.rows else 0.0,
        "created_at": imported.created_at,
        "finished_at": imported.finished_at,
        **imports.summary(imported),
    }


class ImportEndpoint(Endpoint):
    """Finds an import of the merchant."""

    scopes = {"POST": Scope.MANAGE}

    def find(self, public_id: str) -> Import:
        imported = Import.objects.for_merchant(self.merchant).filter(public_id=public_id).first()
        if imported is None:
            raise Missing(_("This shop has no import with that id."))
        return imported


class ImportList(ImportEndpoint):
    """The files that were sent, newest first; and sending one. It is read in the background: ask for its progress."""

    row_reply = ImportReply
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="imports_list", responses=ImportReply(many=True))
    def get(self, request):
        found = Import.objects.for_merchant(self.merchant)
        return paging.answer(request, found, lambda rows: [present(row) for row in rows], order=("-created_at", "-pk"))

    @extend_schema(
        operation_id="imports_create", request={"multipart/form-data": ImportBody}, responses={202: ImportReply}
    )
    def post(self, request):
        body = self.read(ImportBody)
        if request.auth.location:
            raise OtherLocation(field="file")
        body["dry_run"] = body["dry_run"] or is_dry_run(request)  # a dry run of a file is a job too
        return self.once(lambda: self.send(body), rehearsable=False)

    @transaction.atomic
    def send(self, body: dict) -> tuple[int, dict]:
        imported = imports.create(
            merchant=self.merchant,
            kind=body["kind"],
            content=body["file"],
            filename=body["file"].name,
            mapping=body.get("mapping"),
            anonymous=body["anonymous"],
            dry_run=body["dry_run"],
            api_key=self.request.auth,
            at=self.at,
        )
        tasks.run_import.enqueue(imported.pk)
        return 202, present(imported)


class ImportDetail(ImportEndpoint):
    """How far an import is, and what it did."""

    row_reply = ImportReply

    @extend_schema(operation_id="imports_get", responses=ImportReply)
    def get(self, request, public_id):
        return Response(present(self.find(public_id)))


class ImportErrors(ImportEndpoint):
    """Every bad cell: line, column, value and message. CSV, or JSON when asked for."""

    row_reply = FaultReply
    renderer_classes = (CSVRenderer, JSONRenderer)

    @extend_schema(operation_id="imports_errors", responses=FaultReply(many=True))
    def get(self, request, public_id):
        faults = self.find(public_id).faults.all()
        return paging.answer(request, faults, lambda rows: FaultReply(rows, many=True).data, order=("line", "pk"))


class ImportUndo(ImportEndpoint):
    """Take an import back, while none of its points are spent."""

    once_required = ("POST",)

    @extend_schema(operation_id="imports_undo", request=None, responses=ImportReply)
    def post(self, request, public_id):
        imported = self.find(public_id)
        return self.once(lambda: (200, present(undoing.undo_import(imported=imported, at=self.at))))
