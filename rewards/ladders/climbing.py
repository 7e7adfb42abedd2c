"""Who holds which tier when: the sum of what counts, moved along the time."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from .terms import NONE, Ladder, Step

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that counts: when, on which local day, and how much. A return without a receipt counts below 0."""

    at: datetime
    day: date
    value: int


def without_returns(events: Iterable[Event]) -> list[Event]:
    """What counts, in order of time, after each return was taken from the newest before it, as far as they reach.

    So a return takes from the tier at once, and never gives one back when it is long ago.
    """
    left: list[Event] = []
    for event in sorted(events, key=lambda one: (one.at, -one.value)):
        if event.value >= 0:
            left.append(event)
            continue
        owed = -event.value
        for place in range(len(left) - 1, -1, -1):
            taken = min(left[place].value, owed)
            if taken:
                left[place] = Event(left[place].at, left[place].day, left[place].value - taken)
                owed -= taken
            if not owed:
                break
    return left


class Climb:
    """One member on a ladder, as far as the time was moved on.

    A tier is held from the moment its threshold is reached until the sum of the window no longer reaches it, and for
    the days of grace after that. It only depends on what counts: not on when it was recorded, nor on what was asked.
    """

    def __init__(self, ladder: Ladder, events: Iterable[Event] = ()):
        self.ladder, self.known = ladder, list(events)
        self.start()

    def start(self) -> None:
        """Climb anew, through all that is known."""
        self.total = 0
        self.counting: deque[tuple[date, int]] = deque()  # through which day, and how much
        self.ends: list[datetime | None] = [None] * len(self.ladder.tiers)  # of tiers that are no longer reached
        self.latest = EARLIEST
        for event in without_returns(self.known):
            self.enter(event)

    def add(self, event: Event) -> None:
        """Let something more count; something late as if it had been known all along."""
        self.known.append(event)
        if event.value < 0 or event.at < self.latest:
            self.start()
        else:
            self.enter(event)

    def enter(self, event: Event) -> None:
        """The next in order of time."""
        self.move_to(event.at)
        self.latest = event.at
        self.total += event.value
        self.counting.append((self.ladder.last_day(event.day), event.value))

    def move_to(self, moment: datetime) -> None:
        """Let the time pass: what is too long ago no longer counts."""
        while self.counting and self.ladder.over(self.counting[0][0]) <= moment:
            last_day, before = self.counting[0][0], self.ladder.rank(self.total)
            while self.counting and self.counting[0][0] == last_day:
                self.total -= self.counting.popleft()[1]
            for rank in range(self.ladder.rank(self.total) + 1, before + 1):
                self.ends[rank] = self.ladder.over(last_day, grace=True)

    def held(self, moment: datetime) -> int:
        """The rank held at a moment, which is not before what was asked or added last."""
        self.move_to(moment)
        reached = self.ladder.rank(self.total)
        kept = (rank for rank in range(len(self.ends) - 1, reached, -1) if is_after(self.ends[rank], moment))
        return next(kept, reached)

    def falls(self, rank: int, moment: datetime) -> list[tuple[datetime, int]]:
        """The steps down from a rank until a moment at which a lower one is held: when, and to which rank."""
        steps, standing = [], self.held(moment)
        while rank > standing:
            end = self.ends[rank] or moment
            rank = max(lower for lower in range(standing, rank) if lower == standing or is_after(self.ends[lower], end))
            steps.append((end, rank))
        return steps

    def steps(self, moment: datetime) -> list[Step]:
        """The tier held at a moment and those after it if nothing else happens, each with its end."""
        self.move_to(moment)
        steps: list[Step] = []
        for rank, end in reversed(list(enumerate(self.ends_ahead()))):
            last = steps[-1][1] if steps else moment
            if last is not None and (end is None or end > last):
                steps.append((self.ladder.name(rank), end))
        if not steps or steps[-1][1] is not None:
            steps.append((None, None))
        return steps

    def ends_ahead(self) -> list[datetime | None]:
        """When each tier ends if nothing else happens; None for never, the beginning of time for one not held."""
        reached, total = self.ladder.rank(self.total), self.total
        ends: list[datetime | None] = [end or EARLIEST for end in self.ends]
        ends[: reached + 1] = [None] * (reached + 1)
        for last_day, parts in groupby(self.counting, key=lambda part: part[0]):
            total -= sum(value for __, value in parts)
            lower = self.ladder.rank(total)
            for rank in range(lower + 1, reached + 1):
                ends[rank] = self.ladder.over(last_day, grace=True)
            reached = min(reached, lower)
            if reached == NONE:
                break
        return ends


def is_after(end: datetime | None, moment: datetime) -> bool:
    """Whether a tier that is no longer reached is still held after a moment."""
    return end is not None and end > moment
