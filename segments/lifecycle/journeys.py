"""Everybody's states on some days, from one reading of the purchase days."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import groupby
from operator import itemgetter

import numpy as np
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from customers.merchants.models import Merchant
from customers.models import Customer, Purchase
from segments.days import NumberOf
from segments.models import CustomerRhythm
from segments.overview import counted_until, median_gap

from . import columns, gaps, keeping
from .rhythm import Rhythm, by_month
from .states import Standing, State, judge

AT_A_TIME = 10_000


@dataclass(slots=True)
class Row:
    """One customer's state and what it follows from; `gap_days` is the gap that counted."""

    customer: str
    external_id: str | None
    state: State
    recency_days: int
    visits: int
    gap_days: float | None
    own_gap: bool


@dataclass(slots=True)
class Reading:
    """Some days and what they need: whom the kept rows do not answer for, and twice the shop's gap on each day."""

    merchant: Merchant
    ends: Sequence[date]
    unkept: list[int]
    shop: list[int | None]

    def journeys(self) -> Iterator[tuple[int, list[Standing | None]]]:
        """Each customer's primary key and where they stood at the end of each day, None before the first purchase.

        In the order of the cards, two queries.
        """
        kept, counted = kept_rhythms(self.merchant, self.ends), counted_rhythms(self.merchant, self.ends, self.unkept)
        others = set(self.unkept)
        kept = ((customer, rhythms) for customer, rhythms in kept if customer not in others)
        for customer, rhythms in merge(kept, counted, key=itemgetter(0)):
            yield customer, standings(rhythms, self.ends, self.shop)

    def crowd(self) -> columns.Crowd:
        """The rhythms of a whole shop in columns of numbers (two queries)."""
        kept, counted = kept_numbers(self.merchant, self.ends), purchase_days(self.merchant, self.ends, self.unkept)
        kept = kept[~np.isin(kept[:, 0], np.array(self.unkept, dtype=np.int64))]
        return columns.Crowd(kept, counted)

    def states(self) -> tuple[np.ndarray, list[np.ndarray]]:
        """Customers' primary keys, and beside them the numbers of their states at the end of each day (see `columns`).

        What `journeys` says, for a whole shop at once (two queries).
        """
        crowd = self.crowd()
        return crowd.customers, [crowd.states(end, gap) for end, gap in zip(self.ends, self.shop, strict=True)]


def reading(merchant: Merchant, ends: Sequence[date]) -> Reading:
    """Prepare to read some days; `ends` in order, all but the last being last days of months (four queries)."""
    unkept = unkept_customers(merchant, ends[-1])
    return Reading(merchant, ends, unkept, gaps.twice_gaps(merchant, ends, unkept))


def unkept_customers(merchant: Merchant, day: date) -> list[int]:
    """Whom the kept rows do not answer for, by primary key (one query).

    Their rows do not hold, their purchases are gone, or they bought again in the day's month after the day.
    """
    later = CustomerRhythm.objects.filter(merchant=merchant, month=day.replace(day=1), last_on__gt=day)
    parts = [keeping.stale(merchant), keeping.orphaned(merchant), later]
    first, *others = (part.order_by().values_list("customer") for part in parts)
    return sorted(customer for (customer,) in first.union(*others))


def held(merchant: Merchant, ends: Sequence[date]) -> QuerySet[CustomerRhythm]:
    """Kept rows that held at the end of one of the days."""
    return CustomerRhythm.objects.filter(
        merchant=merchant, month__lte=ends[-1], until__gt=ends[0].replace(day=1), mark=F("customer__activity__mark")
    )


def kept_numbers(merchant: Merchant, ends: Sequence[date]) -> np.ndarray:
    """The same as columns of numbers, by customer and month."""
    gaps = (Coalesce(name, 0) for name in ("twice_gap", "pause", "twice_gap_before"))
    rows = held(merchant, ends).order_by("customer", "month")
    return columns.table(CustomerRhythm, rows.values_list("customer", NumberOf("last_on"), "purchases", *gaps), 6)


def purchase_days(merchant: Merchant, ends: Sequence[date], customers: list[int]) -> np.ndarray:
    """Customer and day of each purchase of these customers until the last day, as numbers, in order."""
    bought = counted_until(merchant, ends[-1]).filter(customer__among=customers).order_by("customer", "occurred_on")
    return columns.table(Purchase, bought.values_list("customer", NumberOf("occurred_on")), 2)


def kept_rhythms(merchant: Merchant, ends: Sequence[date]) -> Iterator[tuple[int, list[Rhythm]]]:
    """Kept rhythms that held at the end of one of the days, by customer."""
    names = ("last_on", "purchases", "visits", "twice_gap", "pause", "twice_gap_before")
    rows = (
        held(merchant, ends)
        .order_by("customer", "month")
        .values_list("customer", *names)
        .iterator(chunk_size=AT_A_TIME)
    )
    for customer, some in groupby(rows, key=itemgetter(0)):
        yield customer, [Rhythm(*cells) for __, *cells in some]


def counted_rhythms(
    merchant: Merchant, ends: Sequence[date], customers: list[int]
) -> Iterator[tuple[int, list[Rhythm]]]:
    """Rhythms of these customers from their purchases until the last day."""
    bought = counted_until(merchant, ends[-1]).filter(customer__among=customers).order_by("customer", "occurred_on")
    days = bought.values_list("customer", "occurred_on").iterator(chunk_size=AT_A_TIME)
    for customer, visits in groupby(days, key=itemgetter(0)):
        yield customer, list(by_month(on for __, on in visits))


def standings(rhythms: list[Rhythm], ends: Sequence[date], shop: Sequence[int | None]) -> list[Standing | None]:
    """Where somebody stood on each day, by the last rhythm until then."""
    lasts = [one.last_on for one in rhythms]
    places = [bisect_right(lasts, end) for end in ends]
    return [
        judge(rhythms[place - 1], day=end, shop=gap) if place else None
        for place, end, gap in zip(places, ends, shop, strict=True)
    ]


def standing_now(merchant: Merchant, *, day: date) -> Iterator[tuple[int, Standing]]:
    """Each customer's primary key and where they stand at the end of a day (six queries)."""
    return ((customer, one) for customer, [one] in reading(merchant, [day]).journeys())


def customers_in(merchant: Merchant, state: State, *, day: date) -> list[int]:
    """The primary keys of those who stand at a state at the end of a day (six queries)."""
    customers, [now] = reading(merchant, [day]).states()
    return sorted(customers[now == columns.NUMBERS[state]].tolist())


def states_and_due(merchant: Merchant, *, day: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Primary keys of everybody with a purchase until the day, the numbers of their states at its end (by the places
    of columns.STATES), and the day of the calendar by which each should come again, 0 for none (six queries)."""
    read = reading(merchant, [day])
    crowd, [shop] = read.crowd(), read.shop
    states = crowd.states(day, shop)
    known = states > 0
    return crowd.customers[known], states[known], crowd.due(day, shop)[known]


def rows(merchant: Merchant, *, day: date) -> Iterator[Row]:
    """Everybody with a purchase until the end of a day, in the order of their cards (seven queries)."""
    cards = Customer.objects.for_merchant(merchant).filter(activity__first_on__lte=day)
    ids = {key: names for key, *names in cards.values_list("pk", "public_id", "external_id")}
    for customer, one in standing_now(merchant, day=day):
        yield Row(*ids[customer], one.state, one.silence, one.rhythm.visits, one.gap, one.is_own)


def standing_of(customer: Customer, *, day: date) -> Standing | None:
    """Where one customer stands at the end of a day; None without a purchase.

    One query, and one more where the shop's gap is asked: with too few visits, now or before the last pause. It is then
    taken from what is kept, so that a card costs little; where nothing is, from all purchases (another query).
    """
    mine = counted_until(customer.merchant_id, day).filter(customer=customer).order_by("occurred_on")
    rhythms = list(by_month(mine.values_list("occurred_on", flat=True)))
    if not rhythms:
        return None
    last = rhythms[-1]
    return judge(last, day=day, shop=None if last.twice_gap_before else shop_gap(customer.merchant_id, day=day))


def shop_gap(merchant: int, *, day: date) -> int | None:
    """Twice the gap of a shop (its primary key) as it is kept; reckoned where nothing is."""
    kept = gaps.kept_gap(merchant, day=day)
    if kept is not None:
        return kept
    days = median_gap(merchant, day)
    return None if days is None else int(2 * days)
