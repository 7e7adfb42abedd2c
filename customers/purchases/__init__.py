"""Recording what was bought and what came back."""

from .drafts import FutureMoment, InvalidAmount, LineDraft, LinesDisagree, PurchaseDraft, check
from .loose import take, take_once
from .moving import move, void
from .recording import record
from .refunding import (
    InvalidRefund,
    NothingToRefund,
    PurchaseVoided,
    TooEarly,
    UnknownLine,
    refund,
    refund_once,
)
from .returning import MovedMeanwhile, RefundExceedsPurchase, ReturnDraft, ReturnLine, give_back
from .withdrawing import forget, of_import, withdraw_import

__all__ = [
    "FutureMoment",
    "InvalidAmount",
    "InvalidRefund",
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
    "check",
    "forget",
    "give_back",
    "move",
    "of_import",
    "record",
    "refund",
    "refund_once",
    "take",
    "take_once",
    "void",
    "withdraw_import",
]
