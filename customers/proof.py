"""Proving the facts: rows whose keys are kept by us, and not by the database, point at something. Reads only."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from customers.merchants.models import Merchant
from customers.models import Customer, CustomerActivity, CustomerMonth, Purchase, PurchaseLine, Refund, RefundLine

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


def wrong_refunds(merchant: Merchant | None = None) -> Iterator[str]:
    """Purchases of which not that much came back, refunds whose lines say otherwise, and lines of nothing."""
    mine, ours = ({"merchant": merchant}, {"refund__merchant": merchant}) if merchant else ({}, {})
    returned = Refund.objects.filter(purchase=OuterRef("pk"), undone_at=None).order_by().values("purchase")
    came = Coalesce(Subquery(returned.annotate(total=Sum("amount")).values("total")), 0, output_field=BigIntegerField())
    given = Refund.objects.filter(purchase__isnull=False, undone_at=None, **mine).values("purchase")
    touched = Purchase.objects.filter(Q(refunded__gt=0) | Q(pk__in=given), **mine)
    for purchase in touched.annotate(came=came).exclude(refunded=F("came")):
        yield f"purchase {purchase.pk}: {purchase.refunded} came back, but its refunds add up to {purchase.came}"
    named = Refund.objects.filter(**mine).annotate(named=Sum("lines__amount")).filter(named__isnull=False)
    for refund in named.exclude(named=F("amount")):
        yield f"refund {refund.pk}: gave back {refund.amount}, but its lines add up to {refund.named}"
    for refund in Refund.objects.filter(amount=0, lines=None, **mine):
        yield f"refund {refund.pk}: gave back neither money nor products"
    lines = RefundLine.objects.filter(**ours)
    for line in lines.filter(Q(refund__purchase=None) | ~Q(line__purchase=F("refund__purchase"))):
        yield f"line {line.pk} of a refund: is of another purchase than its refund"
    back = Sum("returns__quantity", filter=Q(returns__refund__undone_at=None))
    bought = PurchaseLine.objects.filter(pk__in=lines.values("line")).annotate(back=back)
    for bought_line in bought.filter(back__gt=F("quantity")):
        was, came = (f"{units.normalize():f}" for units in (bought_line.quantity, bought_line.back))
        yield f"line {bought_line.pk}: {was} were bought, but {came} came back"
    for key, target in (("refund", Refund), ("line", PurchaseLine)):
        for line in lost(RefundLine.objects.filter(**ours), key, target):
            yield f"line {line.pk} of a refund: names a {key} that is not there"


def lost(rows: QuerySet, key: str, target: type[Model]) -> QuerySet:
    """The rows whose key names no row of the target."""
    return rows.exclude(Exists(target.objects.filter(pk=OuterRef(f"{key}_id"))))
