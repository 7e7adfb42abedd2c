"""What a refund does to a customer's points, before and after it."""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Purchase
from rewards.models import Entry, Program

from .cards import Holding, holdings


@dataclass(slots=True)
class Movement:
    """Points of one program because of a refund: `points` with their sign, and what is available after."""

    program: Program
    points: int
    forgiven: int
    expired: int
    left: int

    @property
    def taken(self) -> int:
        """What goes back, as a number."""
        return -self.points

    @property
    def owed(self) -> int:
        """What is missing after it, as a number."""
        return -self.left


@dataclass(slots=True)
class Given:
    """A refund, recorded or only tried: its money, what is left of the purchase, and the points of each program."""

    amount: int
    remaining: int
    movements: list[Movement]
    duplicate: bool = False


def given(purchase: Purchase, refund_id: int, *, amount: int, duplicate: bool, at: datetime) -> Given:
    """What a refund on record moved, in every program of the purchase's customer (five queries).

    It may be rolled back after: `purchase` itself stays as it was.
    """
    now = Purchase.objects.get(pk=purchase.pk)
    entries = {one.membership_id: one for one in Entry.objects.filter(refund=refund_id)}
    held = holdings(purchase.customer, at=at) if purchase.customer else []
    return Given(amount, now.remaining, [movement(one, entries) for one in held], duplicate)


def movement(held: Holding, entries: dict[int, Entry]) -> Movement:
    """The points of one program; none moved where there is no entry."""
    entry = entries.get(held.membership.pk)
    return Movement(
        program=held.membership.program,
        points=entry.points if entry else 0,
        forgiven=entry.forgiven if entry else 0,
        expired=entry.lapsed if entry else 0,
        left=held.balance.available,
    )
