"""Everybody's states at once, in columns of numbers: the rule of `states` for a whole shop in one pass.

Days are numbers of the calendar, and 0 stands where a Rhythm has None: no gap and no pause is that short. A property
holds both ways of saying the rule together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
from django.db import connections, router
from django.db.models import Model, QuerySet

from .rhythm import OWN
from .states import SILENCES, State

AT_ONCE = 20_000
STATES: list[State | None] = [None, *State]  # by the number that stands for each here
NUMBERS = {state: number for number, state in enumerate(STATES)}
LOST = SILENCES[0]


@dataclass(frozen=True, slots=True)
class Column:
    """The rhythms of those who had bought by the end of a day, one number each; `places` say whose they are."""

    places: np.ndarray
    last: np.ndarray
    purchases: np.ndarray
    twice_gap: np.ndarray
    pause: np.ndarray
    twice_gap_before: np.ndarray


NAMES = [field.name for field in fields(Column)]


def kept(table: np.ndarray, end: date) -> Column:
    """By rows of customer, last day, purchases, doubled gap, pause and doubled gap before, in the order of both."""
    starts = first_places(table[:, 0])
    known = sums(table[:, 1] <= end.toordinal(), starts)
    places = np.flatnonzero(known)
    return Column(places, *table[starts[places] + known[places] - 1, 1:].T)


def first_places(keys: np.ndarray) -> np.ndarray:
    """Where each customer's rows begin, in rows by customer."""
    return np.flatnonzero(np.diff(keys, prepend=keys[0] - 1)) if len(keys) else np.zeros(0, dtype=np.int64)


def sums(numbers: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The sum of each customer's rows."""
    return np.add.reduceat(numbers.astype(np.int64), starts) if len(starts) else np.zeros(0, dtype=np.int64)


class Visits:
    """Purchase days of some customers, out of which rhythms are reckoned for any number of days."""

    def __init__(self, table: np.ndarray):
        """`table` has the customer and the day of each purchase, by both."""
        self.keys, self.days = table[:, 0], table[:, 1]
        starts = first_places(self.keys)
        self.customers = self.keys[starts]
        self.whose = np.searchsorted(self.customers, self.keys)
        again = (np.diff(self.keys, prepend=-1) == 0) & (np.diff(self.days, prepend=0) > 0)
        self.gaps = np.diff(self.days, prepend=0)[again]
        self.ends, self.mine = self.days[again], self.whose[again]
        self.order = np.lexsort((self.gaps, self.mine))

    def until(self, end: date) -> Column:
        """The rhythms at the end of a day."""
        people, upto = len(self.customers), end.toordinal()
        bought = np.bincount(self.whose[self.days <= upto], minlength=people)
        places = np.flatnonzero(bought)
        before = np.concatenate([[0], np.cumsum(np.bincount(self.whose, minlength=people))])[:-1]
        last = self.days[before[places] + bought[places] - 1]
        seen = self.ends <= upto
        pauses = np.flatnonzero(seen & ~np.append(seen[1:] & (np.diff(self.mine) == 0), False))
        pause = np.zeros(people, dtype=np.int64)
        pause[self.mine[pauses]] = self.gaps[pauses]
        earlier = seen.copy()
        earlier[pauses] = False
        return Column(
            places, last, bought[places], self.middles(seen)[places], pause[places], self.middles(earlier)[places]
        )

    def middles(self, chosen: np.ndarray) -> np.ndarray:
        """Twice the median of the chosen gaps of each customer; 0 with fewer than three visits leave."""
        order = self.order[chosen[self.order]]
        gaps, count = self.gaps[order], np.bincount(self.mine[order], minlength=len(self.customers))
        start, enough = np.cumsum(count) - count, count >= OWN - 1
        found = np.zeros(len(count), dtype=np.int64)
        start, count = start[enough], count[enough]
        found[enough] = gaps[start + (count - 1) // 2] + gaps[start + count // 2]
        return found


def states(column: Column, *, day: date, shop: int | None, people: int) -> np.ndarray:
    """The number of each customer's state at the end of the day; 0 before the first purchase."""
    silence = day.toordinal() - column.last
    gap = np.where(column.twice_gap > 0, column.twice_gap, shop or 0)
    before = np.where(column.twice_gap_before > 0, column.twice_gap_before, shop or 0)
    found = np.full(len(silence), NUMBERS[State.ACTIVE])
    back = (column.pause > 0) & (gap > 0) & away(column.pause, before, LOST) & (2 * silence <= gap)
    found[back] = NUMBERS[State.WON_BACK]
    found[column.purchases == 1] = NUMBERS[State.NEW]
    for one in reversed(SILENCES):
        found[away(silence, gap, one)] = NUMBERS[one[0]]
    everybody = np.zeros(people, dtype=np.int64)
    everybody[column.places] = found
    return everybody


def away(silence: np.ndarray, twice_gap: np.ndarray, limit: tuple[State, int, int]) -> np.ndarray:
    """Who is away for longer than a limit; nobody without a gap."""
    __, over, under = limit
    return (twice_gap > 0) & (under * silence > over * twice_gap)


def table(model: type[Model], rows: QuerySet, columns: int) -> np.ndarray:
    """Rows of whole numbers as they are read, some thousand at a time (one query)."""
    parts = list(parts_of(model, rows))
    return np.concatenate(parts) if parts else np.zeros((0, columns), dtype=np.int64)


def parts_of(model: type[Model], rows: QuerySet) -> Iterator[np.ndarray]:
    """The rows, some thousand at a time."""
    sql, params = rows.query.sql_with_params()
    with connections[router.db_for_read(model)].chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while some := cursor.fetchmany(AT_ONCE):
            yield np.array(some, dtype=np.int64)


class Crowd:
    """A whole shop: first those with kept rhythms, then those whose purchases are counted."""

    def __init__(self, kept_rows: np.ndarray, visits: np.ndarray):
        self.kept_rows, self.counted = kept_rows, Visits(visits)
        self.known = kept_rows[first_places(kept_rows[:, 0]), 0]
        self.customers = np.concatenate([self.known, self.counted.customers])

    def until(self, end: date) -> Column:
        """Everybody's rhythms at the end of a day."""
        known, counted = kept(self.kept_rows, end), self.counted.until(end)
        moved = replace(counted, places=counted.places + len(self.known))
        return Column(*(np.concatenate([getattr(one, name) for one in (known, moved)]) for name in NAMES))

    def states(self, end: date, shop: int | None) -> np.ndarray:
        """The number of each customer's state at the end of a day."""
        return states(self.until(end), day=end, shop=shop, people=len(self.customers))

    def due(self, end: date, shop: int | None) -> np.ndarray:
        """The day by which each customer's next visit is expected, as it is known at the end of a day; 0 for none."""
        column, found = self.until(end), np.zeros(len(self.customers), dtype=np.int64)
        gap = np.where(column.twice_gap > 0, column.twice_gap, shop or 0)
        found[column.places] = np.where(gap > 0, column.last + (gap + 1) // 2, 0)
        return found
