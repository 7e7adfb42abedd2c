"""Redeeming: points become vouchers, at once or after a hold, and come back when that is cancelled.

Locks are taken in one order: the customer, the reward, its vouchers, the account.
"""

from .proof import differences
from .redeeming import InvalidQuantity, Over, ReceiptUsed, capture, redeem, status
from .undoing import VoucherGone, cancel

__all__ = [
    "InvalidQuantity",
    "Over",
    "ReceiptUsed",
    "VoucherGone",
    "cancel",
    "capture",
    "differences",
    "redeem",
    "status",
]
