"""What a till sends."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers import identity, purchases
from customers.identity import Identifiers
from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from customers.models import Customer, Purchase
from customers.purchases import LineDraft, PurchaseDraft, Wishes
from loyalty_site import flows
from loyalty_site.api.fields import MinorUnits, Moment, Strict, check_currency, find_customer, find_location, find_staff

MOST_LINES, MOST_CLAIMS = 1_000, 50


class IdentifyBody(Strict):
    """Who buys, by whatever the till knows; a phone or e-mail that nobody has makes a card."""

    phone = serializers.CharField(max_length=40, required=False)
    email = serializers.CharField(max_length=254, required=False)
    card_code = serializers.CharField(max_length=100, required=False)
    external_id = serializers.CharField(max_length=100, required=False)


class LineBody(Strict):
    """A line of the receipt. `amount` is the line's total; `excluded` lines (tax, tip, deposit) earn nothing."""

    sku = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    name = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    category = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, min_value=0, default=Decimal(1))
    amount = MinorUnits()
    unit_amount = MinorUnits(required=False, allow_null=True)
    excluded = serializers.BooleanField(default=False)


class BalanceBody(Strict):
    """Cashback that pays: of which program, and how much of it at most, in minor units."""

    program = serializers.CharField(max_length=100)
    amount = MinorUnits(min_value=1)


class PurchaseBody(Strict):
    """A purchase; money in minor units. With both, `amount` (before discounts) and the lines' sum must agree."""

    customer = serializers.CharField(required=False, allow_null=True)
    identify = IdentifyBody(required=False, allow_null=True)
    external_id = serializers.CharField(max_length=100, required=False, allow_null=True)
    occurred_at = Moment(required=False)
    channel = serializers.CharField(max_length=50, default="store")
    location = serializers.CharField(required=False, allow_null=True)
    staff = serializers.CharField(required=False, allow_null=True)
    currency = serializers.CharField(required=False)
    amount = MinorUnits(required=False, allow_null=True)
    lines = LineBody(many=True, required=False, max_length=MOST_LINES)
    shipping = MinorUnits(
        required=False,
        allow_null=True,
        help_text="A part of `amount`. Where the lines do not hold it, it becomes a line of the category `shipping`.",
    )
    rewards = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=MOST_CLAIMS,
        help_text="Ids of rewards to claim now, for points.",
    )
    vouchers = serializers.ListField(
        child=serializers.CharField(max_length=100),
        required=False,
        max_length=MOST_CLAIMS,
        help_text="Codes of vouchers and gift cards to use now.",
    )
    use_balance = BalanceBody(required=False, allow_null=True)
    code = serializers.CharField(
        max_length=100,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="What the customer says at the till; rules may ask for it.",
    )


class BatchBody(Strict):
    """Up to 1,000 purchases, each with an `external_id`."""

    purchases = serializers.ListField(child=serializers.JSONField(allow_null=True), min_length=1, max_length=1_000)


def draft(request, body: dict, *, at: datetime) -> PurchaseDraft:
    """A body as the flows take it, without its customer; raises what is wrong with it."""
    merchant = request.auth.merchant
    check_currency(merchant, body.get("currency"))
    lines, shipping = [LineDraft(**line) for line in body.get("lines", [])], body.get("shipping") or 0
    amount, occurred_at = purchases.check(
        amount=body.get("amount"), lines=lines, shipping=shipping, occurred_at=body.get("occurred_at") or at, at=at
    )
    location, staff = find_location(request, body.get("location")), find_staff(merchant, body.get("staff"))
    return PurchaseDraft(
        amount=amount,
        occurred_at=occurred_at,
        external_id=body.get("external_id") or None,
        channel=body["channel"],
        location_id=location.pk if location else None,
        staff_id=staff.pk if staff else None,
        actor=request.auth.public_id,
        code=body.get("code") or "",
        lines=lines,
        shipping=shipping,
        wishes=wishes(body),
    )


def wishes(body: dict) -> Wishes | None:
    """What a body claims; None where it claims nothing."""
    balance = body.get("use_balance")
    found = Wishes(
        rewards=body.get("rewards", []),
        vouchers=body.get("vouchers", []),
        balance=(balance["program"], balance["amount"]) if balance else None,
    )
    return found if found else None


def identifiers(merchant: Merchant, given: dict) -> Identifiers:
    """What a till knows of a customer, normalised; raises InvalidPhone and InvalidEmail."""
    return Identifiers(
        external_id=given.get("external_id"),
        phone=identity.phone(given["phone"], country=merchant.country) if given.get("phone") else None,
        email=identity.email(given["email"]) if given.get("email") else None,
        card_code=given.get("card_code"),
    )


def find_first(merchant: Merchant, external_id: str | None) -> int | None:
    """The purchase that has this external id already: it is the answer, whatever the body now says."""
    if not external_id:
        return None
    return Purchase.objects.for_merchant(merchant).filter(external_id=external_id).values_list("pk", flat=True).first()


def named(merchant: Merchant, body: dict) -> Identifiers | None:
    """What a body identifies its buyer by, normalised; None where it does not."""
    if body.get("customer") and body.get("identify"):
        raise Invalid(_("Send either 'customer' or 'identify', not both."), field="identify")
    if body.get("identify") is None:
        return None
    given = identifiers(merchant, body["identify"])
    if not given:
        raise Invalid(_("Send a phone, email, card_code or external_id in 'identify'."), field="identify")
    return given


def find_buyer(merchant: Merchant, body: dict, *, at: datetime) -> tuple[Customer | None, bool]:
    """The customer of a body and whether the card was made just now; None for an anonymous sale."""
    given = named(merchant, body)
    if body.get("customer"):
        return find_customer(merchant, body["customer"]), False
    return flows.identify_once(merchant=merchant, identifiers=given, at=at) if given else (None, False)
