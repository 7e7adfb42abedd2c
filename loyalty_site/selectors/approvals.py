"""Adjustments that wait for a second person, those that were decided lately, and what one would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from customers.merchants.models import Merchant, StaffMember
from rewards import ledger
from rewards.adjustments import Allowance
from rewards.models import Adjustment, Program
from rewards.models.adjustments import AdjustmentStatus

from . import actors
from .entries import INSTANT

LATELY = timedelta(days=30)
MOST = 50  # decided ones shown


@dataclass(slots=True)
class Request:
    """An adjustment with the names of who asked and who decided.

    For one that waits: what can be spent now and would be afterwards, whether it is one's `own`, and whether it is
    `late`: its points would have expired already.
    """

    adjustment: Adjustment
    by: str
    decided_by: str
    available: int = 0
    after: int = 0
    own: bool = False
    late: bool = False

    @property
    def program(self) -> Program:
        """Whose points they are."""
        return self.adjustment.membership.program

    @property
    def short(self) -> bool:
        """Whether as things stand there are not enough points to take."""
        return self.adjustment.points < 0 and self.after < 0

    @property
    def last_day(self) -> date | None:
        """The last day on which the points could be spent; None for ever."""
        return last_day(self.adjustment)


def last_day(adjustment: Adjustment) -> date | None:
    """The last local day of the points of an adjustment: their own, or the closing program's; None for ever."""
    moments = [at for at in (adjustment.expires_at, adjustment.membership.program.spendable_until) if at]
    return timezone.localtime(min(moments) - INSTANT).date() if moments else None


def asked(merchant: Merchant) -> QuerySet[Adjustment]:
    """The shop's adjustments with whom they concern."""
    return Adjustment.objects.for_merchant(merchant).select_related("membership__customer", "membership__program")


def waiting(merchant: Merchant) -> QuerySet[Adjustment]:
    """Those that wait, the longest first."""
    return asked(merchant).pending().order_by("requested_at", "pk")


@dataclass(slots=True)
class Inbox:
    """A page of those that wait, and those decided lately."""

    waiting: list[Request]
    decided: list[Request]


def inbox(place: StaffMember, page: Iterable[Adjustment], *, at: datetime) -> Inbox:
    """What waits and what was decided in the last 30 days (six queries; more where points idle or are held)."""
    asked_for = list(page)
    lately = asked(place.merchant).decided().filter(decided_at__gte=at - LATELY).order_by("-decided_at", "-pk")
    decided = list(lately[:MOST])
    names = actors.names(
        place.merchant, {name for one in (*asked_for, *decided) for name in (one.requested_by, one.decided_by)}
    )
    held = ledger.balances({one.membership.account_id for one in asked_for}, at=at, now=at)
    return Inbox(
        [open_request(place, one, names, held[one.membership.account_id].available, at=at) for one in asked_for],
        [Request(one, names.get(one.requested_by, ""), names.get(one.decided_by, "")) for one in decided],
    )


def open_request(place: StaffMember, one: Adjustment, names: dict, available: int, *, at: datetime) -> Request:
    """One that waits, for the person who looks at it."""
    return Request(
        one,
        names.get(one.requested_by, ""),
        "",
        available=available,
        after=available + one.points,
        own=one.requested_by == place.public_id,
        late=one.expires_at is not None and one.expires_at <= at,
    )


def waiting_for(place: StaffMember) -> int:
    """How many wait for this person's word: all but one's own (one query)."""
    return Adjustment.objects.for_merchant(place.merchant).pending().exclude(requested_by=place.public_id).count()


@dataclass(slots=True)
class Outcome:
    """What an adjustment does or would do: at once, or after a second person's word (`waits`)."""

    points: int
    waits: bool
    after: int
    last_day: date | None
    allowance: Allowance | None

    @property
    def amount(self) -> int:
        """The points without their sign."""
        return abs(self.points)


def outcome(adjustment: Adjustment, allowed: Allowance | None, *, at: datetime) -> Outcome:
    """What came of an adjustment, which may be undone again (two queries)."""
    waits = adjustment.status == AdjustmentStatus.PENDING
    available = ledger.balance(adjustment.membership.account_id, at=at, now=at).available
    after = available + adjustment.points if waits else available
    return Outcome(adjustment.points, waits, after, last_day(adjustment), allowed)
