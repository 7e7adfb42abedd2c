"""The tables of facts: who people are, what they bought, and the rollups kept in step with it."""

from .activities import Activity
from .activity import CustomerActivity, CustomerMonth
from .imports import Import, ImportFault
from .people import Consent, Customer, CustomerWord
from .purchases import Purchase, PurchaseLine, Refund, RefundLine

__all__ = [
    "Activity",
    "Consent",
    "Customer",
    "CustomerActivity",
    "CustomerMonth",
    "CustomerWord",
    "Import",
    "ImportFault",
    "Purchase",
    "PurchaseLine",
    "Refund",
    "RefundLine",
]
