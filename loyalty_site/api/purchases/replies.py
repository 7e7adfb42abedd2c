"""What a till gets back: the purchase, what it earned and why, and what the customer has now."""

from datetime import datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.merchants.models import Merchant
from customers.models import Purchase
from loyalty_site.api.customers import balances_of
from loyalty_site.api.fields import plain_money
from loyalty_site.api.memberships import breakdown
from rewards import ledger
from rewards.models import Judgement, Lot


class WhyReply(serializers.Serializer):
    rule = serializers.CharField()
    points = serializers.IntegerField()
    base = serializers.IntegerField()
    why = serializers.CharField()


class EarnedReply(serializers.Serializer):
    program = serializers.CharField()
    points = serializers.IntegerField()
    available_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    breakdown = WhyReply(many=True)


class HeldReply(serializers.Serializer):
    program = serializers.CharField()
    membership = serializers.CharField()
    available = serializers.IntegerField()
    pending = serializers.IntegerField()


class LineReply(serializers.Serializer):
    number = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    category = serializers.CharField()
    quantity = serializers.CharField()
    unit_amount = serializers.IntegerField(allow_null=True)
    amount = serializers.IntegerField()
    discount = serializers.IntegerField()
    excluded = serializers.BooleanField()


@extend_schema_field({"type": "string", "pattern": "^(standing|voided)$"})
class PurchaseStatus(serializers.CharField):
    """A pattern and no enum: two replies have this field, and drf-spectacular finds no good name for that enum."""


class PurchaseReply(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    customer = serializers.CharField(allow_null=True)
    occurred_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    channel = serializers.CharField()
    location = serializers.CharField(allow_null=True)
    staff = serializers.CharField(allow_null=True)
    status = PurchaseStatus()
    currency = serializers.CharField()
    amount = serializers.IntegerField()
    amount_due = serializers.IntegerField()
    refunded = serializers.IntegerField()
    lines = LineReply(many=True)
    discounts = serializers.ListField(child=serializers.DictField())
    earned = EarnedReply(many=True)


class RecordedReply(PurchaseReply):
    id = serializers.CharField(allow_null=True, help_text="null in a preview or dry run")
    dry_run = serializers.BooleanField(required=False)
    customer_created = serializers.BooleanField(required=False)
    spent = serializers.ListField(child=serializers.DictField())
    balances = HeldReply(many=True)
    tier_changes = serializers.ListField(child=serializers.DictField())
    stamps = serializers.ListField(child=serializers.DictField())
    next_reward = serializers.DictField(allow_null=True)
    vouchers_issued = serializers.ListField(child=serializers.DictField())


def shown(merchant: Merchant):
    """Purchases as the API shows them, with customer, location, staff and lines (two queries)."""
    return (
        Purchase.objects.for_merchant(merchant)
        .select_related("customer", "location", "staff")
        .prefetch_related("lines")
    )


def present(merchant: Merchant, purchases: list[Purchase]) -> list[dict]:
    """Purchases with what they earned and why (two queries more for all of them)."""
    judged: dict[int, list[Judgement]] = {}
    for one in (
        Judgement.objects.standing()
        .filter(purchase__in=purchases)
        .select_related("program", "membership")
        .order_by("program")
    ):
        judged.setdefault(one.purchase_id, []).append(one)
    came = list(
        Lot.objects.filter(entry__purchase__in=purchases, entry__kind="earn").with_end().select_related("entry")
    )
    ledger.date_idle(came)
    lots = {(lot.purchase_id, lot.entry.membership_id): lot for lot in came}
    return [shape(merchant, purchase, judged.get(purchase.pk, []), lots) for purchase in purchases]


def shape(merchant: Merchant, purchase: Purchase, judged: list[Judgement], lots: dict) -> dict:
    """One purchase."""
    return {
        "id": purchase.public_id,
        "external_id": purchase.external_id,
        "customer": purchase.customer.public_id if purchase.customer else None,
        "occurred_at": purchase.occurred_at,
        "recorded_at": purchase.recorded_at,
        "channel": purchase.channel,
        "location": purchase.location.public_id if purchase.location else None,
        "staff": purchase.staff.public_id if purchase.staff else None,
        "status": "voided" if purchase.voided_at else "standing",
        "currency": merchant.currency,
        "amount": purchase.amount,
        "amount_due": purchase.amount,
        "refunded": purchase.refunded,
        "lines": [line(one_line) for one_line in sorted(purchase.lines.all(), key=lambda found: found.number)],
        "discounts": [],
        "earned": [earned(merchant, judgement, lots) for judgement in judged],
    }


def line(found) -> dict:
    """A line of the receipt."""
    return {
        "number": found.number,
        "sku": found.sku,
        "name": found.name,
        "category": found.category,
        "quantity": f"{found.quantity.normalize():f}",
        "unit_amount": found.unit_amount,
        "amount": found.amount,
        "discount": 0,
        "excluded": found.excluded,
    }


def earned(merchant: Merchant, judgement: Judgement, lots: dict) -> dict:
    """What a program gave, why, and when it can be spent."""
    lot = lots.get((judgement.purchase_id, judgement.membership_id))
    return {
        "program": judgement.program.public_id,
        "points": judgement.points,
        "available_at": lot.available_at if lot else None,
        "expires_at": lot.ends_at if lot else None,
        "breakdown": breakdown(judgement.awards, plain_money(merchant.currency)),
    }


def recorded(merchant: Merchant, key: int, *, at: datetime) -> dict:
    """The reply to a recorded purchase: itself, and what its customer has now."""
    purchase = shown(merchant).get(pk=key)
    return {
        **present(merchant, [purchase])[0],
        "spent": [],
        "balances": balances_of([purchase.customer], at=at).get(purchase.customer_id, []) if purchase.customer else [],
        "tier_changes": [],
        "stamps": [],
        "next_reward": None,
        "vouchers_issued": [],
    }
