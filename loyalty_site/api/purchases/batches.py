"""A batch: every good purchase is recorded, set-based, and every bad one answers for itself."""

from datetime import datetime

from django.db import transaction
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer

from customers.merchants.refusals import Invalid, Refusal
from customers.models import Customer
from customers.purchases import PurchaseDraft
from loyalty_site import flows
from loyalty_site.api.parsing import is_storable
from loyalty_site.api.problems import flatten, one_error

from .bodies import PurchaseBody, draft, find_buyer


class BatchCustomers:
    """The customers that a batch names by id, found in one query."""

    def __init__(self, merchant, rows: list):
        named = [row.get("customer") for row in rows if isinstance(row, dict)]
        wanted = {text for text in named if isinstance(text, str) and is_storable(text)}
        self.keys = dict(
            Customer.objects.for_merchant(merchant).filter(public_id__in=wanted).values_list("public_id", "pk")
        )


@transaction.atomic
def record(request, rows: list, *, at: datetime) -> list[dict]:
    """Record a batch and answer each row: created, duplicate or error."""
    merchant = request.auth.merchant
    customers = BatchCustomers(merchant, rows)
    results: list[dict] = []
    drafts: list[tuple[int, PurchaseDraft]] = []
    for place, row in enumerate(rows):
        result = {"external_id": receipt(row)}
        try:
            with transaction.atomic():
                drafts.append((place, read(request, row, customers, at=at)))
        except (ValidationError, Refusal) as error:
            result |= {"status": "error", "id": None, "points": 0, "error": explain(error)}
        results.append(result)
    done = flows.record_once(merchant=merchant, drafts=[one for __, one in drafts], at=at)
    for (place, one), recorded in zip(drafts, done, strict=True):
        points = sum(gain.points for gain in recorded.earned)
        status = "duplicate" if one.duplicate else "created"
        results[place] |= {"status": status, "id": one.public_id, "points": points, "error": None}
    return results


def receipt(row) -> str | None:
    """The external id that a row was sent with, as far as it is text that can be sent back."""
    sent = row.get("external_id") if isinstance(row, dict) else None
    return str(sent).encode("utf-8", "replace").decode() if isinstance(sent, (str, int, float)) else None


def read(request, row, customers: BatchCustomers, *, at: datetime) -> PurchaseDraft:
    """One row of a batch; raises what is wrong with it."""
    body = check(row, {"merchant": request.auth.merchant})
    if not body.get("external_id"):
        raise Invalid("Every purchase of a batch needs an external_id.", code="required", field="external_id")
    one = draft(request, body, at=at)
    if body.get("customer") in customers.keys and not body.get("identify"):
        one.customer_id = customers.keys[body["customer"]]
    else:
        buyer, __ = find_buyer(request.auth.merchant, body, at=at)
        one.customer_id = buyer.pk if buyer else None
    return one


def check(row, context: dict) -> dict:
    """The fields of a row."""
    body: Serializer = PurchaseBody(data=row, context=context)
    body.is_valid(raise_exception=True)
    return body.validated_data


def explain(error) -> dict:
    """What is wrong with a row, as in a problem's errors."""
    if isinstance(error, Refusal):
        return one_error(error.field, error.code, error.message)
    return next(iter(flatten(error.detail, "")))
