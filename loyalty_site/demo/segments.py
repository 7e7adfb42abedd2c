"""Segments for the demo shop: ready ones, as its owner could take them, filled from its purchases."""

from datetime import datetime

from django.db import transaction

from customers.merchants.models import Merchant
from segments import ready

TAKEN = ["champions", "promising", "at_risk", "win_back", "one_visit_short", "birthday"]


@transaction.atomic
def make(merchant: Merchant, *, at: datetime) -> None:
    """Take some of the ready segments."""
    offered = {offer.ready.key for offer in ready.offered(merchant)}
    for key in TAKEN:
        if key in offered:
            ready.use(merchant=merchant, key=key, at=at)
