"""Issuing vouchers to customers, each for a reason of its own."""

from dataclasses import dataclass
from datetime import datetime

from customers.merchants import ids, rows
from customers.merchants.models import Merchant
from rewards.models import Voucher
from rewards.models.vouchers import VoucherStatus

from .codes import new_codes

FIELDS = [
    "public_id", "merchant", "code", "name", "benefit", "customer", "entry", "purchase", "redemption", "status",
    "uses_allowed", "uses_left", "balance", "issued_at", "expires_at",
]  # fmt: skip


@dataclass(slots=True)
class VoucherDraft:
    """A voucher to issue: what it gives and to whom; `entry_id` or `redemption_id` is where its points went."""

    name: str
    benefit: dict
    customer_id: int | None = None
    entry_id: int | None = None
    purchase_id: int | None = None
    redemption_id: int | None = None
    expires_at: datetime | None = None


def issue(*, merchant: Merchant, drafts: list[VoucherDraft], at: datetime) -> None:
    """Issue vouchers, each with a code of its own (one statement)."""
    named = zip(drafts, ids.many("vch", len(drafts)), new_codes(len(drafts)), strict=True)
    rows.insert(
        Voucher,
        FIELDS,
        [
            (
                public_id, merchant.pk, code, one.name, one.benefit, one.customer_id, one.entry_id, one.purchase_id,
                one.redemption_id, VoucherStatus.OPEN, 1, 1, worth(one.benefit), at, one.expires_at,
            )
            for one, public_id, code in named
        ],
    )  # fmt: skip


def worth(benefit: dict) -> int | None:
    """What a fresh voucher holds in minor units: a gift card its amount, all others nothing."""
    return benefit["amount"] if benefit["kind"] == "gift_card" else None
