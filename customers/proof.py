"""Proving the facts: rows whose keys are kept by us, and not by the database, point at something. Reads only."""

from collections.abc import Iterator

from django.db.models import Exists, Model, OuterRef, QuerySet

from customers.merchants.models import Merchant
from customers.models import Customer, CustomerActivity, CustomerMonth, Purchase, PurchaseLine, Refund

KEYS = [(Purchase, "customer", Customer), (Refund, "customer", Customer), (Refund, "purchase", Purchase),
        (CustomerActivity, "customer", Customer), (CustomerMonth, "customer", Customer)]  # fmt: skip


def orphans(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each row that names something that is not there; none when all is well."""
    for model, key, target in KEYS:
        rows = model.objects.filter(**{f"{key}__isnull": False}, **({"merchant": merchant} if merchant else {}))
        for row in lost(rows, key, target):
            yield f"{model._meta.model_name} {row.pk}: names a {key} that is not there"
    lines = PurchaseLine.objects.all()
    if merchant:
        lines = lines.filter(purchase__merchant=merchant)
    for line in lost(lines, "purchase", Purchase):
        yield f"line {line.pk}: belongs to a purchase that is not there"


def lost(rows: QuerySet, key: str, target: type[Model]) -> QuerySet:
    """The rows whose key names no row of the target."""
    return rows.exclude(Exists(target.objects.filter(pk=OuterRef(f"{key}_id"))))
