"""The log of decisions about people and alarms: written with the decision, in its transaction, and never changed."""

from datetime import datetime

from customers.merchants.models import Merchant
from customers.models import LogEntry


def note(*, merchant: Merchant, deed: str, actor: str, at: datetime, about: dict) -> LogEntry:
    """Write down what was decided; `about` holds public ids, numbers and texts by name (one query)."""
    return LogEntry.objects.create(merchant=merchant, deed=deed, actor=actor, at=at, about=about)
