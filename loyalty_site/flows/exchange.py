"""Exchanging: something comes back and something else is bought, together or not at all."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.merchants.models import Merchant
from customers.purchases import PurchaseDraft, ReturnDraft

from .purchases import Recorded, record_once, refund_purchase


@dataclass(slots=True)
class Exchanged:
    """What came back, and what was bought for it."""

    refund: ReturnDraft
    recorded: Recorded


@transaction.atomic
def exchange_purchase(
    *, merchant: Merchant, purchase_id: int, back: dict, draft: PurchaseDraft, at: datetime, actor: str = ""
) -> Exchanged:
    """Give back of a purchase (`back` as `refund_purchase` takes it), then record another.

    In this order, so that limits and tiers which the first frees count for the second. Receipts that stand already are
    answered with the first, both of them.
    """
    refund = refund_purchase(merchant=merchant, purchase_id=purchase_id, at=at, actor=actor, **back)
    [recorded] = record_once(merchant=merchant, drafts=[draft], at=at)
    return Exchanged(refund, recorded)
