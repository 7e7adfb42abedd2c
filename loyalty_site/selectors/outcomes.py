"""What a change of a purchase does to its customers' points: read after the deed, or before it is rolled back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer, Purchase, Refund
from rewards import claims
from rewards.ledger import Posting
from rewards.models import Entry, Program
from rewards.models.ledger import EntryKind

from .cards import Holding, holdings


@dataclass(slots=True)
class Movement:
    """Points of one program because of a change: `points` with their sign, and what is available after.

    `returned` are points that had been spent in the purchase and come back.
    """

    program: Program
    points: int = 0
    returned: int = 0
    forgiven: int = 0
    expired: int = 0
    left: int = 0

    @property
    def taken(self) -> int:
        """What goes back, as a number."""
        return -self.points

    @property
    def owed(self) -> int:
        """What is missing after it, as a number."""
        return -self.left

    @property
    def is_still(self) -> bool:
        """Whether no points move."""
        return not (self.points or self.returned)

    def add(self, points: int, forgiven: int, expired: int, kind: str = "") -> None:
        """One entry more of the same change."""
        if kind == EntryKind.RETURN:
            self.returned += points
            return
        self.points += points
        self.forgiven += forgiven
        self.expired += expired


@dataclass(slots=True)
class Given:
    """A refund, recorded or only tried: its money, what is left of the purchase, and the points of each program.

    Of its amount `prepaid` goes back to stored value; `vouchers` are the codes that can be used again.
    """

    amount: int
    remaining: int
    movements: list[Movement]
    duplicate: bool = False
    prepaid: int = 0
    vouchers: tuple[str, ...] = ()

    @property
    def money(self) -> int:
        """What is given back in money."""
        return self.amount - self.prepaid


@dataclass(slots=True)
class Voided:
    """A void, done or only tried: the points of each program, and the codes of vouchers that can be used again."""

    movements: list[Movement]
    vouchers: tuple[str, ...] = ()


@dataclass(slots=True)
class Side:
    """Somebody whose points a move of a purchase changes."""

    customer: Customer
    movements: list[Movement]


@dataclass(slots=True)
class Moved:
    """A purchase moved, or only tried: who had it (nobody, for an anonymous sale), and who has it now."""

    before: Side | None
    after: Side


def given(purchase: Purchase, refund_id: int, *, amount: int, duplicate: bool, at: datetime) -> Given:
    """What a refund on record moved, in every program of the purchase's customer (five queries, nine where something
    was claimed).

    It may be rolled back after: `purchase` itself stays as it was.
    """
    now = Purchase.objects.get(pk=purchase.pk)
    entries = Entry.objects.filter(refund=refund_id)
    found = Given(amount, now.remaining, movements(purchase.customer, of_entries(entries), at=at), duplicate)
    if now.claims:
        refund = Refund.objects.get(pk=refund_id)
        found.prepaid = refund.prepaid
        found.vouchers = claims.outcome_of_refund(now, refund.pk, refund.recorded_at).vouchers
    return found


def voided(purchase: Purchase, *, at: datetime) -> Voided:
    """What the void of a purchase took back, in every program of its customer (four queries, eight where something was
    claimed).
    """
    entries = Entry.objects.filter(purchase=purchase, key__startswith="void:")
    moves = movements(purchase.customer, of_entries(entries), at=at)
    if not purchase.claims:
        return Voided(moves)
    return Voided(moves, claims.outcome_of_void(Purchase.objects.get(pk=purchase.pk)).vouchers)


def moved(before: Customer | None, after: Customer, postings: list[Posting], *, at: datetime) -> Moved:
    """What a move took from who had the purchase, and gave to who has it now (three queries each)."""
    moves = [(one.membership_id, one.moved, one.forgiven, one.lapsed) for one in postings]
    return Moved(
        Side(before, movements(before, moves, at=at)) if before else None,
        Side(after, movements(after, moves, at=at)),
    )


def of_entries(entries) -> Iterable[tuple]:
    """Entries as `movements` takes them."""
    return entries.values_list("membership", "points", "forgiven", "lapsed", "kind")


def movements(customer: Customer | None, moves: Iterable[tuple], *, at: datetime) -> list[Movement]:
    """The points of a customer in each program, and how they moved; none of a customer who is nobody."""
    if customer is None:
        return []
    found = {held.membership.pk: stands(held) for held in holdings(customer, at=at) if held.counts}
    for member, *points in moves:
        if member in found:
            found[member].add(*points)
    return list(found.values())


def stands(held: Holding) -> Movement:
    """A program of a customer before anything is counted."""
    return Movement(held.membership.program, left=held.balance.available)
