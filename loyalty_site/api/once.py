"""Doing a request once: idempotency keys, dry runs and patience with locks."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid
from loyalty_site import flows
from loyalty_site.models import IdempotencyKey

from .problems import is_busy

LONGEST_KEY = 255
PATIENCE = "2s"
UNKNOWN = {"id", "card_code", "entry", "batch"}
CLAIM = """INSERT INTO loyalty_site_idempotencykey (merchant_id, key, method, path, body, status, reply, created_at)
    VALUES (%s, %s, %s, %s, %s, 0, '', %s) ON CONFLICT DO NOTHING"""


class KeyRequired(Invalid):
    code = "idempotency_key_required"
    message = _("Send an Idempotency-Key header (1 to 255 characters), so that a retry cannot count twice.")


class KeyReused(Conflict):
    kind = "reused"
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request. Use a new key for a new request.")


class RequestInProgress(Conflict):
    code = "request_in_progress"
    retryable = True
    message = _("The same request is still being worked on. Wait a moment and send it again.")


Work = Callable[[], tuple[int, dict]]


def do(request, work: Work, *, at: datetime, required: bool, rehearsable: bool = True) -> HttpResponse:
    """Run `work`, which answers a status and a body, in one transaction, at most once per Idempotency-Key.

    The key's row is written in the transaction of the work: both stand or neither does. A rival with the same key
    waits up to two seconds, then gets the stored reply or 409 `request_in_progress`. With `?dry_run=true` the same
    code runs and is rolled back: 200, without ids.
    """
    if rehearsable and is_dry_run(request):
        return rehearse(work)
    key = request.headers.get("Idempotency-Key")
    if key is None and not required:
        status, body = flows.attempt(lambda: patiently(work))
        return Response(body, status=status)
    if not key or len(key) > LONGEST_KEY or not key.isprintable():
        raise KeyRequired
    asked = (request.method, request.path, fingerprint(request))
    return flows.attempt(lambda: claim_and_do(request.auth.merchant, key, asked, work, at))


def rehearse(work: Work) -> Response:
    """The same code, rolled back."""
    __, body = flows.attempt(lambda: patiently(work), dry_run=True)
    if body.get("customer_created"):  # nor were the card and its memberships
        body = {**body, "customer": None, "balances": [{**one, "membership": None} for one in body["balances"]]}
    return Response({**without_ids(body), "dry_run": True})


def claim_and_do(merchant: Merchant, key: str, asked: tuple[str, str, str], work: Work, at: datetime) -> HttpResponse:
    """Inside a transaction: claim the key and work, or answer what the key was answered before."""
    be_patient()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(CLAIM, [merchant.pk, key, *asked, at])
            claimed = cursor.rowcount == 1
    except OperationalError as error:
        if is_busy(error):
            raise RequestInProgress from error
        raise
    if not claimed:
        return replay(IdempotencyKey.objects.get(merchant=merchant, key=key), asked)
    status, body = work()
    reply = json.dumps(body, cls=JSONEncoder, ensure_ascii=False)
    IdempotencyKey.objects.filter(merchant=merchant, key=key).update(status=status, reply=reply)
    return HttpResponse(reply, status=status, content_type="application/json")


def replay(stored: IdempotencyKey, asked: tuple[str, str, str]) -> HttpResponse:
    """The stored reply, when it is the same request; raises KeyReused when it is another."""
    if (stored.method, stored.path, stored.body) != asked:
        raise KeyReused
    return HttpResponse(
        stored.reply,
        status=stored.status,
        content_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )


def patiently(work: Work) -> tuple[int, dict]:
    """Work that gives up waiting for a lock after two seconds."""
    be_patient()
    return work()


def be_patient() -> None:
    """Wait at most two seconds for any lock of this transaction; SQLite's own timeout says the same."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")


def is_dry_run(request) -> bool:
    """Whether the client only wants to know."""
    return request.query_params.get("dry_run", "").lower() in {"true", "1"}


def fingerprint(request) -> str:
    """SHA-256 of what was sent, whatever the order of its fields; of a file, its content."""
    digest = hashlib.sha256()
    data = request.data.dict() if hasattr(request.data, "dict") else request.data
    if isinstance(data, dict):
        for name in [name for name, value in data.items() if hasattr(value, "chunks")]:
            for chunk in data.pop(name).chunks():
                digest.update(chunk)
    try:
        digest.update(json.dumps(data, sort_keys=True, cls=JSONEncoder).encode())
    except RecursionError as error:
        raise ParseError(_("The body is nested too deeply.")) from error
    return digest.hexdigest()


def without_ids(body):
    """A dry run's answer: nothing was written, so what it would be called is not known."""
    if isinstance(body, list):
        return [without_ids(item) for item in body]
    if isinstance(body, dict):
        unknown = UNKNOWN | {"code"} if "benefit" in body else UNKNOWN  # a voucher's; that of an error is known
        return {name: None if name in unknown else without_ids(value) for name, value in body.items()}
    return body
