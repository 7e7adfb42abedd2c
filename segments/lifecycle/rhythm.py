"""What somebody's visits say until a day: pure, from purchase days. Medians are doubled, so they are whole numbers."""

from bisect import bisect_left, insort
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
    """The rhythm after the last purchase of each month with one; `days` in order, one for each purchase.

    Medians are looked for at the ends of months alone: a whole shop's history passes here when rhythms are kept.
    """
    gaps: list[int] = []
    last, purchases, pause = None, 0, None
    for day in days:
        if day != last and last:
            if day.month != last.month or day.year != last.year:
                yield rhythm(last, purchases, gaps, pause)
            pause = (day - last).days
            insort(gaps, pause)
        last, purchases = day, purchases + 1
    if last:
        yield rhythm(last, purchases, gaps, pause)


def rhythm(last_on: date, purchases: int, gaps: list[int], pause: int | None) -> Rhythm:
    """By the sorted gaps, of which `pause` was the last."""
    if len(gaps) < OWN - 1:
        return Rhythm(last_on, purchases, len(gaps) + 1, None, pause, None)
    place = bisect_left(gaps, pause)
    before = twice_median(gaps[:place] + gaps[place + 1 :])
    return Rhythm(last_on, purchases, len(gaps) + 1, twice_median(gaps), pause, before)


def twice_median(gaps: list[int]) -> int | None:
    """The sum of the two middle ones of sorted gaps; None with fewer gaps than three visits leave."""
    if len(gaps) < OWN - 1:
        return None
    return gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]
