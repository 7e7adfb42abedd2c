"""A batch: every good purchase is recorded, set-based, and every bad one answers for itself."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.serializers import Serializer

from customers.merchants.refusals import Invalid, Refusal
from customers.models import Customer, Purchase
from customers.purchases import PurchaseDraft
from loyalty_site import flows
from loyalty_site.api.parsing import is_storable
from loyalty_site.api.problems import flatten, one_error

from .bodies import PurchaseBody, draft, find_buyer, named


class Known:
    """What a batch names that stands already: customers by id, and purchases by receipt (two queries)."""

    def __init__(self, merchant, rows: list):
        people = Customer.objects.for_merchant(merchant).filter(public_id__among=texts(rows, "customer"))
        self.customers = dict(people.values_list("public_id", "pk"))
        bought = Purchase.objects.for_merchant(merchant).filter(external_id__among=texts(rows, "external_id"))
        self.receipts = dict(bought.values_list("external_id", "public_id"))


def texts(rows: list, name: str) -> set[str]:
    """The texts that rows give under a name."""
    given = [row.get(name) for row in rows if isinstance(row, dict)]
    return {text for text in given if isinstance(text, str) and is_storable(text)}


@transaction.atomic
def record(request, rows: list, *, at: datetime) -> list[dict]:
    """Record a batch and answer each row: created, duplicate or error."""
    merchant = request.auth.merchant
    known = Known(merchant, rows)
    results: list[dict] = []
    drafts: list[tuple[int, PurchaseDraft]] = []
    for place, row in enumerate(rows):
        result = {"external_id": receipt(row)}
        try:
            if first := known.receipts.get(result["external_id"]):
                result |= {"status": "duplicate", "id": first, "points": 0, "error": None}
            else:
                with transaction.atomic():
                    drafts.append((place, read(request, row, known, at=at)))
        except (ValidationError, Refusal) as error:
            result |= {"status": "error", "id": None, "points": 0, "error": explain(error)}
        results.append(result)
    done = flows.record_each(merchant=merchant, drafts=[one for __, one in drafts], at=at)
    for (place, __), recorded in zip(drafts, done, strict=True):
        results[place] |= told(recorded)
    return results


def told(recorded: flows.Recorded | Refusal) -> dict:
    """What a row is answered."""
    if isinstance(recorded, Refusal):
        return {"status": "error", "id": None, "points": 0, "error": explain(recorded)}
    points = sum(gain.points for gain in recorded.earned)
    status = "duplicate" if recorded.draft.duplicate else "created"
    return {"status": status, "id": recorded.draft.public_id, "points": points, "error": None}


def receipt(row) -> str | None:
    """The external id that a row was sent with, as far as it is text that can be sent back."""
    sent = row.get("external_id") if isinstance(row, dict) else None
    return str(sent).encode("utf-8", "replace").decode() if isinstance(sent, (str, int, float)) else None


def read(request, row, known: Known, *, at: datetime) -> PurchaseDraft:
    """One row of a batch; raises what is wrong with it."""
    body = check(row, {"merchant": request.auth.merchant})
    if not body.get("external_id"):
        raise Invalid(_("Every purchase of a batch needs an external_id."), code="required", field="external_id")
    one = draft(request, body, at=at)
    if body.get("customer") in known.customers and not body.get("identify"):
        one.customer_id = known.customers[body["customer"]]
    elif one.wishes and not body.get("customer"):
        one.buyer = named(request.auth.merchant, body)
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
        return one_error(error.field, error.code, error)
    return next(iter(flatten(error.detail, "")))
