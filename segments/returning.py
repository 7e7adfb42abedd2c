"""Returning share: how many of a month's customers had bought before that month."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerMonth

from .cohorts import months_between


@dataclass(slots=True)
class ReturningMonth:
    """The customers of a month, and those of them whose first purchase lies before it."""

    month: date
    customers: int
    returning: int

    @property
    def share(self) -> float | None:
        """Returning customers as a share; None in a month without any."""
        return self.returning / self.customers if self.customers else None


def definition() -> str:
    """What the figure means, in the active language."""
    return _(
        "Customers of the month whose first purchase lies before that month, divided by all customers of the month."
    )


def returning(merchant: Merchant, *, since: date, until: date) -> list[ReturningMonth]:
    """Every month from that of `since` to that of `until` (one query, by customers and months)."""
    counted = (
        CustomerMonth.objects.filter(merchant=merchant, purchases__gt=0)
        .filter(month__gte=since.replace(day=1), month__lte=until)
        .values_list("month")
        .annotate(
            customers=Count("customer"), again=Count("customer", filter=Q(customer__activity__first_on__lt=F("month")))
        )
        .order_by()
    )
    found = {month: (customers, again) for month, customers, again in counted}
    return [ReturningMonth(month, *found.get(month, (0, 0))) for month in months_between(since, until)]
