"""The tables of facts: who people are, what they bought, and the rollups kept in step with it."""

from .activities import Activity
from .activity import CustomerActivity, CustomerMonth, LostActivity
from .attributes import AttributeField
from .audiences import Audience, AudienceMember
from .imports import Import, ImportFault
from .people import Consent, Customer, CustomerWord
from .purchases import Purchase, PurchaseLine, Refund, RefundLine
from .trust import LogEntry, StaffCard

__all__ = [
    "AttributeField",
    "Audience",
    "AudienceMember",
    "Activity",
    "Consent",
    "Customer",
    "CustomerActivity",
    "CustomerMonth",
    "CustomerWord",
    "Import",
    "ImportFault",
    "LogEntry",
    "LostActivity",
    "Purchase",
    "PurchaseLine",
    "Refund",
    "RefundLine",
    "StaffCard",
]
