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
    """Points of one program: what the return takes (or brings), what was used and comes back, what the new
    purchase earns and why, and what is left then.
    """

    program: Program
    back: int
    returned: int
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
        return bool(self.back or self.returned or self.forgiven or (self.gain and self.gain.points))


@dataclass(slots=True)
class Outcome:
    """An exchange, recorded or only tried: its money in minor units, and the points of each program.

    What comes `back` was `prepaid` in part: that returns to stored value. `vouchers` can be used again.
    """

    back: int
    prepaid: int
    bought: int
    due: int
    vouchers: tuple[str, ...]
    points: list[Points]
    public_id: str
    duplicate: bool

    @property
    def to_pay(self) -> int:
        """What the customer pays; nothing where something is to be given."""
        return max(self.due - (self.back - self.prepaid), 0)

    @property
    def to_give(self) -> int:
        """What the customer gets; nothing where something is to be paid."""
        return max(self.back - self.prepaid - self.due, 0)


def outcome(purchase: Purchase, done: flows.Exchanged, *, currency: str, at: datetime) -> Outcome:
    """What an exchange of a purchase did (five queries, nine where something was claimed)."""
    refund, draft = done.refund, done.recorded.draft
    given = outcomes.given(purchase, refund.pk, amount=refund.amount, duplicate=refund.duplicate, at=at)
    earned = {gain.program.pk: gain for gain in gains(done.recorded.earned, currency=currency, at=at)}
    points = [
        Points(one.program, one.points, one.returned, one.forgiven, earned.get(one.program.pk), one.left)
        for one in given.movements
    ]
    return Outcome(
        back=given.amount,
        prepaid=given.prepaid,
        bought=draft.amount,
        due=draft.amount - draft.prepaid,
        vouchers=given.vouchers,
        points=[one for one in points if one.moves],
        public_id=draft.public_id,
        duplicate=refund.duplicate and draft.duplicate,
    )
