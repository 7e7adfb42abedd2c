"""What a customer has in hand: vouchers to use, and those used lately."""

from dataclasses import dataclass
from datetime import date, datetime

from customers.models import Customer
from rewards import vouchers
from rewards.models import Voucher
from rewards.models.vouchers import VoucherStatus

from . import words

MOST, LATELY = 20, 5


@dataclass(slots=True)
class InHand:
    """A voucher and what it gives, in words; empty where its name says that already.

    `left` is what is left of one that is used more than once, in words; `amount_left` of any, as a number; `last_on`
    its last day. One that `asks` cannot be used by a button alone, because something has to be said: what a gift card
    pays, what the purchase costs.
    """

    voucher: Voucher
    gives: str
    left: str
    amount_left: int
    last_on: date | None
    asks: bool


def open_vouchers(customer: Customer, *, currency: str, at: datetime) -> list[InHand]:
    """The vouchers that the customer can use now, the oldest first (one query)."""
    found = Voucher.objects.filter(customer=customer).select_related("merchant").usable(at).order_by("issued_at", "pk")
    return [in_hand(voucher, currency) for voucher in found[:MOST]]


def used_vouchers(customer: Customer, *, currency: str) -> list[InHand]:
    """The vouchers that the customer used last, the newest first (one query)."""
    found = Voucher.objects.filter(customer=customer, status=VoucherStatus.USED).order_by("-issued_at", "-pk")
    return [in_hand(voucher, currency) for voucher in found[:LATELY]]


def in_hand(voucher: Voucher, currency: str) -> InHand:
    """One of them (with its merchant)."""
    gives = words.gives(voucher.benefit, currency)
    return InHand(
        voucher,
        gives="" if gives == voucher.name else gives,
        left=words.left(voucher, currency),
        amount_left=vouchers.left(voucher),
        last_on=words.last_day(voucher.expires_at, voucher.merchant) if voucher.expires_at else None,
        asks=voucher.uses_left > 0 and (voucher.balance is not None or bool(voucher.min_amount)),
    )
