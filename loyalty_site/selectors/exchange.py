"""What an exchange does to money and points: read after it, or before it is rolled back."""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Purchase
from loyalty_site import flows
from rewards.models import Program

from . import outcomes
from .cards import Gain, gains


@dataclass(slots=True)
class Points:
    """Points of one program: what the return takes (or brings), what the new purchase earns and why, what is left."""

    program: Program
    back: int
    forgiven: int
    gain: Gain | None
    left: int

    @property
    def taken(self) -> int:
        """What goes back, as a number."""
        return -self.back

    @property
    def moves(self) -> bool:
        """Whether any points of the program move; a program that stays as it was needs no line."""
        return bool(self.back or self.forgiven or (self.gain and self.gain.points))


@dataclass(slots=True)
class Outcome:
    """An exchange, recorded or only tried: its money in minor units, and the points of each program."""

    back: int
    bought: int
    points: list[Points]
    public_id: str
    duplicate: bool

    @property
    def to_pay(self) -> int:
        """What the customer pays; nothing where something is to be given."""
        return max(self.bought - self.back, 0)

    @property
    def to_give(self) -> int:
        """What the customer gets; nothing where something is to be paid."""
        return max(self.back - self.bought, 0)


def outcome(purchase: Purchase, done: flows.Exchanged, *, currency: str, at: datetime) -> Outcome:
    """What an exchange of a purchase did (five queries)."""
    refund, draft = done.refund, done.recorded.draft
    given = outcomes.given(purchase, refund.pk, amount=refund.amount, duplicate=refund.duplicate, at=at)
    earned = {gain.program.pk: gain for gain in gains(done.recorded.earned, currency=currency, at=at)}
    points = [
        Points(one.program, one.points, one.forgiven, earned.get(one.program.pk), one.left) for one in given.movements
    ]
    points = [one for one in points if one.moves]
    return Outcome(refund.amount, draft.amount, points, draft.public_id, refund.duplicate and draft.duplicate)
