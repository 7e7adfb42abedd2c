"""Proving the kept rhythms: those that hold are what their customers' purchases say, and the shop's gaps their sum."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from customers.merchants.models import Merchant
from customers.models import CustomerActivity
from segments.models import CustomerRhythm, ShopGap

from .keeping import FIELDS, gaps_of, rows_of, stale, visits

AT_A_TIME = 5_000


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each row that differs, of one shop or of all. Rows that do not hold are none: nobody reads them.

    Reads the whole history, some customers at a time.
    """
    for shop in [merchant] if merchant else Merchant.objects.order_by("pk"):
        yield from rhythms(shop)
        yield from shop_gaps(shop)


def rhythms(merchant: Merchant) -> Iterator[str]:
    """What is wrong with the rows of those whose rows hold."""
    behind = set(stale(merchant).values_list("customer", flat=True))
    known = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0).order_by("customer")
    marks = {customer: mark for customer, mark in known.values_list("customer", "mark") if customer not in behind}
    customers = list(marks)
    for start in range(0, len(customers), AT_A_TIME):
        some = customers[start : start + AT_A_TIME]
        kept: dict[int, list[tuple]] = defaultdict(list)
        rows = CustomerRhythm.objects.filter(customer__among=some).order_by("customer", "month")
        for row in rows.values_list(*FIELDS):
            kept[row[0]].append(row)
        for customer, days in visits(merchant, some):
            yield from compared(customer, kept[customer], rows_of(customer, days, merchant, marks))


def compared(customer: int, kept: list[tuple], reckoned: list[tuple]) -> Iterator[str]:
    """What is wrong with one customer's rows."""
    was, should = ({row[2]: row for row in rows} for rows in (kept, reckoned))
    for month in sorted(was.keys() | should.keys()):
        name = f"rhythm of customer {customer} {month:%Y-%m}"
        if month not in was:
            yield f"{name}: is missing"
        elif month not in should:
            yield f"{name}: nothing on record makes it"
        else:
            cells = [
                f"{field} is {kept_cell} and should be {cell}"
                for field, kept_cell, cell in zip(FIELDS, was[month], should[month], strict=True)
                if str(kept_cell) != str(cell)
            ]
            if cells:
                yield f"{name}: {', '.join(cells)}"


def shop_gaps(merchant: Merchant) -> Iterator[str]:
    """What is wrong with the shop's counts, which are the sum of what is kept of its customers."""
    mine = CustomerRhythm.objects.filter(merchant=merchant)
    should = gaps_of(mine.values_list("month", "gaps").iterator(chunk_size=AT_A_TIME))
    was = Counter()
    for month, days, count in ShopGap.objects.filter(merchant=merchant).values_list("month", "days", "count"):
        was[month, days] = count
    for month, days in sorted(was.keys() | should.keys()):
        if was[month, days] != should[month, days]:
            count, right = was[month, days], should[month, days]
            yield f"gaps of {days} days of {merchant} {month:%Y-%m}: {count} are kept and should be {right}"
