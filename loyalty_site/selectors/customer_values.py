"""Customer value as plain figures: the report, a row for each customer, and one customer in words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.formats import number_format

from customers.merchants.models import Merchant
from customers.models import Customer
from segments.clv import bgnbd, gamma_gamma, memory, words
from segments.clv.bgnbd import WEEK
from segments.clv.valuation import Status, Valuation

HEAD = ("customer", "external_id", "x", "t_x", "T", "p_alive", "expected_purchases_12m", "clv_12m")


@dataclass(slots=True)
class Worth:
    """One customer: days with a purchase, the last of them, and what is expected; `worth` in minor units."""

    customer: Customer
    days: int
    last_on: date
    p_alive: float
    purchases: str
    worth: int
    as_of: date
    weak: bool


def plain(found: Valuation) -> dict:
    """The report without what explains it."""
    names = dict.fromkeys((*bgnbd.NAMES, *gamma_gamma.NAMES))
    for fitted in (found.buying, found.spending):
        names |= fitted.params if fitted else {}
    tried = found.holdout
    return {
        "as_of": found.as_of,
        "discount": found.discount,
        "status": found.status,
        "warnings": words.warnings(found),
        "customers": len(found.people.keys),
        "last_purchase_on": found.last_on,
        "params": names,
        "log_likelihood": {
            "bgnbd": found.buying and found.buying.log_likelihood,
            "gamma_gamma": found.spending and found.spending.log_likelihood,
        },
        "holdout": {
            "starts_after": tried and tried.cut,
            "weeks": tried and tried.weeks,
            "actual": tried and tried.actual,
            "forecast": tried and tried.forecast,
            "correlation": tried and tried.correlation,
        },
        "total_clv_12m": found.total,
    }


def ranking(found: Valuation) -> np.ndarray:
    """The places of customers in the valuation, those worth most first; without a value in the order of their cards."""
    if found.worth is None:
        return np.arange(len(found.people.keys))
    return np.argsort(-found.worth, kind="stable")


def rows(merchant: Merchant, found: Valuation) -> Iterator[tuple]:
    """A row for each customer in the order of HEAD, those worth most first (one query)."""
    people = found.people
    cards = Customer.objects.for_merchant(merchant).filter(activity__isnull=False)
    known = {key: names for key, *names in cards.values_list("pk", "public_id", "external_id").iterator()}
    for place in ranking(found):
        names = known.get(int(people.keys[place]))
        if names is None:  # removed since the valuation was reckoned
            continue
        yield (
            *names, int(people.x[place]),
            round(float(people.recency[place]) / WEEK, 6), round(float(people.age[place]) / WEEK, 6),
            *estimates(found, place),
        )  # fmt: skip


def estimates(found: Valuation, place: int) -> tuple[float | None, float | None, int | None]:
    """P(alive), expected purchases and value of one customer; None where the models do not say."""
    if found.worth is None:
        return None, None, None
    return (
        round(float(found.p_alive[place]), 6),
        round(float(found.purchases[place]), 6),
        int(found.worth[place]),
    )


def plain_rows(merchant: Merchant, found: Valuation) -> list[dict]:
    """The same as dicts."""
    return [dict(zip(HEAD, row, strict=True)) for row in rows(merchant, found)]


def people(merchant: Merchant, found: Valuation, places: Iterable[int]) -> list[Worth]:
    """Customers at some places of the valuation, in that order (one query)."""
    keys = {int(found.people.keys[place]): place for place in places}
    cards = Customer.objects.for_merchant(merchant).in_bulk(list(keys))
    return [worth(cards[key], found, place) for key, place in keys.items() if key in cards]


def worth(customer: Customer, found: Valuation, place: int) -> Worth:
    """One customer's place."""
    silent = int(found.people.age[place] - found.people.recency[place])
    return Worth(
        customer=customer,
        days=int(found.people.x[place]) + 1,
        last_on=found.as_of - timedelta(days=silent),
        p_alive=float(found.p_alive[place]),
        purchases=decimal(float(found.purchases[place])),
        worth=int(found.worth[place]),
        as_of=found.as_of,
        weak=found.status == Status.WEAK,
    )


def worth_of(customer: Customer, *, today: date) -> Worth | None:
    """What one customer is worth, if the shop was valued today or yesterday (no query); None where it was not, where
    the data do not tell, and for somebody new since."""
    found = memory.latest(customer.merchant)
    if found is None or found.worth is None or not timedelta() <= today - found.as_of <= timedelta(days=1):
        return None
    place = int(np.searchsorted(found.people.keys, customer.pk))
    if place == len(found.people.keys) or found.people.keys[place] != customer.pk:
        return None
    return worth(customer, found, place)


def decimal(number: float) -> str:
    """A mean with one or two digits behind the mark."""
    return number_format(number, decimal_pos=1 if number >= 10 else 2, force_grouping=True)
