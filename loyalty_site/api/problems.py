"""Every no of the API as `application/problem+json` (RFC 9457), one shape for all."""

import logging

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, JsonResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from customers.merchants import ids
from customers.merchants.refusals import Refusal

logger = logging.getLogger("ficha.api")

STATUS = {"invalid": 400, "forbidden": 403, "missing": 404, "conflict": 409, "reused": 422}
TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Key reused",
    429: "Too many requests",
    500: "Internal error",
}
CODES = {
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "invalid_key",
    exceptions.PermissionDenied: "insufficient_scope",
    exceptions.ParseError: "invalid_json",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.Throttled: "rate_limited",
}
BUSY = _("The till is being used for something else right now. Wait a moment and send it again.")
NOT_FOUND = _("There is nothing of this shop with that id.")
TOO_LARGE = _("This is too much for one request. Send it in parts, for example purchases in batches of 1,000.")
BROKEN = _("Something went wrong on our side, and nothing was recorded. Send it again.")


def answer(error, context):
    """DRF's exception handler: the response for anything a view raises."""
    if isinstance(error, Refusal):
        return refused(error)
    if isinstance(error, exceptions.ValidationError):
        return invalid(error)
    if isinstance(error, Http404):
        return problem(404, "not_found", NOT_FOUND)
    if isinstance(error, DjangoPermissionDenied):
        return problem(403, "forbidden", str(error))
    if isinstance(error, exceptions.APIException):
        headers = {"WWW-Authenticate": error.auth_header} if getattr(error, "auth_header", None) else {}
        if getattr(error, "wait", None):
            headers["Retry-After"] = str(int(error.wait) + 1)
        code = CODES.get(type(error), error.default_code)
        return problem(error.status_code, code, error.detail, retryable=error.status_code == 429, headers=headers)
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", TOO_LARGE)
    if isinstance(error, OperationalError) and is_busy(error):
        return problem(409, "busy", BUSY, retryable=True)
    logger.exception("unexpected error", exc_info=error)
    return problem(500, "internal_error", BROKEN, retryable=True)


def is_busy(error: OperationalError) -> bool:
    """Whether a statement gave up waiting for a lock: SQLite's timeout, or PostgreSQL's lock_timeout or deadlock."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in {"55P03", "40P01", "40001"} or "locked" in str(error)


def refused(refusal: Refusal) -> Response:
    """A refusal of the domain."""
    errors = [one_error(refusal.field, refusal.code, refusal)] if refusal.field else []
    extra = {name: value for name, value in refusal.extra.items() if value is not None}
    return problem(STATUS[refusal.kind], refusal.code, refusal, retryable=refusal.retryable, errors=errors, extra=extra)


def invalid(error: exceptions.ValidationError) -> Response:
    """Input whose fields are wrong: one item per field, the first one's code on top."""
    errors = list(flatten(error.detail, ""))
    first = errors[0]
    return problem(400, first["code"], first["message"], errors=errors)


def flatten(detail, place):
    """DRF's nested errors as a list of field, code and message."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from flatten(inner, inside(place, name))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            yield from flatten(inner, f"{place}[{number}]" if isinstance(inner, (dict, list)) else place)
    else:
        code = {"required": "required", "unknown_field": "unknown_field"}.get(detail.code, detail.code or "invalid")
        yield one_error(place, code, detail)


def inside(place: str, name) -> str:
    """The name of a part: `identify.phone`, `lines[0]`; what is wrong with a whole has the name of the whole."""
    if name == "non_field_errors":
        return place
    return f"{place}[{name}]" if isinstance(name, int) else f"{place}.{name}".strip(".")


def one_error(field, code, message) -> dict:
    """What is wrong with one field."""
    return {"field": field or "", "code": str(code), "message": str(message)}


def body(status, code, detail, *, retryable=False, errors=(), extra=None) -> dict:
    """The members of a problem. `staff_message` is in the caller's language, `detail` in English for the log."""
    with translation.override("en"):
        english = str(detail)
    return {
        "type": f"urn:ficha:problem:{code}",
        "title": TITLES.get(status, "Problem"),
        "status": status,
        "detail": english,
        "code": str(code),
        "retryable": retryable,
        "request_id": ids.new("req"),
        "errors": list(errors),
        "staff_message": str(detail),
        **(extra or {}),
    }


def problem(status, code, detail, *, headers=None, **more) -> Response:
    """A problem as a response; JSON whatever the client would rather have."""
    response = JsonResponse(
        body(status, code, detail, **more), status=status, content_type="application/problem+json", headers=headers
    )
    response.exception = True
    return response


@csrf_exempt
def unknown_address(request, exception=None):
    """404 for an address that the API does not have."""
    return problem(404, "not_found", _("The API has no such address. See /api/v1/docs."))
