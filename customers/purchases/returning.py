"""What comes back: of a purchase, or without a receipt."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants import ids, rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from customers.models import Purchase, Refund

from .drafts import LineDraft


class RefundExceedsPurchase(Conflict):
    code = "refund_exceeds_purchase"
    message = _("More would come back than is left of this purchase. Check the receipt and the amount.")


class MovedMeanwhile(Conflict):
    code = "busy"
    retryable = True
    message = _("This purchase was moved to another customer in this very moment. Send it again.")


@dataclass(slots=True)
class ReturnLine:
    """Units of a line (a primary key) that came back, and what they were worth, in minor units."""

    line_id: int
    quantity: Decimal
    amount: int


@dataclass(slots=True)
class ReturnDraft:
    """Something that came back; without `purchase_id` nobody has the receipt. After `give_back`: what was written.

    Without `lines` it is an amount, which lowers what is left of all lines in proportion. `goods` are what came back
    without a receipt, as far as it is known; they are looked at and not kept. `claimed` says that something was claimed
    in its purchase, `whole` that nothing is left of what that cost, `prepaid` how much of it went back to stored value
    (`note_prepaid`).
    """

    amount: int
    occurred_at: datetime
    customer_id: int | None = None
    purchase_id: int | None = None
    external_id: str | None = None
    imported_id: int | None = None
    actor: str = ""
    prepaid: int = 0
    claimed: bool = False
    whole: bool = False
    lines: list[ReturnLine] = field(default_factory=list)
    goods: list[LineDraft] = field(default_factory=list)
    occurred_on: date | None = None
    pk: int | None = None
    public_id: str | None = None
    duplicate: bool = False


FIELDS = [
    "id", "public_id", "merchant", "purchase", "customer", "external_id", "occurred_at", "occurred_on", "recorded_at",
    "imported", "amount", "actor",
]  # fmt: skip


@transaction.atomic
def give_back(*, merchant: Merchant, drafts: list[ReturnDraft], at: datetime) -> list[ReturnDraft]:
    """Write the returns that are new and bring the rollups up to date; returns those written.

    Raises RefundExceedsPurchase, writing nothing, when one wants more than remains of its purchase, and MovedMeanwhile
    when one went to another customer while this one waited.
    """
    fresh = mark_duplicates(merchant=merchant, drafts=drafts)
    if not fresh:
        return []
    zone = ZoneInfo(merchant.timezone)
    held = customers_of(merchant=merchant, drafts=fresh)
    activity.hold(merchant=merchant, customers=held)
    lower_purchases(merchant=merchant, drafts=fresh, held=held)
    keys, public_ids = rows.reserve(Refund, len(fresh)), ids.many("ref", len(fresh))
    for draft, key, public_id in zip(fresh, keys, public_ids, strict=True):
        draft.pk, draft.public_id = key, public_id
        draft.occurred_on = draft.occurred_at.astimezone(zone).date()
    rows.insert(
        Refund,
        FIELDS,
        [
            (
                draft.pk, draft.public_id, merchant.pk, draft.purchase_id, draft.customer_id, draft.external_id,
                draft.occurred_at, draft.occurred_on, at, draft.imported_id, draft.amount,
                draft.actor,
            )
            for draft in fresh
        ],
    )  # fmt: skip
    activity.refresh(merchant=merchant, customers={draft.customer_id for draft in fresh} - {None})
    return fresh


def customers_of(*, merchant: Merchant, drafts: list[ReturnDraft]) -> set[int]:
    """Whose rollups returns will change: held before their purchases, in the order in which everybody locks."""
    bought = {draft.purchase_id for draft in drafts} - {None}
    named = {draft.customer_id for draft in drafts if draft.purchase_id is None}
    if bought:
        mine = Purchase.objects.for_merchant(merchant).filter(pk__among=bought)
        named |= set(mine.values_list("customer", flat=True))
    return named - {None}


def lower_purchases(*, merchant: Merchant, drafts: list[ReturnDraft], held: set[int]) -> None:
    """Add what came back to the purchases it came from, which are locked; a return takes its purchase's customer.

    Their customers are `held`: whose purchase is somebody else's by now cannot be, without breaking the order.
    """
    wanted: dict[int, int] = defaultdict(int)
    for draft in drafts:
        if draft.purchase_id:
            wanted[draft.purchase_id] += draft.amount
    if not wanted:
        return
    purchases = {
        purchase.pk: purchase
        for purchase in Purchase.objects.for_merchant(merchant)
        .select_for_update()
        .standing()
        .filter(pk__in=wanted)
        .order_by("pk")
    }
    for key, amount in wanted.items():
        if key not in purchases or amount > purchases[key].remaining:
            raise RefundExceedsPurchase
        if purchases[key].customer_id not in {None, *held}:
            raise MovedMeanwhile
    rows.change(Purchase, ["refunded"], [(key, purchases[key].refunded + amount) for key, amount in wanted.items()])
    for draft in drafts:
        if draft.purchase_id:
            draft.customer_id = purchases[draft.purchase_id].customer_id
            draft.claimed = purchases[draft.purchase_id].claims > 0
            draft.whole = wanted[draft.purchase_id] == purchases[draft.purchase_id].remaining > 0


def note_prepaid(drafts: list[ReturnDraft]) -> None:
    """Keep how much of returns just written went back to stored value (one statement, none where nothing did)."""
    rows.change(Refund, ["prepaid"], [(draft.pk, draft.prepaid) for draft in drafts if draft.prepaid])


def mark_duplicates(*, merchant: Merchant, drafts: list[ReturnDraft]) -> list[ReturnDraft]:
    """Mark returns whose receipt was given back already, and return the others."""
    receipts = [draft.external_id for draft in drafts if draft.external_id]
    standing = set(
        Refund.objects.filter(merchant=merchant, external_id__among=receipts).values_list("external_id", flat=True)
        if receipts
        else ()
    )
    fresh = []
    for draft in drafts:
        draft.duplicate = draft.external_id in standing
        if not draft.duplicate:
            fresh.append(draft)
            standing.add(draft.external_id) if draft.external_id else None
    return fresh
