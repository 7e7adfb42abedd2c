"""What a customer has in hand: vouchers to use, and those used lately."""

from dataclasses import dataclass
from datetime import datetime

from customers.merchants.templatetags.ficha import money
from customers.models import Customer
from rewards import benefits
from rewards.models import Voucher
from rewards.models.vouchers import VoucherStatus

MOST, LATELY = 20, 5


@dataclass(slots=True)
class InHand:
    """A voucher and what it gives, in words; empty where its name says that already."""

    voucher: Voucher
    gives: str


def open_vouchers(customer: Customer, *, currency: str, at: datetime) -> list[InHand]:
    """The vouchers that the customer can use now, the oldest first (one query)."""
    found = Voucher.objects.filter(customer=customer).usable(at).order_by("issued_at", "pk")
    return [in_hand(voucher, currency) for voucher in found[:MOST]]


def used_vouchers(customer: Customer, *, currency: str) -> list[InHand]:
    """The vouchers that the customer used last, the newest first (one query)."""
    found = Voucher.objects.filter(customer=customer, status=VoucherStatus.USED).order_by("-issued_at", "-pk")
    return [in_hand(voucher, currency) for voucher in found[:LATELY]]


def in_hand(voucher: Voucher, currency: str) -> InHand:
    """One of them."""
    gives = benefits.sentence(voucher.benefit, lambda minor: money(minor, currency))
    return InHand(voucher, "" if gives == voucher.name else gives)
