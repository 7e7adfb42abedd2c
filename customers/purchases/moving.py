"""A purchase that never was, or was somebody else's."""

from datetime import datetime

from django.db import transaction

from customers import activity
from customers.merchants.models import Merchant
from customers.models import Purchase

from .refunding import PurchaseVoided, hold


@transaction.atomic
def void(*, merchant: Merchant, purchase_id: int, at: datetime) -> tuple[Purchase, bool]:
    """Let a purchase count for nothing, what came back of it included; False where it was voided already.

    Its receipt stays taken, so that a till that sends it once more does not bring it back.
    """
    purchase = hold(merchant=merchant, purchase_id=purchase_id)
    if purchase.voided_at:
        return purchase, False
    purchase.voided_at = at
    purchase.save(update_fields=["voided_at"])
    activity.refresh(merchant=merchant, customers={purchase.customer_id} - {None})
    return purchase, True


@transaction.atomic
def move(*, merchant: Merchant, purchase_id: int, customer_id: int) -> tuple[Purchase, bool]:
    """Give a purchase, with what came back of it, to another customer; False where it is theirs already.

    An anonymous sale is claimed so. Raises PurchaseVoided.
    """
    purchase = hold(merchant=merchant, purchase_id=purchase_id, customers={customer_id})
    if purchase.voided_at:
        raise PurchaseVoided
    if purchase.customer_id == customer_id:
        return purchase, False
    before = purchase.customer_id
    purchase.customer_id = customer_id
    purchase.save(update_fields=["customer"])
    purchase.refunds.update(customer=customer_id)
    activity.refresh(merchant=merchant, customers={before, customer_id} - {None})
    return purchase, True
