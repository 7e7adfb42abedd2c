"""Proving the rollups: the same figures reckoned from the raw purchases and returns, by the database. Reads only."""

from collections.abc import Iterator

from django.db import connections, models, router
from django.db.models import F, Value

from customers.activity import FIELDS, MONTH, MONTH_FIELDS, mark
from customers.merchants.models import Merchant
from customers.models import CustomerActivity, CustomerMonth, Purchase, Refund

FACTS = "customer, merchant, at, day, purchases, value, mark"
RECKONED = """facts ({facts}) AS ({purchases} UNION ALL {returns}),
    months (customer, merchant, month, first_at, last_at, first_on, last_on, purchases, value, mark) AS (
        SELECT customer, merchant, {month}, MIN(CASE WHEN purchases = 1 THEN at END),
            MAX(CASE WHEN purchases = 1 THEN at END), MIN(CASE WHEN purchases = 1 THEN day END),
            MAX(CASE WHEN purchases = 1 THEN day END), SUM(purchases), SUM(value), SUM(mark)
        FROM facts GROUP BY customer, merchant, {month}
    ),
    customermonth AS (SELECT customer, merchant, month, purchases, value FROM months),
    customeractivity AS (
        SELECT customer, merchant, MIN(first_at), MAX(last_at), MIN(first_on), MAX(last_on), SUM(purchases),
            SUM(value), SUM(mark), MAX(CASE WHEN month < newest THEN last_on END),
            SUM(CASE WHEN month < newest THEN purchases ELSE 0 END)
        FROM (
            SELECT *, MAX(CASE WHEN purchases > 0 THEN month END) OVER (PARTITION BY customer, merchant) AS newest
            FROM months
        ) AS with_newest
        GROUP BY customer, merchant
    )"""
DAY = {"postgresql": "CAST({} AS date)", "sqlite": "{}"}
UNEQUAL = """WITH {reckoned}, kept AS (SELECT {columns} FROM {table} {where})
    SELECT 0, * FROM (SELECT * FROM kept EXCEPT SELECT * FROM {name}) AS wrong
    UNION ALL SELECT 1, * FROM (SELECT * FROM {name} EXCEPT SELECT * FROM kept) AS right_ones"""


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each row of the rollups that the purchases and returns do not say; none when all is well.

    Two statements, each over the whole history of the shop, or of all shops.
    """
    for model, fields, keys in ((CustomerActivity, FIELDS, 1), (CustomerMonth, MONTH_FIELDS, 2)):
        rows = unequal(model, fields, merchant)
        kept, reckoned = ({key_of(row, keys): row for side, *row in rows if side == place} for place in (0, 1))
        for key in sorted(kept.keys() | reckoned.keys()):
            customer, shop, *month = key
            name = " ".join([f"{model._meta.model_name} of customer {customer} at merchant {shop}", *month])
            yield f"{name}: {said(fields, kept.get(key), reckoned.get(key))}"


def key_of(row: list, keys: int) -> tuple:
    """Customer, merchant, and the month where there is one."""
    return (row[0], row[1], *(str(cell) for cell in row[2 : 1 + keys]))


def said(fields: list[str], kept: list | None, reckoned: list | None) -> str:
    """What is wrong with a row."""
    if kept is None:
        return "is missing"
    if reckoned is None:
        return "nothing on record makes it"
    cells = zip(fields, kept, reckoned, strict=True)
    return ", ".join(f"{field} is {was} and should be {is_}" for field, was, is_ in cells if was != is_)


def unequal(model: type[models.Model], fields: list[str], merchant: Merchant | None) -> list[tuple]:
    """Rows that stand but should not (0), and rows that should stand but do not (1), in the order of `fields`."""
    connection = connections[router.db_for_read(model)]
    reckoned, params = facts(connection.vendor, merchant)
    statement = UNEQUAL.format(
        reckoned=reckoned,
        columns=", ".join(f'"{model._meta.get_field(name).column}"' for name in fields),
        table=model._meta.db_table,
        where="WHERE merchant_id = %s" if merchant else "",
        name=model._meta.model_name,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, *([merchant.pk] if merchant else [])])
        return cursor.fetchall()


def facts(vendor: str, merchant: Merchant | None) -> tuple[str, list]:
    """Named parts of a statement: what counts, and what both rollups should say; with their parameters."""
    mine = {"merchant": merchant} if merchant else {}
    bought = Purchase.objects.filter(**mine).counted().order_by()
    returned = Refund.objects.filter(purchase=None, undone_at=None, customer__isnull=False, **mine).order_by()
    both = [
        bought.values_list(
            "customer", "merchant", "occurred_at", "occurred_on", Value(1), F("amount") - F("refunded"), mark(F("id"))
        ),
        returned.values_list(
            "customer", "merchant", "occurred_at", "occurred_on", Value(0), -F("amount"), Value(0)
        ),
    ]  # fmt: skip
    (purchases, first), (returns, second) = (rows.query.sql_with_params() for rows in both)
    month = DAY[vendor].format(MONTH[vendor].format("day"))
    return RECKONED.format(facts=FACTS, purchases=purchases, returns=returns, month=month), [*first, *second]
