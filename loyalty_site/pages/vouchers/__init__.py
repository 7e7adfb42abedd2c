"""Vouchers: the list, batches and their sheets, one of them, using it and taking that back."""

from .batches import batch, batches, codes, revoke_all, sheets
from .making import give, new
from .one import print_one, revoke, voucher, vouchers
from .using import reverse, use

__all__ = [
    "batch",
    "batches",
    "codes",
    "give",
    "new",
    "print_one",
    "reverse",
    "revoke",
    "revoke_all",
    "sheets",
    "use",
    "voucher",
    "vouchers",
]
