"""Lots while postings draw from them, in the order in which they are spent."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from rewards.models import Entry, HeldLot, Hold
from rewards.models.ledger import EntryKind

from . import idle
from .drafts import Part, Posting

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class OpenLot:
    """A row of Lot while postings draw from it: making model instances would double the time of an import.

    `expires_at` of an idle lot is when it would be over as things stand; it is not stored. `ends_at` is when it can no
    longer be spent: its program may close before (`closes_at`).
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
    closes_at: datetime | None = None
    ends_at: datetime | None = None
    held: int = 0

    @property
    def free(self) -> int:
        """What of it nobody holds."""
        return self.remaining - self.held


def lot_rows(lots: QuerySet) -> QuerySet:
    """Lots as OpenLot takes them, with what the books say has expired of each."""
    expired = Sum("uses__points", filter=Q(uses__entry__kind=EntryKind.EXPIRE), default=0)
    return lots.with_end().annotate(booked_expired=expired).values_list(
        "pk", "account", "entry", "purchase", "points", "remaining", "available_at", "expires_at", "idle_months",
        "idle_from", "origin", "booked_expired", "closes_at",
    )  # fmt: skip


def held_points(accounts: Collection[int], *, at: datetime) -> dict[int, int]:
    """Points that are held at a moment, by lot (one query)."""
    active = Hold.objects.active(at).filter(account_id__among=accounts)
    return dict(HeldLot.objects.filter(hold__in=active).values_list("lot").annotate(Sum("points")).order_by())


def not_held(lots: QuerySet, *, at: datetime) -> QuerySet:
    """Lots of which nothing is held: those do not expire meanwhile."""
    return lots.exclude(Exists(HeldLot.objects.filter(lot=OuterRef("pk"), hold__in=Hold.objects.active(at))))


def date_idle(lots: Iterable) -> None:
    """Give lots (OpenLots, or rows `with_end`) the moment at which they end as things stand (one query if any is idle).

    Idle ones are dated by the last purchase; none ends later than its program.
    """
    lots = list(lots)
    found = [lot for lot in lots if lot.idle_months]
    clocks = idle.clocks({lot.account_id for lot in found}) if found else {}
    for lot in found:
        lot.idle_from = clocks[lot.account_id].start(lot.idle_from)
        lot.expires_at = clocks[lot.account_id].over_at(lot.idle_from, lot.idle_months)
    for lot in lots:
        lot.ends_at = sooner(lot.expires_at, lot.closes_at)


def sooner(first: datetime | None, second: datetime | None) -> datetime | None:
    """The earlier of two moments; None is never."""
    return min((moment for moment in (first, second) if moment), default=None)


def is_own(lot: OpenLot, posting: Posting) -> bool:
    """Whether the lot is the one that the posting names, or came with its purchase; what is spent has no own lots."""
    if posting.lot_id:
        return lot.pk == posting.lot_id
    if posting.kind == EntryKind.REDEEM:
        return False
    return posting.purchase_id is not None and lot.purchase_id == posting.purchase_id


def is_over(lot: OpenLot, posting: Posting) -> bool:
    """Whether the lot had expired when the posting happened."""
    return lot.ends_at is not None and lot.ends_at <= posting.occurred_at


def spending_order(lot: OpenLot) -> tuple:
    """Nearest expiry first, then oldest; lots that never expire last."""
    return (lot.ends_at or FOREVER, lot.pk)


def passed_on(lot: OpenLot, points: int) -> Part:
    """Points of a lot on another account: spendable as they were."""
    return Part(
        points=points,
        available_at=lot.available_at,
        expires_at=None if lot.idle_months else lot.expires_at,
        idle_months=lot.idle_months,
        idle_from=lot.idle_from,
        purchase_id=lot.purchase_id,
        origin_id=lot.pk,
    )


def lapsed_points(purchases: set[int]) -> dict[tuple[int, int], int]:
    """What earlier reversals of these purchases settled as expired, by purchase and account."""
    sums = (
        Entry.objects.filter(purchase_id__among=purchases, lapsed__gt=0)
        .values_list("purchase", "account")
        .annotate(Sum("lapsed"))
        .order_by()
    )
    return {(purchase, account): points for purchase, account, points in sums}
