"""What the models need to know of customers: days with a purchase and what was spent, counted by the database.

Counted purchases alone (see PurchaseQuerySet.counted), net of what came back, whenever it came back. A return without a
purchase lowers what was spent after the first day, and makes no day.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import connections, router
from django.db.models import F, Max, Min, Q, Sum
from django.db.models.expressions import RawSQL

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase
from segments.overview import counted_until, returns

AT_ONCE = 20_000
COLUMNS = 8
NUMBERS = {"postgresql": "({} - DATE '0001-01-01' + 1)", "sqlite": "CAST(julianday({}) - 1721424.5 AS integer)"}
COUNTED = {
    vendor: f"""{number.format("MIN(occurred_on)")},
        SUM(CASE WHEN occurred_on <= %s THEN 1 ELSE 0 END),
        {number.format("MAX(CASE WHEN occurred_on <= %s THEN occurred_on ELSE activity.first_on END)")},
        CAST(SUM(CASE WHEN occurred_on <= %s AND occurred_on > activity.first_on THEN spent ELSE 0 END) AS bigint),
        COUNT(*), {number.format("MAX(occurred_on)")},
        CAST(SUM(CASE WHEN occurred_on > activity.first_on THEN spent ELSE 0 END) AS bigint)"""
    for vendor, number in NUMBERS.items()
}


@dataclass(frozen=True, slots=True)
class People:
    """Customers known on a day, in the order of their keys: `x` days with a purchase after the first, the last
    `recency` days after the first, which lies `age` days back; `spent` in minor units on those x days."""

    keys: np.ndarray
    x: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    spent: np.ndarray


@dataclass(frozen=True, slots=True)
class History:
    """Days and spending of each customer until a day in the middle (`cut`), and until the end."""

    cut: date
    end: date
    keys: np.ndarray
    first: np.ndarray
    days: tuple[np.ndarray, np.ndarray]
    last: tuple[np.ndarray, np.ndarray]
    spent: tuple[np.ndarray, np.ndarray]

    @property
    def early(self) -> np.ndarray:
        """Which customers had bought by the middle."""
        return self.days[0] > 0

    def until_cut(self) -> People:
        """The customers of the middle, as they stood then."""
        return self.people(0, self.cut, self.early)

    def until_end(self) -> People:
        """The customers of the end, as they stood then."""
        return self.people(1, self.end, self.days[1] > 0)

    def people(self, place: int, day: date, known: np.ndarray) -> People:
        first = self.first[known]
        return People(
            keys=self.keys[known],
            x=self.days[place][known] - 1,
            recency=self.last[place][known] - first,
            age=day.toordinal() - first,
            spent=np.maximum(self.spent[place][known], 0),
        )

    def later(self) -> np.ndarray:
        """Days with a purchase after the middle, of the customers of the middle."""
        return (self.days[1] - self.days[0])[self.early]


def bounds(merchant: Merchant) -> tuple[date, date] | None:
    """First and last day with a purchase; None before there is one (one query, by customers)."""
    found = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0).aggregate(
        first=Min("first_on"), last=Max("last_on")
    )
    return (found["first"], found["last"]) if found["last"] else None


def read(merchant: Merchant, *, cut: date, end: date) -> History:
    """The history of every customer with a purchase until the end (two queries).

    One of them reads the whole history, off the index of a customer's purchases, which holds all that it asks for.
    """
    table = rows(merchant, cut=cut, end=end)
    keys, first = table[:, 0], table[:, 1]
    back = came_back(merchant, keys, cut=cut, end=end)
    return History(
        cut=cut,
        end=end,
        keys=keys,
        first=first,
        days=(table[:, 2], table[:, 5]),
        last=(table[:, 3], table[:, 6]),
        spent=(table[:, 4] - back[0], table[:, 7] - back[1]),
    )


def rows(merchant: Merchant, *, cut: date, end: date) -> np.ndarray:
    """Key, first day, and until each of both days: days with a purchase, the last one, and what was spent after the
    first. Days are numbers of the calendar.

    Purchases are added up by day before they are counted by customer, both in the order of the index. PostgreSQL is
    led from customer to customer: left to itself it reads the table and sorts all of it, in twice the time and on disk.
    """
    connection = connections[router.db_for_read(Purchase)]
    activity = CustomerActivity._meta.db_table
    counted, params = COUNTED[connection.vendor], [cut, cut, cut]
    if connection.vendor == "postgresql":
        days, of_days = by_day(merchant, end, customer=RawSQL("activity.customer_id", []))
        sql = f"""SELECT activity.customer_id, counted.* FROM {activity} activity
            CROSS JOIN LATERAL (SELECT {counted} FROM ({days}) days (customer, occurred_on, spent)) counted
            WHERE activity.merchant_id = %s AND activity.first_on <= %s ORDER BY activity.customer_id"""
        params = [*params, *of_days, merchant.pk, end]
    else:
        days, of_days = by_day(merchant, end)
        sql = f"""WITH days (customer, occurred_on, spent) AS ({days})
            SELECT days.customer, {counted} FROM days JOIN {activity} activity ON activity.customer_id = days.customer
            GROUP BY days.customer ORDER BY days.customer"""
        params = [*of_days, *params]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        parts = []
        while some := cursor.fetchmany(AT_ONCE):
            parts.append(np.array(some, dtype=np.int64))
    return np.concatenate(parts) if parts else np.zeros((0, COLUMNS), dtype=np.int64)


def by_day(merchant: Merchant, end: date, **of) -> tuple[str, tuple]:
    """What was bought a day and customer, as SQL with its parameters."""
    days = counted_until(merchant, end).filter(**of).order_by().values("customer", "occurred_on")
    return days.annotate(spent=Sum(F("amount") - F("refunded"))).query.sql_with_params()


def came_back(merchant: Merchant, keys: np.ndarray, *, cut: date, end: date) -> np.ndarray:
    """What each customer brought back without a purchase after the first day, until each of both days."""
    found = np.zeros((2, len(keys)), dtype=np.int64)
    without = (
        returns(merchant)
        .filter(customer__isnull=False, occurred_on__lte=end, occurred_on__gt=F("customer__activity__first_on"))
        .order_by()
        .values_list("customer")
        .annotate(until_cut=Sum("amount", filter=Q(occurred_on__lte=cut), default=0), until_end=Sum("amount"))
    )
    for customer, until_cut, until_end in without.iterator():
        place = int(np.searchsorted(keys, customer))
        if place < len(keys) and keys[place] == customer:
            found[:, place] = until_cut, until_end
    return found
