"""Everybody's states on some days, from one reading of the purchase days."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from customers.merchants.models import Merchant
from customers.models import Customer
from segments.overview import counted_until

from . import gaps
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


def journeys(
    merchant: Merchant, ends: Sequence[date], shop: Sequence[int | None]
) -> Iterator[tuple[int, list[Standing | None]]]:
    """Each customer's primary key and where they stood at the end of each day, None before the first purchase.

    `ends` in order, all but the last being last days of months; `shop` is twice the shop's gap at each. One query, over
    the index of the purchase days.
    """
    for customer, rhythms in rhythms_until(merchant, ends[-1]):
        yield customer, standings(rhythms, ends, shop)


def standings(rhythms: list[Rhythm], ends: Sequence[date], shop: Sequence[int | None]) -> list[Standing | None]:
    """Where somebody stood on each day, by the last rhythm until then."""
    lasts = [one.last_on for one in rhythms]
    places = [bisect_right(lasts, end) for end in ends]
    return [
        judge(rhythms[place - 1], day=end, shop=gap) if place else None
        for place, end, gap in zip(places, ends, shop, strict=True)
    ]


def rhythms_until(merchant: Merchant, day: date) -> Iterator[tuple[int, list[Rhythm]]]:
    """Each customer's rhythms by month, from the purchases until the end of a day (one query)."""
    days = counted_until(merchant, day).order_by("customer", "occurred_on").values_list("customer", "occurred_on")
    for customer, visits in groupby(days.iterator(chunk_size=AT_A_TIME), key=itemgetter(0)):
        yield customer, list(by_month(on for __, on in visits))


def standing_now(merchant: Merchant, *, day: date) -> Iterator[tuple[int, Standing]]:
    """Each customer's primary key and where they stand at the end of a day (two queries)."""
    return ((customer, one) for customer, [one] in journeys(merchant, [day], gaps.twice_gaps(merchant, [day])))


def rows(merchant: Merchant, *, day: date) -> Iterator[Row]:
    """Everybody with a purchase until the end of a day, in the order of their cards (three queries)."""
    cards = Customer.objects.for_merchant(merchant).filter(activity__first_on__lte=day)
    ids = {key: names for key, *names in cards.values_list("pk", "public_id", "external_id")}
    for customer, one in standing_now(merchant, day=day):
        yield Row(*ids[customer], one.state, one.silence, one.rhythm.visits, one.gap, one.is_own)


def standing_of(customer: Customer, *, day: date) -> Standing | None:
    """Where one customer stands at the end of a day; None without a purchase.

    One query, and one more where the shop's gap is asked: with too few visits, now or before the last pause.
    """
    mine = counted_until(customer.merchant, day).filter(customer=customer).order_by("occurred_on")
    rhythms = list(by_month(mine.values_list("occurred_on", flat=True)))
    if not rhythms:
        return None
    last = rhythms[-1]
    shop = None if last.twice_gap_before else gaps.twice_gaps(customer.merchant, [day])[0]
    return judge(last, day=day, shop=shop)
