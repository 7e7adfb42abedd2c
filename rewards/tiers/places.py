"""What a membership says of its tier, and how that changes: fetched, moved on in memory, written at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from customers.merchants import rows
from rewards.ladders import Step
from rewards.models import Membership, TierChange
from rewards.models.tiers import Cause

COLUMNS = ["tier", "tier_since", "tier_until", "tier_after"]
CHANGE_FIELDS = ["membership", "from_tier", "to_tier", "at", "recorded_at", "cause", "purchase", "refund"]


@dataclass(frozen=True, slots=True)
class Change:
    """From which tier to which, when, and why."""

    before: str | None
    after: str | None
    at: datetime
    cause: str
    purchase: int | None = None
    refund: int | None = None


@dataclass(slots=True)
class Place:
    """The tier of a membership as it is booked; `steps` are it and those after it, each with its end."""

    membership: int
    tier: str | None
    since: datetime | None
    steps: list[Step]
    stored: tuple
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def of(cls, key: int, tier: str | None, since: datetime | None, until: datetime | None, after: list | None):
        """As the columns of a membership say it."""
        steps = [(tier, until), *((name, ends and datetime.fromisoformat(ends)) for name, ends in after or ())]
        return cls(key, tier, since, steps, (tier, since, until, after))

    def go(self, tier: str | None, *, at: datetime, cause: str, purchase: int | None = None, refund: int | None = None):
        """Book a change, if it is one; never before the one that was booked last."""
        if tier == self.tier:
            return
        at = max(at, self.since or at)
        self.changes.append(Change(self.tier, tier, at, cause, purchase, refund))
        self.tier, self.since = tier, at

    def pass_time(self, moment: datetime) -> None:
        """Book what has ended by itself until a moment."""
        while (end := self.steps[0][1]) is not None and end <= moment:
            del self.steps[0]
            self.go(self.steps[0][0], at=end, cause=Cause.WINDOW)

    def columns(self) -> tuple:
        """The tier as the columns of a membership keep it."""
        (__, until), after = self.steps[0], self.steps[1:]
        return (self.tier, self.since, until, [[name, ends and ends.isoformat()] for name, ends in after] or None)


def fetch(members: Iterable[int]) -> dict[int, Place]:
    """Memberships' places, locked in one order (one query)."""
    found = Membership.objects.filter(pk__among=set(members)).order_by("pk").select_for_update(no_key=True)
    return {key: Place.of(key, *cells) for key, *cells in found.values_list("pk", *COLUMNS)}


def write(places: Iterable[Place], *, at: datetime) -> None:
    """Keep what changed: one statement for the memberships, one for the changes, none where nothing did."""
    places = list(places)
    changed = [(place.membership, *cells) for place in places if (cells := place.columns()) != place.stored]
    rows.change_cells(Membership, COLUMNS, changed)
    rows.insert(
        TierChange,
        CHANGE_FIELDS,
        [
            (place.membership, one.before, one.after, one.at, at, one.cause, one.purchase, one.refund)
            for place in places
            for one in place.changes
        ],
    )
