"""Two members of one program, and what each of them has: before points are passed on, or an account is shared."""

from dataclasses import dataclass
from datetime import datetime

from customers.models import Customer
from rewards import ledger
from rewards.models import Membership

from .people import Person, masked


@dataclass(slots=True)
class Both:
    """A member and another person; `theirs` is that person's membership, None where they are not in the program.

    `has` and `they_have` can be spent now; `pooled` is whether the two share an account already.
    """

    mine: Membership
    theirs: Membership | None
    seen: Person
    has: int
    they_have: int = 0
    pooled: bool = False

    @property
    def together(self) -> int:
        """What a shared account would have to spend."""
        return self.has + self.they_have


def beside(mine: Membership, other: Customer) -> Membership | None:
    """The other person's membership in the same program (one query)."""
    members = Membership.objects.filter(program=mine.program_id, customer=other)
    return members.select_related("program__merchant", "customer").first()


def both(mine: Membership, other: Customer, *, at: datetime) -> Both:
    """A member beside another person of the shop (three queries)."""
    theirs = beside(mine, other)
    accounts = {one.account_id for one in (mine, theirs) if one}
    held = ledger.balances(accounts, at=at, now=at)
    found = Both(mine, theirs, masked([other])[0], held[mine.account_id].available)
    if theirs is not None:
        found.they_have, found.pooled = held[theirs.account_id].available, theirs.account_id == mine.account_id
    return found
