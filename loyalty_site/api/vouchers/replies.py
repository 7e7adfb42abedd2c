"""What the API says of a voucher."""

from datetime import datetime

from rest_framework import serializers

from loyalty_site.api.promises import Benefit
from rewards import vouchers
from rewards.models import Voucher
from rewards.models.vouchers import EXPIRED, VoucherStatus

STATUSES = [*VoucherStatus.values, EXPIRED]


class VoucherReply(serializers.Serializer):
    id = serializers.CharField(allow_null=True, help_text="null in a dry run")
    code = serializers.CharField(allow_null=True, help_text="null in a dry run")
    status = serializers.CharField(help_text=", ".join(STATUSES))
    name = serializers.CharField()
    benefit = Benefit()
    customer = serializers.CharField(allow_null=True, help_text="Whose it is; null: whoever holds it.")
    uses = serializers.IntegerField(help_text="How often it can be used in all.")
    uses_left = serializers.IntegerField()
    per_customer = serializers.IntegerField(allow_null=True, help_text="How often one customer can use it.")
    min_amount = serializers.IntegerField(
        allow_null=True, help_text="The smallest purchase, before discounts, in minor units."
    )
    balance = serializers.IntegerField(
        allow_null=True, help_text="What a gift card still holds, in minor units; null for all others."
    )
    batch = serializers.CharField(allow_null=True, help_text="What it was made with; null in a dry run.")
    issued_at = serializers.DateTimeField()
    starts_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class UsedReply(VoucherReply):
    dry_run = serializers.BooleanField(required=False)


class MadeReply(serializers.Serializer):
    count = serializers.IntegerField(help_text="How many were made.")
    batch = serializers.CharField(allow_null=True, help_text="All of them: GET /vouchers?batch= as text/csv.")
    data = VoucherReply(many=True, help_text="The first 100.")
    dry_run = serializers.BooleanField(required=False)


def present(voucher: Voucher, *, at: datetime) -> dict:
    """A voucher (with its customer and batch) as the API shows it."""
    return {
        "id": voucher.public_id,
        "code": voucher.code,
        "status": vouchers.status(voucher, at=at),
        "name": voucher.name,
        "benefit": voucher.benefit,
        "customer": voucher.customer.public_id if voucher.customer else None,
        "uses": voucher.uses_allowed,
        "uses_left": voucher.uses_left,
        "per_customer": voucher.per_customer,
        "min_amount": voucher.min_amount,
        "balance": voucher.balance,
        "batch": voucher.batch.public_id if voucher.batch else None,
        "issued_at": voucher.issued_at,
        "starts_at": voucher.starts_at,
        "expires_at": voucher.expires_at,
    }
