"""What the generated OpenAPI document says of every call."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 characters, kept 7 days. The same key and body answer the stored reply.",
)
DRY_RUN = OpenApiParameter("dry_run", bool, description="Answer what would happen and write nothing.")


class ProblemError(serializers.Serializer):
    field = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()


class Problem(serializers.Serializer):
    """RFC 9457, with what a till needs besides."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    retryable = serializers.BooleanField()
    request_id = serializers.CharField()
    errors = ProblemError(many=True)
    staff_message = serializers.CharField(help_text="For the person at the till, in the language of Accept-Language.")


class Pages:
    """How a list answers: a page of rows, and where the next one begins."""

    def get_paginated_response_schema(self, rows: dict) -> dict:
        cursor = {"type": ["string", "null"]}
        properties = {"data": rows, "has_more": {"type": "boolean"}, "next_cursor": cursor}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view) -> list[dict]:
        limit = {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}
        return [
            {"name": "limit", "in": "query", "schema": limit},
            {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": "`next_cursor` of a page."},
        ]


class Schema(AutoSchema):
    """Adds pages, problems and the headers of calls that move points; files calls under the first part of a path."""

    def _get_paginator(self):
        return Pages()

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        bodies["default"] = self._get_response_for_code(Problem, "default", ["application/problem+json"])
        return bodies

    def _get_response_for_code(self, serializer, status_code, media_types=None, direction="response"):
        body = super()._get_response_for_code(serializer, status_code, media_types, direction)
        if "text/csv" in body.get("content", {}):
            if self.method == "GET":
                body["content"]["text/csv"] = {"schema": {"type": "string"}}
            else:
                del body["content"]["text/csv"]
        return body

    def get_override_parameters(self):
        once = getattr(self.view, "once_required", ())
        if self.method not in once:
            return []
        required = OpenApiParameter(
            IDEMPOTENCY.name, str, OpenApiParameter.HEADER, required=True, description=IDEMPOTENCY.description
        )
        return [required, DRY_RUN]

    def get_tags(self):
        parts = [part for part in self.path.split("/") if part]
        return [parts[2] if len(parts) > 2 else "api"]


class KeyScheme(OpenApiAuthenticationExtension):
    """Says that calls are made with a bearer key."""

    target_class = "loyalty_site.api.auth.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "A key from `manage.py create_api_key`."}
