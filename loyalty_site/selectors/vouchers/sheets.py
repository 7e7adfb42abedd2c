"""Vouchers on paper: some on a sheet, to be cut out."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation

from customers.merchants.models import Merchant
from rewards.models import Voucher

from . import words
from .words import Terms


@dataclass(slots=True)
class Slip:
    """One voucher on paper; `code` in groups of four, as one types it."""

    voucher: Voucher
    code: str
    gives: str
    terms: list[str]
    validity: str


def sheets(some: Sequence[Voucher], merchant: Merchant, *, each: int, language: str) -> list[list[Slip]]:
    """Vouchers (with their customers) in a language, `each` on a sheet."""
    with translation.override(language):
        return [[slip(one, merchant) for one in some[at : at + each]] for at in range(0, len(some), each)]


def slip(voucher: Voucher, merchant: Merchant) -> Slip:
    """One of them."""
    terms = Terms.of(voucher)
    said = words.gives(voucher.benefit, merchant.currency)
    code = " ".join(voucher.code[at : at + 4] for at in range(0, len(voucher.code), 4))
    return Slip(voucher, code, said, words.conditions(terms, merchant), words.validity(terms, merchant))
