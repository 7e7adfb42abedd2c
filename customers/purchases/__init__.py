"""Recording what was bought and what came back."""

from .drafts import (
    FutureMoment,
    InvalidAmount,
    InvalidShipping,
    LineDraft,
    LinesDisagree,
    PurchaseDraft,
    Wishes,
    check,
)
from .loose import take, take_once
from .moving import move, void
from .recording import mark_duplicates, record
from .refunding import (
    InvalidRefund,
    NothingToRefund,
    PurchaseVoided,
    TooEarly,
    UnknownLine,
    refund,
    refund_once,
)
from .returning import MovedMeanwhile, RefundExceedsPurchase, ReturnDraft, ReturnLine, give_back, note_prepaid
from .withdrawing import forget, of_import, withdraw_import

__all__ = [
    "FutureMoment",
    "InvalidAmount",
    "InvalidRefund",
    "InvalidShipping",
    "LineDraft",
    "LinesDisagree",
    "MovedMeanwhile",
    "NothingToRefund",
    "PurchaseDraft",
    "PurchaseVoided",
    "RefundExceedsPurchase",
    "ReturnDraft",
    "ReturnLine",
    "TooEarly",
    "UnknownLine",
    "Wishes",
    "check",
    "forget",
    "give_back",
    "mark_duplicates",
    "move",
    "note_prepaid",
    "of_import",
    "record",
    "refund",
    "refund_once",
    "take",
    "take_once",
    "void",
    "withdraw_import",
]
