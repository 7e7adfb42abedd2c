"""Everybody's recency, frequency, value and scores at the end of a day, and who they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from customers.merchants.models import Merchant
from customers.models import Customer

from .everybody import Everybody
from .regions import Region
from .scores import scores_of

AT_A_TIME = 2_000


@dataclass(slots=True)
class Scored:
    """One customer with a purchase before the end of the day; `value` in minor units."""

    customer: str
    external_id: str | None
    recency_days: int
    frequency: int
    value: int
    recency_score: int
    frequency_score: int
    value_score: int


def rows(merchant: Merchant, *, day: date) -> Iterator[Scored]:
    """Everybody in the order of their cards, a few thousand at a time (three queries)."""
    customers, *figures = everybody(merchant, day=day)
    figures[0] = day.toordinal() - figures[0]
    known = dict(zip(customers.tolist(), zip(*(one.tolist() for one in figures), strict=True), strict=True))
    cards = Customer.objects.for_merchant(merchant).filter(activity__first_on__lte=day).order_by("pk")
    names = cards.values_list("pk", "public_id", "external_id").iterator(chunk_size=AT_A_TIME)
    return (Scored(public_id, external_id, *known[key]) for key, public_id, external_id in names if key in known)


def everybody(merchant: Merchant, *, day: date) -> tuple[np.ndarray, ...]:
    """Primary key, last day (its number in the calendar), purchases, value, and the scores of recency, frequency and
    value of everybody with a purchase until the day, in columns (two queries, more for a day long ago)."""
    people = Everybody(merchant)
    then = people.until(day)
    recency, frequency = then.scores()
    value = people.value(day)[then.known]
    columns = (people.customers, then.last, then.purchases)
    return (
        *(column[then.known] for column in columns),
        value,
        recency[then.known],
        frequency[then.known],
        scores_of(value),
    )


def in_cell(merchant: Merchant, *, day: date, recency: int, frequency: int) -> list[int]:
    """The primary keys of the customers of a cell (one query, more for a day long ago)."""
    return among(merchant, frozenset([(recency, frequency)]), day=day)


def in_region(merchant: Merchant, region: Region, *, day: date) -> list[int]:
    """The primary keys of the customers of a region (one query, more for a day long ago)."""
    return among(merchant, region.cells, day=day)


def among(merchant: Merchant, cells: frozenset, *, day: date) -> list[int]:
    """The primary keys of the customers of some cells, in order."""
    people = Everybody(merchant)
    recency, frequency = people.until(day).scores()
    here = np.isin(recency * 10 + frequency, [of_recency * 10 + of_frequency for of_recency, of_frequency in cells])
    return sorted(people.customers[here].tolist())
