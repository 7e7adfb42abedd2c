"""Sales with a customer beside sales without: how much of the business the shop knows."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerMonth, Purchase

from .cohorts.periods import last_day, periods_between
from .days import MonthOf
from .overview import half_up, returns, share


@dataclass(slots=True)
class KnownMonth:
    """A month's counted purchases and net revenue, with a customer and without; money in minor units."""

    month: date
    purchases: int = 0
    revenue: int = 0
    anonymous_purchases: int = 0
    anonymous_revenue: int = 0

    @property
    def all_purchases(self) -> int:
        """All of the month's purchases."""
        return self.purchases + self.anonymous_purchases

    @property
    def all_revenue(self) -> int:
        """All of the month's revenue."""
        return self.revenue + self.anonymous_revenue

    @property
    def revenue_share(self) -> float | None:
        """What known customers brought, as a share of all revenue; None without any."""
        return share(self.revenue, self.all_revenue)

    @property
    def average(self) -> int | None:
        """A known customer's purchase on average, in minor units."""
        return half_up(self.revenue, self.purchases)

    @property
    def anonymous_average(self) -> int | None:
        """A purchase without a customer on average, in minor units."""
        return half_up(self.anonymous_revenue, self.anonymous_purchases)


def definitions() -> dict[str, str]:
    """What the figures mean, in the active language."""
    return {
        "known": _("Counted purchases of customers with a card, and what they are worth after refunds and returns."),
        "anonymous": _("Sales rung up without a card, after refunds and returns."),
        "revenue_share": _("What known customers brought, divided by all revenue of the month."),
    }


def known(merchant: Merchant, *, since: date, until: date) -> list[KnownMonth]:
    """Every month from that of `since` to that of `until` (three queries).

    Costs by customers and months, and by the sales without a customer in that time.
    """
    found = {month: KnownMonth(month) for month in periods_between(since, until)}
    first, last = since.replace(day=1), last_day(until.replace(day=1))
    bought = CustomerMonth.objects.filter(merchant=merchant, month__gte=first, month__lte=last)
    sums = bought.values_list("month").annotate(count=Sum("purchases"), value=Sum("net_value")).order_by()
    for month, count, value in sums:
        found[month].purchases, found[month].revenue = count, value
    inside = {"customer": None, "occurred_on__gte": first, "occurred_on__lte": last}
    sold = Purchase.objects.for_merchant(merchant).standing().filter(Q(refunded__lt=F("amount")) | Q(amount=0))
    sales = by_month(sold.filter(**inside)).annotate(count=Count("id"), value=Sum(F("amount") - F("refunded")))
    for month, count, value in sales:
        found[month].anonymous_purchases, found[month].anonymous_revenue = count, value
    for month, value in by_month(returns(merchant).filter(**inside)).annotate(value=Sum("amount")):
        found[month].anonymous_revenue -= value
    return list(found.values())


def by_month(rows):
    """Rows grouped by the month of their day."""
    return rows.annotate(month=MonthOf("occurred_on")).values_list("month").order_by()
