"""Taking back what an import recorded."""

from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from customers import activity
from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.models import Import, Purchase, PurchaseLine, Refund, RefundLine

AT_ONCE = 5_000


def withdraw_import(*, imported: Import, at: datetime) -> set[int]:
    """Let the import's purchases and returns stand no longer and free their receipts; returns the customers touched."""
    bought = Purchase.objects.for_merchant(imported.merchant).filter(imported=imported, voided_at=None)
    returned = Refund.objects.filter(merchant=imported.merchant, imported=imported, undone_at=None)
    touched = set(bought.values_list("customer", flat=True)) | set(returned.values_list("customer", flat=True))
    keys = sorted(touched - {None})
    for start in range(0, len(keys), AT_ONCE):  # before their purchases, in the order in which everybody locks
        activity.hold(merchant=imported.merchant, customers=keys[start : start + AT_ONCE])
    came_back = returned.filter(purchase__isnull=False)
    lowered = dict(came_back.values_list("purchase").annotate(Sum("amount")).order_by())
    held = dict(
        Purchase.objects.select_for_update().filter(pk__in=came_back.values("purchase")).values_list("pk", "refunded")
    )
    rows.change(Purchase, ["refunded"], [(key, held[key] - amount) for key, amount in sorted(lowered.items())])
    returned.update(undone_at=at, external_id=None)
    bought.update(voided_at=at, external_id=None)
    return set(keys)


def of_import(imported: Import) -> QuerySet[Purchase]:
    """The purchases that an import recorded, and those of which it recorded returns."""
    returned = Refund.objects.filter(merchant=imported.merchant, imported=imported, purchase__isnull=False)
    mine = Q(imported=imported) | Q(pk__in=returned.values("purchase"))
    return Purchase.objects.for_merchant(imported.merchant).filter(mine)


def forget(*, merchant: Merchant, customers: list[int]) -> None:
    """Remove the purchases and returns of customers who are about to be removed themselves.

    From the leaves up, and raw: their points are gone already, and asking who points at each would read everything.
    """
    bought = Purchase.objects.for_merchant(merchant).filter(customer__in=customers)
    for theirs in (
        RefundLine.objects.filter(line__purchase__in=bought.values("pk")),
        Refund.objects.filter(merchant=merchant, customer__in=customers),
        PurchaseLine.objects.filter(purchase__in=bought.values("pk")),
        bought,
    ):
        theirs._raw_delete(theirs.db)
