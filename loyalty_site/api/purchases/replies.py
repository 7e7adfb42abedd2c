"""What a till gets back: the purchase, what it earned and why, and what the customer has now."""

from collections import Counter
from datetime import datetime

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.merchants.models import Merchant
from customers.models import Purchase
from loyalty_site.api import vouchers
from loyalty_site.api.fields import plain_money
from loyalty_site.api.holdings import held_by, held_row
from loyalty_site.api.memberships import breakdown
from loyalty_site.api.tier_changes import FromTo
from loyalty_site.api.vouchers import VoucherReply
from rewards import claims, earning, ledger, programs, tiers
from rewards.models import Judgement, Lot, Voucher
from rewards.models.programs import Kind

from .claimed import DiscountReply, NextRewardReply, SpentReply, claimed, next_reward


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


class StampsReply(serializers.Serializer):
    """A stamp card: what is on it now, when it is full, and how many this purchase filled."""

    program = serializers.CharField()
    stamps = serializers.IntegerField()
    size = serializers.IntegerField()
    completed = serializers.IntegerField()


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
    code = serializers.CharField(help_text="What the customer said at the till; may be empty.")
    currency = serializers.CharField()
    amount = serializers.IntegerField(help_text="Before discounts.")
    shipping = serializers.IntegerField(help_text="What of the amount is shipping.")
    amount_due = serializers.IntegerField(help_text="To be paid in money: after discounts, gift cards and balance.")
    refunded = serializers.IntegerField()
    lines = LineReply(many=True)
    discounts = DiscountReply(many=True)
    earned = EarnedReply(many=True)
    spent = SpentReply(many=True)


class TierChangedReply(FromTo):
    program = serializers.CharField()


class RecordedReply(PurchaseReply):
    id = serializers.CharField(allow_null=True, help_text="null in a preview or dry run")
    dry_run = serializers.BooleanField(required=False)
    customer_created = serializers.BooleanField(required=False)
    balances = HeldReply(many=True)
    tier_changes = TierChangedReply(many=True)
    stamps = StampsReply(many=True)
    next_reward = NextRewardReply(allow_null=True)
    vouchers_issued = VoucherReply(many=True)


def shown(merchant: Merchant):
    """Purchases as the API shows them, with customer, location, staff and lines (two queries)."""
    return (
        Purchase.objects.for_merchant(merchant)
        .select_related("customer", "location", "staff")
        .prefetch_related("lines")
    )


def present(merchant: Merchant, purchases: list[Purchase], judged: dict | None = None) -> list[dict]:
    """Purchases with what they earned and why (two queries more for all of them, and three where some claim)."""
    judged = judgements(purchases) if judged is None else judged
    came = Lot.objects.filter(entry__purchase__in=purchases, entry__kind="earn").with_end().select_related("entry")
    came = list(came)
    ledger.date_idle(came)
    lots = {(lot.purchase_id, lot.entry.membership_id): lot for lot in came}
    used = claimed(purchases)
    return [
        {**shape(merchant, purchase, judged.get(purchase.pk, []), lots), **used.get(purchase.pk, {})}
        for purchase in purchases
    ]


def judgements(purchases: list[Purchase]) -> dict[int, list[Judgement]]:
    """The judgements that stand, by purchase, each with whether its program has tiers (one query)."""
    found: dict[int, list[Judgement]] = {}
    standing = tiers.tiered(Judgement.objects.standing().filter(purchase__in=purchases))
    for one in standing.select_related("program", "membership", "version").order_by("program"):
        found.setdefault(one.purchase_id, []).append(one)
    return found


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
        "code": purchase.code,
        "currency": merchant.currency,
        "amount": purchase.full_amount,
        "shipping": purchase.shipping,
        "amount_due": purchase.amount_due,
        "refunded": purchase.refunded,
        "lines": [line(one_line) for one_line in sorted(purchase.lines.all(), key=lambda found: found.number)],
        "discounts": [],
        "earned": [earned(merchant, judgement, lots) for judgement in judged],
        "spent": [],
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
        "amount": found.amount + found.discount,
        "discount": found.discount,
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
        "breakdown": breakdown(earning.awards_in(judgement), plain_money(merchant.currency), judgement.program),
    }


def recorded(merchant: Merchant, key: int, *, at: datetime) -> dict:
    """The reply to a recorded purchase: itself, and what its customer has now."""
    purchase = shown(merchant).get(pk=key)
    judged = judgements([purchase])
    tiered = any(one.has_tiers for one in judged.get(key, []))
    held = held_by([purchase.customer], at=at) if purchase.customer else []
    cards = {member.program_id: (member, balance) for member, balance in held if member.program.kind == Kind.STAMPS}
    issued = issued_with(purchase) if cards or purchase.claims else []
    return {
        **present(merchant, [purchase], judged)[0],
        "balances": [held_row(member, balance) for member, balance in held],
        "tier_changes": tier_changes(purchase) if tiered else [],
        "stamps": stamps(cards, issued),
        "next_reward": next_reward([member for member, __ in held], at=at),
        "vouchers_issued": [vouchers.present(voucher, at=at) for voucher in issued],
    }


def tier_changes(purchase: Purchase) -> list[dict]:
    """How the tiers of its customer followed a purchase (one query)."""
    return [
        {"program": change.membership.program.public_id, "from": change.from_tier, "to": change.to_tier}
        for change in tiers.changes_of(purchase)
    ]


def issued_with(purchase: Purchase) -> list[Voucher]:
    """The vouchers that a purchase brought to who has it: of cards that it filled, of rewards for later (a query)."""
    return list(claims.issued_in(purchase).select_related("customer", "entry__membership").order_by("pk"))


def stamps(cards: dict, issued: list[Voucher]) -> list[dict]:
    """The stamp cards of a customer after a purchase (one query, none without cards)."""
    sizes = programs.card_sizes(cards) if cards else {}
    filled = Counter(voucher.entry.membership.program_id for voucher in issued if voucher.entry)
    return [
        {
            "program": member.program.public_id,
            "stamps": balance.available,
            "size": sizes[key],
            "completed": filled[key],
        }
        for key, (member, balance) in cards.items()
    ]
