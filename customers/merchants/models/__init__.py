"""Shops and their people, invitations, PINs and keys."""

from .invitations import Invitation
from .keys import ApiKey, Scope
from .pins import PinEvent, PinEventKind
from .shops import RIGHTS, Location, Merchant, Right, Role, StaffMember, Theme, User

__all__ = [
    "RIGHTS",
    "ApiKey",
    "Invitation",
    "Location",
    "Merchant",
    "PinEvent",
    "PinEventKind",
    "Right",
    "Role",
    "Scope",
    "StaffMember",
    "Theme",
    "User",
]
