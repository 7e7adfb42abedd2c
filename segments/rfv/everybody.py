"""Everybody of a shop in columns of numbers, as they stood at the end of any day.

What stands now is read once, off the rollup. A day before is taken off it: nobody's last purchase is looked up whose
last month alone lies behind the day (the rollup says what was before it), so the end of the last month costs no more.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from django.db.models import BigIntegerField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, CustomerMonth, Purchase
from rewards.expiry import midnight, months_later
from segments import packed
from segments.days import NumberOf
from segments.lapsed import seen_until
from segments.overview import returns

from .scores import scores_of

DAYS, COUNTS = 2**22, 2**31  # beyond every number of a day and every count: two of them travel as one number


@dataclass(frozen=True, slots=True)
class Figures:
    """Last day (a number of the calendar, 0 for who was not known yet) and purchases until a day, by customer."""

    last: np.ndarray
    purchases: np.ndarray

    @property
    def known(self) -> np.ndarray:
        return self.last > 0

    def scores(self) -> tuple[np.ndarray, np.ndarray]:
        """Scores of recency and frequency beside everybody known; 0 for the others."""
        found = []
        for figures in (self.last, self.purchases):
            points = np.zeros(len(figures), dtype=np.int64)
            points[self.known] = scores_of(figures[self.known])
            found.append(points)
        return tuple(found)


class Everybody:
    """Every customer with a counted purchase, as they stand now (one query, by customers)."""

    def __init__(self, merchant: Merchant):
        self.merchant = merchant
        self.customers, days, counts, self.worth = packed.columns(standing(merchant), 4)
        self.last, self.earlier = days // DAYS, days % DAYS
        self.purchases, self.earlier_purchases = counts // COUNTS, counts % COUNTS

    def until(self, day: date) -> Figures:
        """Everybody at the end of a day; no query unless some bought in more than one month since."""
        end, next_month = day.toordinal(), months_later(day.replace(day=1), 1).toordinal()
        last, purchases = self.last.copy(), self.purchases.copy()
        later = last > end
        before = later & (last >= next_month) & (self.earlier <= end)
        last[before], purchases[before] = self.earlier[before], self.earlier_purchases[before]
        rest = np.flatnonzero(later & ~before)
        if len(rest):
            last[rest] = self.seen(rest, day)
            purchases[rest] -= self.since(day)[0][rest]
        return Figures(last, purchases)

    def value(self, day: date) -> np.ndarray:
        """What everybody was worth at the end of a day, in minor units (one query)."""
        return self.worth - self.since(day)[1]

    def seen(self, places: np.ndarray, day: date) -> np.ndarray:
        """The last purchase day until a day of the customers at these places; 0 where there is none (one query)."""
        some = CustomerActivity.objects.filter(customer__among=self.customers[places].tolist())
        last = Coalesce(NumberOf(seen_until(self.merchant, day)), 0)
        customers, days = packed.columns(some.order_by().values_list("customer", last), 2)
        found = np.zeros(len(self.customers), dtype=np.int64)
        found[self.places(customers)[0]] = days
        return found[places]

    def since(self, day: date) -> tuple[np.ndarray, np.ndarray]:
        """Purchases and value of everybody after a day (one query)."""
        customers, purchases, value = packed.columns(since(self.merchant, day), 3)
        sums = [np.zeros(len(self.customers), dtype=np.int64) for __ in range(2)]
        if len(customers) and len(self.customers):
            places, mine = self.places(customers)  # others brought something back, and bought nothing that counts
            for total, figures in zip(sums, (purchases, value), strict=True):
                np.add.at(total, places[mine], figures[mine])
        return tuple(sums)

    def places(self, customers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where these customers stand here, and who of them does."""
        places = self.order[np.minimum(np.searchsorted(self.ordered, customers), len(self.order) - 1)]
        return places, self.customers[places] == customers

    @cached_property
    def order(self) -> np.ndarray:
        """The places of the customers in the order of their keys."""
        return np.argsort(self.customers, kind="stable")

    @cached_property
    def ordered(self) -> np.ndarray:
        return self.customers[self.order]


def standing(merchant: Merchant) -> QuerySet:
    """Customer, last day with the one before its month, purchases with those before it, and value, as they are now."""
    earlier = Coalesce(NumberOf("earlier_on"), 0)
    days = Cast(NumberOf("last_on"), BigIntegerField()) * DAYS + earlier
    counts = Cast("purchases", BigIntegerField()) * COUNTS + F("earlier_purchases")
    known = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
    return known.order_by().values_list("customer", days, counts, "net_value")


def since(merchant: Merchant, day: date) -> QuerySet:
    """Purchases and value by customer after the day, several rows for each, in one statement."""
    first, *others = parts_since(merchant, day)
    return first.union(*others, all=True)


def parts_since(merchant: Merchant, day: date) -> list[QuerySet]:
    """Customer, purchases and value after the day: whole months, and the rest of the day's own bought and returned."""
    next_month = months_later(day.replace(day=1), 1)
    start, end = (midnight(one, merchant.timezone) for one in (day + timedelta(days=1), next_month))
    bought = Purchase.objects.for_merchant(merchant).counted().filter(occurred_at__gte=start, occurred_at__lt=end)
    returned = returns(merchant).filter(customer__isnull=False, occurred_on__gt=day, occurred_on__lt=next_month)
    months = CustomerMonth.objects.filter(merchant=merchant, month__gt=day)
    return [
        months.order_by().values_list("customer", "purchases", "net_value"),
        bought.order_by().values_list("customer", Value(1), F("amount") - F("refunded")),
        returned.order_by().values_list("customer", Value(0), -F("amount")),
    ]
