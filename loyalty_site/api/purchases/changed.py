"""What a till gets back when a purchase changed: the points that moved, and what the customer has now."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Sum
from rest_framework import serializers

from customers.merchants.models import Merchant
from customers.models import Customer, Purchase, Refund
from customers.purchases import ReturnDraft
from loyalty_site.api.holdings import balances_of
from rewards import claims
from rewards.ledger import Posting
from rewards.models import Entry
from rewards.models.ledger import EntryKind

from .claimed import ReturnedReply, returned
from .replies import HeldReply, PurchaseReply, RecordedReply, recorded

STORED = "How much of the amount went back to gift cards and balance; the rest is given back in money."
NOTHING_MOVED = {"points_reversed": 0, "points_forgiven": 0, "points_expired": 0}


class BackReply(serializers.Serializer):
    """The points of a change, over all programs."""

    points_reversed = serializers.IntegerField(
        help_text="Points taken back; negative where the smaller basket earns more."
    )
    points_forgiven = serializers.IntegerField(help_text="Points that were spent already and are let go.")
    points_expired = serializers.IntegerField(help_text="Points that had expired already and are not taken again.")


class RefundedLineReply(serializers.Serializer):
    line = serializers.IntegerField()
    quantity = serializers.CharField()
    amount = serializers.IntegerField()


class RefundReply(BackReply):
    id = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    amount = serializers.IntegerField()
    prepaid = serializers.IntegerField(help_text=STORED)
    lines = RefundedLineReply(many=True)


class RefundedReply(BackReply, ReturnedReply):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    amount = serializers.IntegerField()
    prepaid = serializers.IntegerField(help_text=STORED)
    balances = HeldReply(many=True)
    remaining_refundable = serializers.IntegerField()
    dry_run = serializers.BooleanField(required=False)


class TakenReply(BackReply):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    customer = serializers.CharField()
    amount = serializers.IntegerField()
    balances = HeldReply(many=True)
    dry_run = serializers.BooleanField(required=False)


class VoidedReply(PurchaseReply, BackReply, ReturnedReply):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    balances = HeldReply(many=True)
    dry_run = serializers.BooleanField(required=False)


class MovedReply(RecordedReply, BackReply):
    """The purchase as it is now its new customer's; the points are those taken from who had it before."""


def present(refunds: list[Refund]) -> list[dict]:
    """Refunds with their lines and the points that they moved (one query more)."""
    moved = points_of(Entry.objects.filter(refund__in=refunds), "refund")
    return [
        {
            "id": refund.public_id,
            "external_id": refund.external_id,
            "occurred_at": refund.occurred_at,
            "recorded_at": refund.recorded_at,
            "amount": refund.amount,
            "prepaid": refund.prepaid,
            "lines": [line_of(one) for one in sorted(refund.lines.all(), key=lambda found: found.line.number)],
            **moved.get(refund.pk, NOTHING_MOVED),
        }
        for refund in refunds
    ]


def line_of(found) -> dict:
    """A line of a refund."""
    quantity = f"{found.quantity.normalize():f}"
    return {"line": found.line.number, "quantity": quantity, "amount": found.amount}


def points_of(entries, owner: str) -> dict[int, dict]:
    """What entries took back, let go and found expired, by their owner (one query)."""
    entries = entries.filter(kind__in=[EntryKind.EARN, EntryKind.REVERSE])
    sums = entries.values_list(owner).annotate(Sum("points"), forgiven=Sum("forgiven"), lapsed=Sum("lapsed")).order_by()
    return {
        key: {"points_reversed": -points, "points_forgiven": forgiven, "points_expired": lapsed}
        for key, points, forgiven, lapsed in sums
    }


def refunded(draft: ReturnDraft, *, at: datetime) -> dict:
    """The reply to a refund, or to one that stood already."""
    purchase = Purchase.objects.select_related("customer").filter(pk=draft.purchase_id).first()
    entries = Entry.objects.filter(purchase=draft.purchase_id, refund=draft.pk)
    return {
        "id": draft.public_id,
        "amount": draft.amount,
        "prepaid": draft.prepaid,
        **points_of(entries, "refund").get(draft.pk, NOTHING_MOVED),
        **returned(came_back(purchase, draft)),
        "balances": held_by(purchase.customer if purchase else None, at=at),
        "remaining_refundable": purchase.remaining if purchase else 0,
    }


def came_back(purchase: Purchase | None, draft: ReturnDraft) -> claims.Outcome:
    """What a refund brought back of what was claimed; nothing is asked where nothing was, and something is left."""
    if purchase is None or not (purchase.claims or purchase.remaining == 0):
        return claims.Outcome()
    refund = Refund.objects.get(pk=draft.pk)
    return claims.outcome_of_refund(purchase, refund.pk, refund.recorded_at)


def taken(draft: ReturnDraft, customer: Customer, *, at: datetime) -> dict:
    """The reply to a return without a receipt, or to one that stood already."""
    return {
        "id": draft.public_id,
        "customer": customer.public_id,
        "amount": draft.amount,
        **points_of(Entry.objects.filter(refund=draft.pk), "refund").get(draft.pk, NOTHING_MOVED),
        "balances": held_by(customer, at=at),
    }


def voided(merchant: Merchant, key: int, *, at: datetime) -> dict:
    """The reply to a void, the same whenever it is asked again."""
    entries = Entry.objects.filter(purchase=key, key__startswith="void:")
    reply = recorded(merchant, key, at=at)
    balances = reply.pop("balances")
    for name in ("tier_changes", "stamps", "next_reward", "vouchers_issued"):
        del reply[name]
    points = points_of(entries, "purchase").get(key, NOTHING_MOVED)
    back = claims.outcome_of_void(Purchase.objects.get(pk=key))
    return {**reply, **points, **returned(back), "balances": balances}


def moved(merchant: Merchant, key: int, postings: Iterable[Posting], *, at: datetime) -> dict:
    """The reply to a move."""
    away = [one for one in postings if one.key.startswith("moved:")]
    return {
        **recorded(merchant, key, at=at),
        "points_reversed": -sum(one.moved for one in away),
        "points_forgiven": sum(one.forgiven for one in away),
        "points_expired": sum(one.lapsed for one in away),
    }


def held_by(customer: Customer | None, *, at: datetime) -> list[dict]:
    """What a customer has now."""
    return balances_of([customer], at=at).get(customer.pk, []) if customer else []
