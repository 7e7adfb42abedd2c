"""What the API is told of vouchers."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.merchants.models import Merchant
from customers.merchants.refusals import Missing
from customers.models import Purchase
from loyalty_site.api.fields import FreeJSON, MinorUnits, Moment, Strict, WholeNumber, find_customer, plain_money
from loyalty_site.api.promises import BENEFIT
from rewards import benefits, vouchers

LONGEST_NAME, LONGEST_NOTE = 100, 200


@extend_schema_field(BENEFIT)
class BenefitBody(FreeJSON):
    """What a voucher gives, as a client sends it."""


class MakeBody(Strict):
    """Vouchers to make, all alike but for their codes."""

    benefit = BenefitBody()
    count = WholeNumber(required=False, default=1, help_text=f"1 to {vouchers.MOST_AT_ONCE:,}; 1 if it is left out.")
    uses = WholeNumber(required=False, default=1, help_text="How often each can be used; once if it is left out.")
    per_customer = WholeNumber(required=False, allow_null=True, help_text="How often one customer can use each.")
    customer = serializers.CharField(required=False, allow_null=True, help_text="Nobody else can use them.")
    min_amount = MinorUnits(required=False, allow_null=True, help_text="The smallest purchase, before discounts.")
    starts_at = Moment(required=False, allow_null=True)
    ends_at = Moment(required=False, allow_null=True, help_text="Exclusive.")
    prefix = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="What codes begin with: 12 letters and digits at most."
    )
    name = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_NAME, help_text="Else the benefit in words."
    )
    note = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_NOTE, help_text="What for; for the shop."
    )


class UseBody(Strict):
    """Where, by whom, for whom and with which purchase; all as far as it is known."""

    customer = serializers.CharField(required=False, allow_null=True)
    location = serializers.CharField(required=False, allow_null=True)
    staff = serializers.CharField(required=False, allow_null=True)
    purchase = serializers.CharField(required=False, allow_null=True)
    purchase_amount = MinorUnits(
        required=False, allow_null=True, help_text="What a purchase that is not on record costs before discounts."
    )
    amount = MinorUnits(
        required=False,
        allow_null=True,
        help_text="What a gift card pays (required for one), or what another voucher took off.",
    )


class NothingMore(Strict):
    """Nothing more to say."""


def wanted(merchant: Merchant, body: dict) -> vouchers.Wanted:
    """The vouchers that a body asks for; raises InvalidBenefit, Missing."""
    benefits.check(body["benefit"], "benefit")
    said = benefits.sentence(body["benefit"], plain_money(merchant.currency))
    customer = find_customer(merchant, body["customer"]) if body.get("customer") else None
    name = body["name"].strip() or said[:LONGEST_NAME]
    return vouchers.Wanted(**{**body, "customer": customer, "name": name})


def find_purchase(merchant: Merchant, public_id: str | None) -> Purchase | None:
    """The merchant's purchase with that id."""
    if public_id is None:
        return None
    found = Purchase.objects.for_merchant(merchant).filter(public_id=public_id).first()
    if found is None:
        raise Missing(_("This shop has no purchase with that id."), field="purchase")
    return found
