"""Vouchers: made one by one or a hundred thousand at once, found by code, used, given back, revoked.

Who writes several rows takes customers first, then rewards, then vouchers, each by primary key.
"""

from .checking import (
    CustomerRequired,
    VoucherCancelled,
    VoucherChanged,
    VoucherExpired,
    VoucherMinimum,
    VoucherNotStarted,
    VoucherNotYours,
    VoucherRevoked,
    VoucherUsed,
    is_untouched,
    left,
    refuse_nobody,
    refuse_unusable,
    status,
)
from .codes import InvalidPrefix, normal
from .ending import cancel, revoke, revoke_unused
from .finding import UnknownVoucher, find, hold, hold_all, locked
from .issuing import VoucherDraft, issue, worth
from .making import MOST_AT_ONCE, InvalidBatch, Wanted, check, make
from .proof import differences
from .returning import ClaimedInPurchase, VoucherNotUsed, free, give_back, of_purchase, reverse
from .using import AmountRequired, BalanceExceeded, MoreThanDue, PurchaseReturned, Taken, take, use

__all__ = [
    "MOST_AT_ONCE",
    "AmountRequired",
    "BalanceExceeded",
    "ClaimedInPurchase",
    "CustomerRequired",
    "InvalidBatch",
    "InvalidPrefix",
    "MoreThanDue",
    "PurchaseReturned",
    "Taken",
    "UnknownVoucher",
    "VoucherCancelled",
    "VoucherChanged",
    "VoucherDraft",
    "VoucherExpired",
    "VoucherMinimum",
    "VoucherNotStarted",
    "VoucherNotUsed",
    "VoucherNotYours",
    "VoucherRevoked",
    "VoucherUsed",
    "Wanted",
    "cancel",
    "check",
    "differences",
    "find",
    "free",
    "give_back",
    "hold",
    "hold_all",
    "is_untouched",
    "issue",
    "left",
    "locked",
    "make",
    "normal",
    "of_purchase",
    "refuse_nobody",
    "refuse_unusable",
    "reverse",
    "revoke",
    "revoke_unused",
    "status",
    "take",
    "use",
    "worth",
]
