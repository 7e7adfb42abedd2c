"""Lots while postings draw from them, in the order in which they are spent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q, QuerySet, Sum

from rewards.models.ledger import EntryKind

from . import idle
from .drafts import Posting

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class OpenLot:
    """A row of Lot while postings draw from it: making model instances would double the time of an import.

    `expires_at` of an idle lot is when it would be over as things stand; it is not stored.
    """

    pk: int
    account_id: int
    entry_id: int
    purchase_id: int | None
    points: int
    remaining: int
    available_at: datetime
    expires_at: datetime | None
    idle_months: int | None = None
    idle_from: datetime | None = None
    origin_id: int | None = None
    booked_expired: int = 0


def lot_rows(lots: QuerySet) -> QuerySet:
    """Lots as OpenLot takes them, with what the books say has expired of each."""
    expired = Sum("uses__points", filter=Q(uses__entry__kind=EntryKind.EXPIRE), default=0)
    return lots.annotate(booked_expired=expired).values_list(
        "pk", "account", "entry", "purchase", "points", "remaining", "available_at", "expires_at", "idle_months",
        "idle_from", "origin", "booked_expired",
    )  # fmt: skip


def date_idle(lots: Iterable) -> None:
    """Give idle lots (rows or OpenLots) the moment at which they are over as things stand (one query if there are)."""
    found = [lot for lot in lots if lot.idle_months]
    clocks = idle.clocks({lot.account_id for lot in found}) if found else {}
    for lot in found:
        lot.idle_from = clocks[lot.account_id].start(lot.idle_from)
        lot.expires_at = clocks[lot.account_id].over_at(lot.idle_from, lot.idle_months)


def is_own(lot: OpenLot, posting: Posting) -> bool:
    """Whether the lot is the one that the posting names, or came with its purchase."""
    if posting.lot_id:
        return lot.pk == posting.lot_id
    return posting.purchase_id is not None and lot.purchase_id == posting.purchase_id


def is_over(lot: OpenLot, posting: Posting) -> bool:
    """Whether the lot had expired when the posting happened."""
    return lot.expires_at is not None and lot.expires_at <= posting.occurred_at


def spending_order(lot: OpenLot) -> tuple:
    """Nearest expiry first, then oldest; lots that never expire last."""
    return (lot.expires_at or FOREVER, lot.pk)
