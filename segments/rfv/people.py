"""Everybody's recency, frequency, value and scores at the end of a day, in one statement.

It costs by customers: the rollup is what stands now, and what happened after the day is taken off it, by months as far
as they are whole and by the purchases and returns of the day's own month for the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from django.db import connections, router
from django.db.models import DateField, F, QuerySet, Value
from django.db.models.expressions import RawSQL

from customers.merchants.models import Merchant
from customers.models import Customer, CustomerActivity, CustomerMonth, Purchase
from rewards.expiry import midnight, months_later
from segments.days import Days
from segments.lapsed import last_seen
from segments.overview import returns

from .regions import Region
from .scores import GROUPS

AT_A_TIME = 2_000
AXES = {1: "-recency", 2: "frequency", 3: "value"}  # the greater the better


@dataclass(frozen=True, slots=True)
class Statement:
    """Named parts of a statement (what stands behind WITH), and their parameters."""

    parts: str
    params: tuple

    def __add__(self, other: "Statement") -> "Statement":
        return Statement(f"{self.parts},\n{other.parts}", (*self.params, *other.params))


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
    """Everybody in the order of their cards, a few thousand at a time (one query)."""
    scored = statement(merchant, day)
    connection = connections[router.db_for_read(CustomerActivity)]
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""WITH {scored.parts}
            SELECT card.public_id, card.external_id, recency, frequency, value, r, f, v
            FROM people_scored JOIN {Customer._meta.db_table} AS card ON card.id = people_scored.customer
            ORDER BY card.id""",
            scored.params,
        )
        while found := cursor.fetchmany(AT_A_TIME):
            yield from (Scored(*row) for row in found)


def scores_of_all(merchant: Merchant, *, day: date) -> list[tuple[int, int, int, int]]:
    """Primary key and scores of recency, frequency and value of everybody with a purchase until the day (one query)."""
    known = statement(merchant, day)
    with connections[router.db_for_read(CustomerActivity)].cursor() as cursor:
        cursor.execute(f"WITH {known.parts} SELECT customer, r, f, v FROM people_scored", known.params)
        return cursor.fetchall()


def values(merchant: Merchant, *, day: date) -> dict[int, int]:
    """What everybody with a purchase until the day is worth, in minor units, by primary key (one query)."""
    known = people(merchant, day)
    with connections[router.db_for_read(CustomerActivity)].cursor() as cursor:
        cursor.execute(f"WITH {known.parts} SELECT customer, value FROM people", known.params)
        return dict(cursor.fetchall())


def in_cell(merchant: Merchant, *, day: date, recency: int, frequency: int) -> RawSQL:
    """The primary keys of the customers of a cell, for a filter."""
    return chosen(merchant, day, "r = %s AND f = %s", [recency, frequency])


def in_region(merchant: Merchant, region: Region, *, day: date) -> RawSQL:
    """The primary keys of the customers of a region, for a filter."""
    cells = sorted(region.cells)
    return chosen(merchant, day, " OR ".join(["(r = %s AND f = %s)"] * len(cells)), chain.from_iterable(cells))


def chosen(merchant: Merchant, day: date, condition: str, params) -> RawSQL:
    """The primary keys of scored customers who meet a condition."""
    scored = statement(merchant, day)
    return RawSQL(  # noqa: S611 - the condition is one of the two above, every value a parameter
        f"WITH {scored.parts} SELECT customer FROM people_scored WHERE {condition}", (*scored.params, *params)
    )


def statement(merchant: Merchant, day: date, *, name: str = "people") -> Statement:
    """Parts `{name}` (customer, recency, frequency, value) and `{name}_scored` (the same, and r, f, v)."""
    return people(merchant, day, name=name) + Statement(scored(name), ())


def people(merchant: Merchant, day: date, *, name: str = "people") -> Statement:
    """Part `{name}`: customer, recency, frequency and value of everybody with a purchase until the day."""
    bought, bought_params = standing(merchant, day).query.sql_with_params()
    later = [queryset.order_by().query.sql_with_params() for queryset in since(merchant, day)]
    return Statement(
        f"""{name}_now (customer, recency, purchases, value) AS ({bought}),
        {name}_since (customer, purchases, value) AS ({" UNION ALL ".join(sql for sql, __ in later)}),
        {name}_later (customer, purchases, value) AS (
            SELECT customer, SUM(purchases), SUM(value) FROM {name}_since GROUP BY customer
        ),
        {name} (customer, recency, frequency, value) AS MATERIALIZED (
            SELECT now.customer, now.recency, CAST(now.purchases - COALESCE(later.purchases, 0) AS bigint),
                CAST(now.value - COALESCE(later.value, 0) AS bigint)
            FROM {name}_now AS now LEFT JOIN {name}_later AS later ON later.customer = now.customer
        )""",
        (*bought_params, *chain.from_iterable(params for __, params in later)),
    )


def standing(merchant: Merchant, day: date) -> QuerySet:
    """Customers known on the day: recency as it was then, purchases and value as they are now."""
    recency = Days(Value(day, output_field=DateField()), last_seen(merchant, day))
    known = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0, first_on__lte=day)
    return known.annotate(recency=recency).order_by().values_list("customer", "recency", "purchases", "net_value")


def since(merchant: Merchant, day: date) -> list[QuerySet]:
    """Purchases and value by customer after the day: whole months, and the rest of the day's own."""
    next_month = months_later(day.replace(day=1), 1)
    start, end = (midnight(one, merchant.timezone) for one in (day + timedelta(days=1), next_month))
    bought = Purchase.objects.for_merchant(merchant).counted().filter(occurred_at__gte=start, occurred_at__lt=end)
    returned = returns(merchant).filter(customer__isnull=False, occurred_on__gt=day, occurred_on__lt=next_month)
    return [
        CustomerMonth.objects.filter(merchant=merchant, month__gt=day).values_list(
            "customer", "purchases", "net_value"
        ),
        bought.values_list("customer", Value(1), F("amount") - F("refunded")),
        returned.values_list("customer", Value(0), -F("amount")),
    ]


def scored(name: str) -> str:
    """Part `{name}_scored`: a score is one more than the marks that a figure is above.

    Mark k of an axis is the ⌈kN/5⌉-th figure from the worst: whoever is above it has at least kN/5 strictly worse ones
    below, which is what the rule asks for one more point. So four numbers an axis decide, and nobody is ranked.
    """
    sums = " UNION ALL ".join(
        f"SELECT {axis}, {figure}, SUM(COUNT(*)) OVER (ORDER BY {figure}) FROM {name} GROUP BY {figure}"
        for axis, figure in AXES.items()
    )
    marks = ", ".join(
        f"MIN(CASE WHEN {GROUPS} * upto >= {number} * everybody.n THEN figure END)" for number in range(1, GROUPS)
    )
    columns = ", ".join(f"m{number}" for number in range(1, GROUPS))
    return f"""{name}_sums (axis, figure, upto) AS ({sums}),
        {name}_marks (axis, {columns}) AS MATERIALIZED (
            SELECT axis, {marks} FROM {name}_sums CROSS JOIN (SELECT COUNT(*) AS n FROM {name}) AS everybody
            GROUP BY axis
        ),
        {name}_scored (customer, recency, frequency, value, r, f, v) AS (
            SELECT customer, recency, frequency, value, {", ".join(points(axis) for axis in AXES)}
            FROM {name} JOIN {name}_marks AS axis1 ON axis1.axis = 1
                JOIN {name}_marks AS axis2 ON axis2.axis = 2 JOIN {name}_marks AS axis3 ON axis3.axis = 3
        )"""


def points(axis: int) -> str:
    """The score of one axis."""
    above = [f"CASE WHEN {AXES[axis]} > axis{axis}.m{number} THEN 1 ELSE 0 END" for number in range(1, GROUPS)]
    return " + ".join(["1", *above])
