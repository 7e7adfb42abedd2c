"""Recording purchases: one is a list of one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from customers import activity
from customers.merchants import ids, rows
from customers.merchants.models import Merchant
from customers.models import Purchase, PurchaseLine

from .drafts import PurchaseDraft

FIELDS = [
    "id", "public_id", "merchant", "customer", "external_id", "occurred_at", "occurred_on", "recorded_at", "channel",
    "location", "staff", "imported", "amount", "discount", "prepaid", "shipping", "claims", "refunded", "code",
]  # fmt: skip
LINE_FIELDS = [
    "purchase", "number", "sku", "name", "category", "quantity", "unit_amount", "amount", "discount", "excluded",
]  # fmt: skip


@transaction.atomic
def record(
    *, merchant: Merchant, drafts: list[PurchaseDraft], at: datetime, unseen: bool = False
) -> list[PurchaseDraft]:
    """Write the purchases that are new, with their lines and rollups, and return those.

    A draft whose receipt (`external_id`) stands already, or stood earlier in the list, is marked `duplicate` and
    gets the ids of the first. The statements do not grow with the list: look up receipts, hold customers, reserve
    ids, write purchases, lines, activity and months. Raises UnknownCustomer for a customer who is gone, CustomerErased.

    `unseen`: the caller has just looked for these receipts, each once in the list, and they are not looked for again;
    one that stands all the same is an IntegrityError.
    """
    fresh = drafts if unseen else mark_duplicates(merchant=merchant, drafts=drafts)
    if not fresh:
        return []
    activity.hold_known(merchant=merchant, customers={draft.customer_id for draft in fresh} - {None})
    name(fresh, zone=ZoneInfo(merchant.timezone))
    rows.insert(Purchase, FIELDS, [purchase_row(draft, merchant, at) for draft in fresh])
    rows.insert(PurchaseLine, LINE_FIELDS, [row for draft in fresh for row in line_rows(draft)])
    activity.add(merchant=merchant, purchases=fresh)
    adopt_ids(drafts, fresh)
    return fresh


def name(drafts: list[PurchaseDraft], *, zone: ZoneInfo) -> None:
    """Give new purchases their keys, public ids and local days."""
    keys, public_ids = rows.reserve(Purchase, len(drafts)), ids.many("pur", len(drafts))
    for draft, key, public_id in zip(drafts, keys, public_ids, strict=True):
        draft.pk, draft.public_id = key, public_id
        draft.occurred_on = draft.occurred_at.astimezone(zone).date()


def purchase_row(draft: PurchaseDraft, merchant: Merchant, at: datetime) -> tuple:
    """A purchase in the order of FIELDS."""
    return (
        draft.pk, draft.public_id, merchant.pk, draft.customer_id, draft.external_id, draft.occurred_at,
        draft.occurred_on, at, draft.channel, draft.location_id, draft.staff_id, draft.imported_id, draft.amount,
        draft.discount, draft.prepaid, draft.shipping, draft.claims, 0, draft.code,
    )  # fmt: skip


def line_rows(draft: PurchaseDraft) -> list[tuple]:
    """The lines of a purchase in the order of LINE_FIELDS."""
    return [
        (
            draft.pk, number, line.sku, line.name, line.category, line.quantity, line.unit_amount, line.amount,
            line.discount, line.excluded,
        )
        for number, line in enumerate(draft.lines, start=1)
    ]  # fmt: skip


def mark_duplicates(*, merchant: Merchant, drafts: list[PurchaseDraft]) -> list[PurchaseDraft]:
    """Mark drafts whose receipt is taken, and return the others (one query, none without receipts)."""
    receipts = [draft.external_id for draft in drafts if draft.external_id]
    standing = {}
    if receipts:
        standing = {
            receipt: (key, public_id)
            for receipt, key, public_id in Purchase.objects.for_merchant(merchant)
            .filter(external_id__among=receipts)
            .values_list("external_id", "pk", "public_id")
        }
    seen: set[str] = set()
    fresh = []
    for draft in drafts:
        if draft.external_id in standing:
            draft.duplicate = True
            draft.pk, draft.public_id = standing[draft.external_id]
        elif draft.external_id and draft.external_id in seen:
            draft.duplicate = True
        else:
            seen.add(draft.external_id)
            fresh.append(draft)
    return fresh


def adopt_ids(drafts: list[PurchaseDraft], fresh: list[PurchaseDraft]) -> None:
    """Give a receipt that came twice in one list the ids of its first."""
    if len(drafts) == len(fresh):
        return
    first = {draft.external_id: draft for draft in fresh if draft.external_id}
    for draft in drafts:
        if draft.duplicate and draft.pk is None:
            draft.pk, draft.public_id = first[draft.external_id].pk, first[draft.external_id].public_id
