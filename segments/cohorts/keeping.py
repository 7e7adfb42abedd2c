"""Settling: whoever bought since the cells were kept is put into them, some at a time. Nothing waits for it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.models import CustomerActivity, CustomerMonth, LostActivity
from segments.models import CohortCell, CohortMember, Resolution

from .cells import Months, add, shares

AT_A_TIME = 2_000
Cell = tuple[str, date, date]


def settle(*, merchant: Merchant) -> int:
    """Put into the cells whatever is not in them; returns how many customers that were. Idempotent."""
    settled = 0
    while some := settle_some(merchant=merchant):
        settled += some
    return settled


def unsettled() -> QuerySet[Merchant]:
    """Shops where somebody is not in the cells as they stand (one query, by those who are not)."""
    bought = CustomerActivity.objects.filter(merchant=OuterRef("pk"), settled=False)
    gone = LostActivity.objects.filter(merchant=OuterRef("pk"))
    return Merchant.objects.filter(Exists(bought) | Exists(gone)).order_by("pk")


@transaction.atomic
def settle_some(*, merchant: Merchant) -> int:
    """Some customers, as far as no till holds them; of two workers one comes after the other.

    Whoever writes a customer's purchases writes the activity first and the months afterwards, so that months stand
    still while the activity is locked here.
    """
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)
    behind = CustomerActivity.objects.filter(merchant=merchant, settled=False).order_by("customer")
    behind = behind.select_for_update(no_key=True, skip_locked=True).values_list("customer", "first_on")
    people = dict(behind[:AT_A_TIME])
    lost = LostActivity.objects.filter(merchant=merchant).values_list("customer", flat=True)
    handled = sorted({*people, *lost[:AT_A_TIME]})
    if not handled:
        return 0
    replace(merchant, handled, {customer: first for customer, first in people.items() if first is not None})
    LostActivity.objects.filter(customer__among=handled).delete()
    CustomerActivity.objects.filter(customer__among=list(people)).update(settled=True)
    return len(handled)


def replace(merchant: Merchant, handled: list[int], first: dict[int, date]) -> None:
    """Take some customers out of the cells and put in those who have bought; `first` are their first days."""
    change: dict[str, dict] = {one: defaultdict(lambda: defaultdict(lambda: [0, 0])) for one in Resolution.values}
    old = CohortMember.objects.filter(customer__among=handled)
    for first_on, months in old.values_list("first_on", "months"):
        count(change, first_on, [(date.fromisoformat(month), *sums) for month, *sums in months], sign=-1)
    old.delete()
    bought = months_of(first)
    for customer, months in bought.items():
        count(change, first[customer], months)
    members = [
        (customer, merchant.pk, first[customer], [(month.isoformat(), *sums) for month, *sums in months])
        for customer, months in sorted(bought.items())
    ]
    rows.insert(CohortMember, ["customer", "merchant", "first_on", "months"], members)
    write(merchant, {
        (resolution, cohort, period): sums
        for resolution, found in change.items() for cohort, row in found.items() for period, sums in row.items()
    })  # fmt: skip


def months_of(customers: Iterable[int]) -> dict[int, list[tuple[date, int, int]]]:
    """The months of some customers, in order."""
    found: dict[int, list] = defaultdict(list)
    months = CustomerMonth.objects.filter(customer__among=list(customers)).order_by("customer", "month")
    for customer, month, purchases, value in months.values_list("customer", "month", "purchases", "net_value"):
        found[customer].append((month, min(purchases, 1), value))
    return found


def count(change: dict[str, dict], first_on: date, months: Months, *, sign: int = 1) -> None:
    """Add one customer's share to the changes, by months and by quarters."""
    for resolution, found in change.items():
        add(found, shares(first_on, months, resolution), sign=sign)


def write(merchant: Merchant, change: dict[Cell, list[int]]) -> None:
    """Let the shop's cells follow; whoever calls holds the shop."""
    change = {cell: sums for cell, sums in change.items() if any(sums)}
    kept = CohortCell.objects.filter(merchant=merchant).values_list(
        "resolution", "cohort", "period", "pk", "buyers", "net_value"
    )
    known = {tuple(cell): (key, buyers, value) for *cell, key, buyers, value in kept}
    moved = [(*known[cell], *sums) for cell, sums in change.items() if cell in known]
    moved = [(key, buyers + more, value + worth) for key, buyers, value, more, worth in moved]
    rows.change(CohortCell, ["buyers", "net_value"], moved)
    fresh = [(merchant.pk, *cell, *sums) for cell, sums in sorted(change.items()) if cell not in known]
    rows.insert(CohortCell, ["merchant", "resolution", "cohort", "period", "buyers", "net_value"], fresh)
