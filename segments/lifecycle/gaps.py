"""The shop's middle gap: what counts for those who have too few visits for a rhythm of their own."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from django.db import connections, router

from customers.merchants.models import Merchant
from customers.models import Purchase
from segments.days import MonthOf
from segments.models import CustomerRhythm, ShopGap
from segments.overview import at_place, counted_until


def twice_gaps(merchant: Merchant, ends: Sequence[date], unkept: Sequence[int]) -> list[int | None]:
    """Twice the median gap of all customers at the end of each day; None while nobody came on two.

    `ends` in order; all but the last are last days of months. What is kept counts for everybody but the `unkept`
    customers, whose gaps come from their purchases (three queries).
    """
    counts = kept_by_month(merchant, until=ends[-1], without=unkept)
    for month, gaps in gaps_by_month(merchant, until=ends[-1], customers=unkept).items():
        counts[month].update(gaps)
    known: Counter[int] = Counter()
    found = []
    for end in ends:
        for month in [month for month in counts if month <= end]:
            known.update(counts.pop(month))
        found.append(twice_middle(known))
    return found


def kept_gap(merchant: int, *, day: date) -> int | None:
    """Twice the median of the gaps that are kept until the end of a day's month (one query): for a single card."""
    counts: Counter[int] = Counter()
    for length, count in ShopGap.objects.filter(merchant=merchant, month__lte=day).values_list("days", "count"):
        counts[length] += count
    return twice_middle(counts)


def kept_by_month(merchant: Merchant, *, until: date, without: Sequence[int]) -> dict[date, Counter[int]]:
    """The kept gaps by the month in which they ended, without those of some customers (two queries)."""
    found: dict[date, Counter[int]] = defaultdict(Counter)
    kept = ShopGap.objects.filter(merchant=merchant, month__lte=until)
    for month, length, count in kept.values_list("month", "days", "count"):
        found[month][length] += count
    others = CustomerRhythm.objects.filter(merchant=merchant, customer__among=without, month__lte=until)
    for month, gaps in others.values_list("month", "gaps"):
        found[month].subtract(gaps)
    return found


def gaps_by_month(merchant: Merchant, *, until: date, customers: Sequence[int]) -> dict[date, Counter[int]]:
    """How often each gap of these customers ended in each month, all together, off an index."""
    days = (
        counted_until(merchant, until)
        .filter(customer__among=customers)
        .order_by()
        .annotate(month=MonthOf("occurred_on"))
    )
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
    ordered = sorted((length, count) for length, count in counts.items() if count)
    total = sum(count for __, count in ordered)
    if not total:
        return None
    return at_place(ordered, (total - 1) // 2) + at_place(ordered, total // 2)
