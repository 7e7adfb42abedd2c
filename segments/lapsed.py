"""Lapsed customers on a day, today or before."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, DateField, F, OuterRef, Subquery, Value, When

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase

from .days import Days
from .overview import LAPSES


@dataclass(slots=True)
class Lapsed:
    """Customers known at the end of a day, and how many of them had not bought for more than 30, 60 and 90 days."""

    day: date
    customers: int
    counts: dict[int, int]


def lapsed(merchant: Merchant, *, day: date) -> Lapsed:
    """The figures of a day by what is on record now (one query, by customers)."""
    rows = list(
        CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0, first_on__lte=day)
        .annotate(silence=Days(Value(day, output_field=DateField()), last_seen(merchant, day)))
        .values_list("silence")
        .annotate(people=Count("customer"))
        .order_by()
    )
    return Lapsed(
        day,
        sum(people for __, people in rows),
        {days: sum(people for silence, people in rows if silence > days) for days in LAPSES},
    )


def last_seen(merchant: Merchant, day: date) -> Case:
    """The last purchase day of a CustomerActivity as it stood at the end of a day.

    Who bought after the day is looked up in the index of purchases; nobody else's history is read.
    """
    until = seen_until(merchant, day)
    return Case(When(last_on__lte=day, then=F("last_on")), default=until, output_field=DateField())


def seen_until(merchant: Merchant, day: date) -> Subquery:
    """The last purchase day until a day of the customer of a CustomerActivity, off the index of purchases."""
    until = (
        Purchase.objects.for_merchant(merchant).counted().filter(customer=OuterRef("customer"), occurred_on__lte=day)
    )
    return Subquery(until.order_by("-occurred_on").values("occurred_on")[:1])
