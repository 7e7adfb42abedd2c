"""What somebody's visits say until a day: pure, from purchase days. Medians are doubled, so they are whole numbers."""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

OWN = 3  # visits, from which on the own middle gap counts


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Visits are days with a purchase; gaps are the days from one to the next.

    `twice_gap` is twice the median of all gaps, `pause` the last of them, and `twice_gap_before` twice the median of
    those before it: by what was known when the pause ended. None with fewer than three visits, or before the pause.
    """

    last_on: date
    purchases: int
    visits: int
    twice_gap: int | None = None
    pause: int | None = None
    twice_gap_before: int | None = None


def by_month(days: Iterable[date]) -> Iterator[Rhythm]:
    """The rhythm after the last purchase of each month with one; `days` in order, one for each purchase."""
    gaps: list[int] = []
    now: Rhythm | None = None
    for day in days:
        if now and day.replace(day=1) != now.last_on.replace(day=1):
            yield now
        now = after(now, day, gaps)
    if now:
        yield now


def after(now: Rhythm | None, day: date, gaps: list[int]) -> Rhythm:
    """The rhythm with one more purchase; `gaps` are those so far, sorted, and grow with it."""
    if now is None:
        return Rhythm(day, 1, 1)
    if day == now.last_on:
        return Rhythm(day, now.purchases + 1, now.visits, now.twice_gap, now.pause, now.twice_gap_before)
    pause = (day - now.last_on).days
    insort(gaps, pause)
    return Rhythm(day, now.purchases + 1, now.visits + 1, twice_median(gaps), pause, now.twice_gap)


def twice_median(gaps: list[int]) -> int | None:
    """The sum of the two middle ones of sorted gaps; None with fewer gaps than three visits leave."""
    if len(gaps) < OWN - 1:
        return None
    return gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]
