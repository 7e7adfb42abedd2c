"""Keeping rhythms: whoever's rows no longer hold gets new ones, some at a time. Idempotent; nothing waits for it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import groupby, pairwise
from operator import itemgetter

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase
from segments.models import FOREVER, CustomerRhythm, ShopGap

from .rhythm import Rhythm, by_month

AT_A_TIME = 1_000
MANY = 10_000  # customers, after which PostgreSQL's plans for the table before would be wrong ones
FIELDS = [
    "customer", "merchant", "month", "until", "last_on", "purchases", "visits", "twice_gap", "pause",
    "twice_gap_before", "gaps", "mark",
]  # fmt: skip


def stale(merchant: Merchant) -> QuerySet[CustomerActivity]:
    """Customers with a purchase whose kept rhythms do not hold, or who have none."""
    held = CustomerRhythm.objects.filter(
        merchant=merchant, until=FOREVER, customer=OuterRef("customer"), mark=OuterRef("mark")
    )
    return CustomerActivity.objects.filter(~Exists(held), merchant=merchant, purchases__gt=0)


def orphaned(merchant: Merchant) -> QuerySet[CustomerRhythm]:
    """The last rhythms of cards without a purchase: they are gone, merged, or all of it came back."""
    bought = CustomerActivity.objects.filter(customer=OuterRef("customer"), purchases__gt=0)
    return CustomerRhythm.objects.filter(~Exists(bought), merchant=merchant, until=FOREVER)


def keep(*, merchant: Merchant) -> int:
    """Make anew whatever does not hold; returns for how many customers."""
    made = 0
    for behind in (orphaned(merchant), stale(merchant)):
        last = 0
        while some := list(behind.filter(customer__gt=last).order_by("customer").values_list("customer")[:AT_A_TIME]):
            keep_some(merchant=merchant, customers=[customer for (customer,) in some])
            last, made = some[-1][0], made + len(some)
    if made > MANY:
        rows.analyze(CustomerRhythm, ShopGap)
    return made


@transaction.atomic
def keep_some(*, merchant: Merchant, customers: list[int]) -> None:
    """Make the rows of some customers anew, or take them away where there is no purchase.

    The shop is held, so that of two workers one comes after the other. Marks are read before the purchases: one that
    is recorded between makes its row stale, and never wrong.
    """
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    bought = CustomerActivity.objects.filter(customer__among=customers, purchases__gt=0)
    marks = dict(bought.values_list("customer", "mark"))
    old = CustomerRhythm.objects.filter(customer__among=customers)
    change = gaps_of(old.values_list("month", "gaps"))
    change = Counter({cell: -count for cell, count in change.items()})
    old.delete()
    made = [row for customer, days in visits(merchant, marks) for row in rows_of(customer, days, merchant, marks)]
    rows.insert(CustomerRhythm, FIELDS, made)
    change.update(gaps_of((row[2], row[10]) for row in made))
    count_gaps(merchant, change)


def visits(merchant: Merchant, customers: Iterable[int]) -> Iterable[tuple[int, list[date]]]:
    """The days of each customer's counted purchases, in order."""
    bought = Purchase.objects.for_merchant(merchant).counted().filter(customer__among=list(customers))
    days = bought.order_by("customer", "occurred_on").values_list("customer", "occurred_on")
    return ((customer, [on for __, on in some]) for customer, some in groupby(days, key=itemgetter(0)))


def rows_of(customer: int, days: list[date], merchant: Merchant, marks: dict[int, int]) -> list[tuple]:
    """One customer's rhythms in the order of FIELDS."""
    rhythms, gaps = list(by_month(days)), gaps_by_month(days)
    months = [one.last_on.replace(day=1) for one in rhythms]
    ends = [*months[1:], date.fromisoformat(FOREVER)]
    return [
        (customer, merchant.pk, month, until, *cells(one), gaps[month], marks[customer])
        for one, month, until in zip(rhythms, months, ends, strict=True)
    ]


def cells(one: Rhythm) -> tuple:
    """A rhythm as it is kept."""
    return (one.last_on, one.purchases, one.visits, one.twice_gap, one.pause, one.twice_gap_before)


def gaps_by_month(days: list[date]) -> dict[date, list[int]]:
    """The gaps between different days, by the month in which they ended."""
    found: dict[date, list[int]] = defaultdict(list)
    month, mine = None, []
    for before, day in pairwise(dict.fromkeys(days)):
        if month is None or day.month != month.month or day.year != month.year:
            month = day.replace(day=1)
            mine = found[month]
        mine.append((day - before).days)
    return found


def gaps_of(kept: Iterable[tuple[date, list[int]]]) -> Counter[tuple[date, int]]:
    """How often each gap ended in each month, of (month, gaps)."""
    return Counter((month, days) for month, gaps in kept for days in gaps)


def count_gaps(merchant: Merchant, change: Counter[tuple[date, int]]) -> None:
    """Let the shop's counts follow; whoever calls holds the shop."""
    changed = {cell: count for cell, count in change.items() if count}
    months = sorted({month for month, __ in changed})
    kept = ShopGap.objects.filter(merchant=merchant, month__in=months).values_list("pk", "month", "days", "count")
    known = {(month, days): (key, count) for key, month, days, count in kept}
    rows.change(
        ShopGap,
        ["count"],
        [(known[cell][0], known[cell][1] + count) for cell, count in changed.items() if cell in known],
    )
    fresh = [(merchant.pk, *cell, count) for cell, count in sorted(changed.items()) if cell not in known]
    rows.insert(ShopGap, ["merchant", "month", "days", "count"], fresh)
