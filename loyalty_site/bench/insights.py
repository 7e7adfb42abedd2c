"""What the reports of a long history cost: the cohorts beside those of a tenth of it, and the board of recency,
frequency and value beside DuckDB over the raw purchases."""

import tempfile
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from statistics import median
from time import perf_counter

from django.db import connection
from django.utils import timezone

from customers.merchants.models import Merchant
from segments import cohorts, rfv

from . import history
from .figures import Figure
from .shop import Shop

PEOPLE, VISITS, PART = (
    2,
    50,
    10,
)  # for each customer of the shop; purchases of each; how much shorter one is
ROUNDS = 7
BOARD_MS = 150
# The same board without its movement: the scores by the contract's rule of ties, from the raw rows.
RIVAL = """
WITH people AS (
    SELECT customer, max(day) AS seen, count(*) AS times, sum(amount)::bigint AS worth FROM bought GROUP BY customer
), scored AS (
    SELECT worth, 1 + 5 * (rank() OVER (ORDER BY seen) - 1) // count(*) OVER () AS r,
        1 + 5 * (rank() OVER (ORDER BY times) - 1) // count(*) OVER () AS f,
        1 + 5 * (rank() OVER (ORDER BY worth) - 1) // count(*) OVER () AS v
    FROM people
)
SELECT r, f, count(*), sum(worth)::bigint, sum(v)::bigint FROM scored GROUP BY r, f
"""


def insights(shop: Shop, port: int, *, times: int) -> list[Figure]:
    """Beside a shop of the asked size (port and times are of no use here) two more, one with a tenth of the history."""
    customers, at = PEOPLE * len(shop.customers), timezone.now()
    whole = history.build("whole", customers=customers, purchases=VISITS * customers, at=at)
    part = history.build("part", customers=customers, purchases=VISITS * customers // PART, at=at)
    history.settle()
    for one in (whole, part):
        cohorts.settle(merchant=one)  # as the worker does by the hour
    history.settle()
    long, short = (milliseconds(lambda one=one: cohorts.retention(one)) for one in (whole, part))
    day = timezone.localdate()
    board = milliseconds(lambda: rfv.board(whole, day=day))
    scan = beside_duckdb(whole, day)
    return [
        Figure("cohorts of a long history", long, "ms", "of a tenth of it", short, 1.3, at_most=True),
        Figure("board of RFV with its movement", board, "ms", "DuckDB over the raw purchases", scan, 0.5, at_most=True),
        Figure("the same", board, "ms", "at most", BOARD_MS, 1.0, at_most=True),
    ]


def milliseconds(work: Callable[[], object]) -> float:
    """How long it takes, the median of some rounds after one that warms the caches."""
    work()
    took = []
    for __ in range(ROUNDS):
        began = perf_counter()
        work()
        took.append(1000 * (perf_counter() - began))
    return median(took)


def beside_duckdb(merchant: Merchant, day: date) -> float:
    """The same board by DuckDB, over its own copy of the purchases. Raises where it finds another board."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "bought.csv")
        copy_out(merchant, raw)
        rival = import_module("duckdb").connect()
        rival.execute(
            f"CREATE TABLE bought AS SELECT * FROM read_csv('{raw}', header = false, columns = "
            "{'customer': 'BIGINT', 'day': 'DATE', 'amount': 'BIGINT'})"
        )
    found = {(r, f): figures for r, f, *figures in rival.execute(RIVAL).fetchall()}
    mine = {
        place: [cell.customers, cell.revenue, cell.value_points]
        for place, cell in rfv.board(merchant, day=day).cells.items()
        if cell.customers
    }
    if mine != found:
        raise AssertionError(f"DuckDB has another board: {found} and not {mine}")
    return milliseconds(lambda: rival.execute(RIVAL).fetchall())


def copy_out(merchant: Merchant, path: Path) -> None:
    """The raw purchases of a shop as a file: customer, day and amount."""
    rows = f"SELECT customer_id, occurred_on, amount FROM customers_purchase WHERE merchant_id = {merchant.pk}"
    copy = f"COPY ({rows}) TO STDOUT (FORMAT CSV)"
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(copy) as parts:
        for part in parts:
            file.write(part)
