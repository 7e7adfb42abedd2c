"""The words of a ladder of tiers, read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from rewards import expiry

NONE = -1  # the rank of those who hold no tier
Step = tuple[str | None, datetime | None]  # a tier by name, and when it ends if nothing else happens


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier: from which sum it is reached, by what it multiplies points, and what else it brings."""

    name: str
    threshold: int
    factor: Fraction | None = None
    perks: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)  # known by itself: comparing them for each purchase would cost more than climbing
class Ladder:
    """The tiers of a version, the lowest first, with how they are reached and kept.

    What counts is added up by `basis` over a rolling window of local days. A purchase counts as long as points that
    live for `window_months` would: through the end of the same local day that many months later.
    """

    tiers: tuple[Tier, ...]
    basis: str
    window_months: int
    grace_days: int
    zone: str

    def rank(self, reached: int) -> int:
        """The place of the highest tier that a sum reaches; NONE below the first."""
        return sum(tier.threshold <= reached for tier in self.tiers) - 1

    def name(self, rank: int) -> str | None:
        """The name of a rank."""
        return None if rank == NONE else self.tiers[rank].name

    def find(self, name: str | None) -> int:
        """The rank of a name; NONE for one that is not of this ladder."""
        return next((rank for rank, tier in enumerate(self.tiers) if tier.name == name), NONE)

    def last_day(self, day: date) -> date:
        """The local day through whose end a local day counts."""
        return expiry.months_later(day, self.window_months)

    def over(self, last_day: date, *, grace: bool = False) -> datetime:
        """The moment at which what counted through a local day no longer does; with `grace` the end of the tier."""
        return expiry.held_until(1 + (self.grace_days if grace else 0), last_day, self.zone)

    def first_day(self, day: date) -> date:
        """The first local day that can still matter for who holds a tier on a local day; a few days too early."""
        return expiry.months_later(day - timedelta(days=self.grace_days + 1), -self.window_months) - timedelta(days=4)
