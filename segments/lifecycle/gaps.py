"""The shop's middle gap: what counts for those who have too few visits for a rhythm of their own."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db import connections, router

from customers.merchants.models import Merchant
from customers.models import Purchase
from segments.days import MonthOf
from segments.overview import at_place, counted_until


def twice_gaps(merchant: Merchant, ends: Sequence[date]) -> list[int | None]:
    """Twice the median gap of all customers at the end of each day; None while nobody came on two (one query).

    `ends` in order; all but the last are last days of months. Read off an index: the gaps of the whole history.
    """
    counts = gaps_by_month(merchant, until=ends[-1])
    known: Counter[int] = Counter()
    found = []
    for end in ends:
        for month in [month for month in counts if month <= end]:
            known.update(counts.pop(month))
        found.append(twice_middle(known))
    return found


def gaps_by_month(merchant: Merchant, *, until: date) -> dict[date, Counter[int]]:
    """How often each gap ended in each month, all customers together."""
    days = counted_until(merchant, until).order_by().annotate(month=MonthOf("occurred_on"))
    sql, params = days.values_list("customer", "occurred_on", "month").query.sql_with_params()
    connection = connections[router.db_for_read(Purchase)]
    before = "lag(occurred_on) OVER visits"
    gap = {
        "postgresql": f"occurred_on - {before}",
        "sqlite": f"CAST(julianday(occurred_on) - julianday({before}) AS integer)",
    }[connection.vendor]
    found: dict[date, Counter[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH days (customer, occurred_on, month) AS ({sql}),
            gaps (month, gap) AS (
                SELECT month, {gap} FROM days WINDOW visits AS (PARTITION BY customer ORDER BY occurred_on)
            )
            SELECT month, gap, COUNT(*) FROM gaps WHERE gap > 0 GROUP BY month, gap""",
            params,
        )
        for month, length, count in cursor.fetchall():
            first = date.fromisoformat(month) if isinstance(month, str) else month
            found.setdefault(first, Counter())[length] = count
    return found


def twice_middle(counts: Counter[int]) -> int | None:
    """Twice the median of the gaps that the counts stand for."""
    total = sum(counts.values())
    if not total:
        return None
    ordered = sorted(counts.items())
    return at_place(ordered, (total - 1) // 2) + at_place(ordered, total // 2)
