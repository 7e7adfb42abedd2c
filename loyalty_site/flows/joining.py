"""Somebody joins by themselves, and learns nothing about anybody else's card."""

from datetime import datetime

from django.db import transaction

from customers import profiles
from customers.merchants.models import Merchant

from .people import enrol


def join(*, merchant: Merchant, fields: dict, consents: list[dict], at: datetime) -> bool:
    """Make a card for a stranger who says who they are; False, and nothing changed, where one has that phone or e-mail.

    Whoever calls it for a stranger must not let them see which it was: see docs/decisions/0022. Raises Invalid for what
    cannot be a phone, e-mail or birthday, the same for both.
    """
    try:
        with transaction.atomic():
            enrol(merchant=merchant, fields=fields, consents=consents, at=at)
    except profiles.DuplicateCustomer:
        return False
    return True
