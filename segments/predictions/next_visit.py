"""When somebody is expected next: the last day plus the middle gap, from the lower to the upper quartile of the gaps.

The gaps are the customer's own from three visits on, otherwise those of all customers together, as in the life cycle.
Quartiles lie between neighbours as in R's type 7 (Hyndman and Fan, Sample quantiles in statistical packages, 1996); in
quarters of a day they are whole numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day as written
from customers.models import Purchase
from segments.days import NumberOf
from segments.lifecycle import Standing, State, columns
from segments.lifecycle.rhythm import OWN
from segments.models import ShopGap
from segments.overview import at_place, counted_until, gap_counts

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles of some gaps, in quarters of a day."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Expected:
    """The day of the next visit, and the days between which it falls for the middle half of the gaps; `own`: by the
    customer's own gaps."""

    on: date
    first: date
    last: date
    own: bool

    def short(self, today: date) -> str:
        """In a few words, as seen from a day."""
        said = {"day": written(self.on)}
        return (_("Expected around %(day)s") if self.on >= today else _("Was expected around %(day)s")) % said

    def sentence(self, today: date) -> str:
        """In words, with the range and whose gaps it goes by."""
        said = {"day": written(self.on), "first": written(self.first), "last": written(self.last)}
        if not self.own:
            said = {"short": self.short(today)}
            return _("%(short)s, by the gaps of all customers: too few visits of their own.") % said
        if self.on >= today:
            return _("Around %(day)s; by half of their gaps between %(first)s and %(last)s.") % said
        return _("Was expected around %(day)s; by half of their gaps between %(first)s and %(last)s.") % said


def of_card(standing: Standing | None, gaps: Iterable[int]) -> Expected | None:
    """The next visit of one card, from where it stands and its own gaps (no query); None where none is expected.

    With too few gaps of their own the middle gap of the shop stands for the whole range.
    """
    if standing is None or standing.twice_gap is None or standing.state == State.LOST:
        return None
    mine = spread_of(gaps)
    quarters_of_a_day = 2 * standing.twice_gap
    found = mine or Spread(quarters_of_a_day, quarters_of_a_day, quarters_of_a_day)
    return after(standing.rhythm.last_on, found, own=mine is not None)


def definitions() -> dict[str, str]:
    """How the figures are made, in the active language."""
    return {
        "expected_on": _(
            "The last day with a purchase, plus the middle number of days between two such days: the customer's own "
            "from three of them on, otherwise that of all customers together."
        ),
        "range": _(
            "From the lower to the upper quartile of the same gaps: half of the visits so far fell between them, a "
            "quarter came sooner and a quarter later. It is no promise."
        ),
        "not_expected": _("Customers who are away for more than three of their gaps: no visit is expected of them."),
        "unknown": _("While nobody has come on two days, there is no gap to reckon with."),
    }


def spread(counts: Sequence[tuple[int, int]]) -> Spread | None:
    """The quartiles of (days, how often), shortest first; None without any."""
    last = sum(count for __, count in counts) - 1
    if last < 0:
        return None
    return Spread(*(quarters(counts, place, last) for place in (1, 2, 3)))


def quarters(counts: Sequence[tuple[int, int]], place: int, last: int) -> int:
    """A quartile, in quarters of a day: `place` of four, where the largest stands at `last`."""
    whole, rest = divmod(place * last, QUARTERS)
    low = at_place(counts, whole)
    return QUARTERS * low + ((at_place(counts, whole + 1) - low) * rest if rest else 0)


def spread_of(gaps: Iterable[int]) -> Spread | None:
    """The quartiles of some gaps; None with fewer than three visits leave."""
    ordered = sorted(gaps)
    return spread([(days, 1) for days in ordered]) if len(ordered) >= OWN - 1 else None


def after(last_on: date, found: Spread, *, own: bool) -> Expected:
    """What is expected after a last visit: the middle rounded half up, its range outwards to whole days."""
    return Expected(
        on=last_on + timedelta(days=(found.middle + 2) // QUARTERS),
        first=last_on + timedelta(days=found.low // QUARTERS),
        last=last_on + timedelta(days=-(-found.high // QUARTERS)),
        own=own,
    )


def shop_spread(merchant: Merchant | int, *, today: date) -> Spread | None:
    """The quartiles of all customers' gaps as they are kept (one query); reckoned where nothing is (another)."""
    counts: dict[int, int] = {}
    for days, count in ShopGap.objects.filter(merchant=merchant, month__lte=today).values_list("days", "count"):
        counts[days] = counts.get(days, 0) + count
    if not counts:
        return spread(gap_counts(counted_until(merchant, today).order_by().values("customer", "occurred_on")))
    return spread(sorted((days, count) for days, count in counts.items() if count))


@dataclass(frozen=True, slots=True)
class Everybody:
    """Customers by primary key, in order, with the same for each; days are numbers of the calendar, 0 is not known."""

    customers: np.ndarray
    last: np.ndarray
    on: np.ndarray
    earliest: np.ndarray
    latest: np.ndarray
    own: np.ndarray

    def of(self, place: int) -> Expected | None:
        """What is expected of the customer at a place; None while there is no gap."""
        days = [int(column[place]) for column in (self.on, self.earliest, self.latest)]
        return Expected(*map(date.fromordinal, days), own=bool(self.own[place])) if all(days) else None


def everybody(merchant: Merchant, *, day: date) -> Everybody:
    """The next visit of every customer, by what was bought until the end of a day (one query, off the index)."""
    table = columns.table(Purchase, purchase_days(merchant, day), 2)
    return reckoned(columns.Visits(table))


def purchase_days(merchant: Merchant, day: date) -> QuerySet:
    """Customer and day of each purchase, in order."""
    bought = counted_until(merchant, day).order_by("customer", "occurred_on")
    return bought.values_list("customer", NumberOf("occurred_on"))


def reckoned(visits: columns.Visits) -> Everybody:
    """The same for a whole shop in columns of numbers; a property holds both ways together."""
    people = len(visits.customers)
    last = np.zeros(people, dtype=np.int64)
    np.maximum.at(last, visits.whose, visits.days)
    count = np.bincount(visits.mine, minlength=people)
    own, sorted_gaps = count >= OWN - 1, visits.gaps[visits.order]
    start, all_gaps = (np.cumsum(count) - count)[own], np.sort(visits.gaps)
    found = []
    for place in (1, 2, 3):
        quartile = np.full(people, quartiles(all_gaps, np.array([0]), np.array([len(all_gaps)]), place)[0])
        quartile[own] = quartiles(sorted_gaps, start, count[own], place)
        found.append(quartile)
    low, middle, high = found
    known = own | (len(all_gaps) > 0)
    days = ((middle + 2) // QUARTERS, low // QUARTERS, -(-high // QUARTERS))
    return Everybody(visits.customers, last, *(np.where(known, last + one, 0) for one in days), own)


def quartiles(gaps: np.ndarray, start: np.ndarray, count: np.ndarray, place: int) -> np.ndarray:
    """A quartile of each run of sorted gaps, in quarters of a day; 0 for an empty one."""
    if not len(gaps):
        return np.zeros(len(start), dtype=np.int64)
    whole, rest = np.divmod(place * (count - 1), QUARTERS)
    low, high = gaps[start + whole], gaps[np.minimum(start + whole + 1, start + count - 1)]
    return QUARTERS * low + (high - low) * rest
