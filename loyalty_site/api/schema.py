"""What the generated OpenAPI document says of every call."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 characters, kept 7 days. The same key and body answer the stored reply.",
)
DRY_RUN = OpenApiParameter("dry_run", bool, description="Answer what would happen and write nothing.")


class Schema(AutoSchema):
    """Adds the headers of calls that move points, and files calls under the first part of their address."""

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
