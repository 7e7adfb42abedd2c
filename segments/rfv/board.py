"""The board of five by five: recency and frequency, with value beside, and how it moved since a day before."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from customers.merchants.models import Merchant

from .everybody import Everybody
from .regions import PLACES, REGIONS, Place, Region
from .scores import GROUPS, scores_of

DIGITS = (GROUPS + 1,) * 5  # of recency, frequency and value, and of recency and frequency before, 0 for none


@dataclass(slots=True)
class Cell:
    """Customers with the same scores of recency and frequency, or those of a region; `revenue` in minor units.

    `before` stood here at the end of the month before, `joined` did not, `left` no longer do: before + joined − left =
    customers.
    """

    customers: int = 0
    revenue: int = 0
    value_points: int = 0
    before: int = 0
    joined: int = 0
    left: int = 0

    @property
    def average_value_score(self) -> Fraction | None:
        """The mean of the customers' value scores; None without customers."""
        return Fraction(self.value_points, self.customers) if self.customers else None


@dataclass(slots=True)
class ValueGroup:
    """Customers with the same score of value, and between what they are worth; in minor units."""

    score: int
    customers: int
    revenue: int
    lowest: int
    highest: int


@dataclass(slots=True)
class Board:
    """The shop at the end of `day`, by scores; `then` is the day of the comparison, None where nobody was known yet."""

    day: date
    then: date | None = None
    cells: dict[Place, Cell] = field(default_factory=dict)
    regions: dict[str, Cell] = field(default_factory=dict)
    values: list[ValueGroup] = field(default_factory=list)

    @property
    def customers(self) -> int:
        return sum(cell.customers for cell in self.cells.values())

    @property
    def revenue(self) -> int:
        return sum(cell.revenue for cell in self.cells.values())


@dataclass(slots=True)
class Moved:
    """Customers who stand at `now` today and stood at `then` before (None: not known yet), with one score of value."""

    now: Place
    value_score: int
    then: Place | None
    customers: int
    revenue: int
    lowest: int
    highest: int


def board(merchant: Merchant, *, day: date) -> Board:
    """The board at the end of a day beside that of the end of the month before (two queries, by customers; more for a
    day long ago)."""
    then = day.replace(day=1) - timedelta(days=1)
    return added_up(moved(Everybody(merchant), day=day, then=then), day=day, then=then)


def moved(people: Everybody, *, day: date, then: date) -> list[Moved]:
    """Customers by where they stand and stood; whoever was known then is known now."""
    now, before = people.until(day), people.until(then)
    here = now.known
    value = people.value(day)[here]
    columns = [*(points[here] for points in now.scores()), scores_of(value), *(one[here] for one in before.scores())]
    places = np.ravel_multi_index(columns, DIGITS)
    order = np.argsort(places, kind="stable")
    places, value = places[order], value[order]
    starts = np.flatnonzero(np.diff(places, prepend=-1))
    if not len(starts):
        return []
    sums = [
        np.diff(starts, append=len(places)),
        *(of.reduceat(value, starts) for of in (np.add, np.minimum, np.maximum)),
    ]
    digits = np.unravel_index(places[starts], DIGITS)
    return [
        Moved((r, f), v, (old, old_f) if old else None, *figures)
        for (r, f, v, old, old_f), figures in zip(listed(digits), listed(sums), strict=True)
    ]


def listed(columns: Iterable[np.ndarray]) -> Iterable[tuple[int, ...]]:
    """Columns as rows of plain numbers."""
    return zip(*(column.tolist() for column in columns), strict=True)


def added_up(found: Iterable[Moved], *, day: date, then: date) -> Board:
    """Cells, regions and groups of value out of who moved where."""
    found = list(found)
    known = any(one.then for one in found)
    shown = Board(day, then if known else None)
    shown.cells = {place: gathered(found, frozenset([place])) for place in PLACES}
    shown.regions = {region.key: of_region(found, region) for region in REGIONS}
    groups = [value_group(found, score) for score in range(GROUPS, 0, -1)]
    shown.values = [group for group in groups if group.customers]
    return shown


def of_region(found: list[Moved], region: Region) -> Cell:
    """A region as one cell: who moves within it neither joins nor leaves."""
    return gathered(found, region.cells)


def gathered(found: list[Moved], places: frozenset[Place]) -> Cell:
    """The figures of one or several places of the board."""
    cell = Cell()
    for one in found:
        here, was_here = one.now in places, one.then in places
        if here:
            cell.customers += one.customers
            cell.revenue += one.revenue
            cell.value_points += one.value_score * one.customers
        cell.before += one.customers * was_here
        cell.joined += one.customers * (here and not was_here)
        cell.left += one.customers * (was_here and not here)
    return cell


def value_group(found: list[Moved], score: int) -> ValueGroup:
    """Everybody with one score of value."""
    mine = [one for one in found if one.value_score == score]
    return ValueGroup(
        score,
        sum(one.customers for one in mine),
        sum(one.revenue for one in mine),
        min((one.lowest for one in mine), default=0),
        max((one.highest for one in mine), default=0),
    )
