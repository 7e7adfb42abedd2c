"""Recording what was bought and what came back."""

from .drafts import FutureMoment, InvalidAmount, LineDraft, LinesDisagree, PurchaseDraft, check
from .recording import record
from .returning import RefundExceedsPurchase, ReturnDraft, give_back
from .withdrawing import forget, withdraw_import

__all__ = [
    "FutureMoment",
    "InvalidAmount",
    "LineDraft",
    "LinesDisagree",
    "PurchaseDraft",
    "RefundExceedsPurchase",
    "ReturnDraft",
    "check",
    "forget",
    "give_back",
    "record",
    "withdraw_import",
]
