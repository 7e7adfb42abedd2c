"""Shoppers for the tests of customer value: simulated by the models, or written down, and counted slowly."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from customers.merchants.models import Merchant
from customers.models import Customer
from customers.purchases import record
from customers.tests import factories
from segments.clv.history import History
from segments.clv.holdout import split
from segments.clv.valuation import Valuation, judged

END = date(2026, 6, 30)
Purchases = list[tuple[int, date, int]]  # customer, day, minor units


def simulated(
    customers: int, *, r: float, alpha: float, a: float, b: float, days: int = 500, seed: int = 1, mean: float = 1000
) -> Purchases:
    """What customers buy who follow the models, each known for some of the `days` until END; 100 are a unit."""
    chance, found = np.random.default_rng(seed), []
    for customer in range(1, customers + 1):
        first = END - timedelta(days=int(chance.integers(1, days)))
        rate, leaving = chance.gamma(r, 1 / alpha), chance.beta(a, b)
        usual = mean * 3 / chance.gamma(4, 1)
        day = float(first.toordinal())
        while day <= END.toordinal():
            found.append((customer, date.fromordinal(int(day)), max(1, int(chance.gamma(4, usual / 4)))))
            if day > first.toordinal() and chance.random() < leaving:
                break
            day += chance.exponential(1 / rate) * 7 if rate > 1e-9 else 1e9
    return found


def bought(customer: int, *ago: int, amount: int = 1000) -> Purchases:
    """A purchase so many days before END, for each."""
    return [(customer, END - timedelta(days=days), amount) for days in ago]


def history(purchases: Purchases, *, cut: date, end: date) -> History:
    """The same as history.read, counted purchase by purchase."""
    visits: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for customer, day, amount in purchases:
        if day <= end:
            visits[customer][day] += amount
    people = sorted(visits)
    first = [min(visits[customer]).toordinal() for customer in people]

    def until(day: date) -> tuple[list, list, list]:
        seen = [[one for one in sorted(visits[customer]) if one <= day] for customer in people]
        spent = [sum(visits[customer][one] for one in days[1:]) for customer, days in zip(people, seen, strict=True)]
        last = [days[-1].toordinal() if days else first[place] for place, days in enumerate(seen)]
        return [len(days) for days in seen], last, spent

    columns = [tuple(map(whole, pair)) for pair in zip(until(cut), until(end), strict=True)]
    return History(cut, end, whole(people), whole(first), *columns)


def stored(shop: Merchant, purchases: Purchases) -> dict[int, Customer]:
    """The purchases on record at a shop, at noon; gives its customers by their numbers."""
    people = {number: factories.customer(shop) for number in sorted({one[0] for one in purchases})}
    drafts = [
        factories.draft(people[number], amount=amount, at=datetime.combine(day, time(12), UTC))
        for number, day, amount in purchases
    ]
    record(merchant=shop, drafts=drafts, at=datetime.combine(END, time(23), UTC))
    return people


def whole(numbers: Iterable[int]) -> np.ndarray:
    return np.array(list(numbers), dtype=np.int64)


def valued(purchases: Purchases, *, as_of: date = END, discount: float = 0.10, unit: int = 100) -> Valuation:
    """The valuation of purchases, as value() makes it of a shop's."""
    days = [day for __, day, __ in purchases]
    cut, end = split((min(days), max(days)), as_of=as_of) if days else (as_of, as_of)
    return judged(history(purchases, cut=cut, end=end), as_of, discount, unit)
