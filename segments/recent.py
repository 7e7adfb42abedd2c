"""The last days beside those before them: what was sold, who came, who came for the first time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Min, Q, Sum
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase, Refund
from rewards.expiry import midnight

from .overview import half_up

DAYS, WEEKS = 30, 13


@dataclass(slots=True)
class Sales:
    """Net revenue in minor units and counted purchases of a day, a week or a period, anonymous sales included."""

    first: date
    revenue: int = 0
    purchases: int = 0


@dataclass(slots=True)
class Period:
    """What happened from one day to another, both included."""

    first: date
    last: date
    revenue: int = 0
    purchases: int = 0
    new_customers: int = 0
    customers: int = 0
    returning: int = 0

    @property
    def returning_share(self) -> float | None:
        """Customers who had bought before the period, as a share; None without customers."""
        return self.returning / self.customers if self.customers else None

    @property
    def average_purchase(self) -> int | None:
        """Revenue divided by purchases, rounded half up; None without purchases."""
        return half_up(self.revenue, self.purchases)


@dataclass(slots=True)
class Recent:
    """The last 30 days and the 30 before; the last weeks, oldest first; the first day that the shop knows of."""

    now: Period
    before: Period
    weeks: list[Sales]
    since: date | None

    @property
    def comparable(self) -> bool:
        """Whether the days before are all on record."""
        return self.since is not None and self.since <= self.before.first


def definitions() -> dict[str, str]:
    """What the figures mean, in the active language."""
    return {
        "revenue": _("What was sold in the last 30 days, today included, less what came back of it."),
        "purchases": _("Purchases of the last 30 days, today included: not voided, not refunded whole."),
        "new_customers": _("Customers whose first purchase ever lies in the last 30 days, today included."),
        "returning_share": _(
            "Of the customers who bought in the last 30 days, the share of those who had bought before these days."
        ),
        "weeks": _("Net revenue of each week from Monday to Sunday; the present week is not complete."),
    }


def recent(merchant: Merchant, *, today: date) -> Recent:
    """The figures on a day (four queries: by the days of 13 weeks, and by customers)."""
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    days = daily(merchant, since=monday, until=today)
    now = Period(today - timedelta(days=DAYS - 1), today)
    before = Period(now.first - timedelta(days=DAYS), now.first - timedelta(days=1))
    for period in (now, before):
        sold = [day for day in days if period.first <= day.first <= period.last]
        period.revenue, period.purchases = sum(day.revenue for day in sold), sum(day.purchases for day in sold)
    count_buyers(merchant, now, before)
    since = count_new(merchant, now, before)
    return Recent(now, before, weekly(days, first=monday, last=today), since)


def daily(merchant: Merchant, *, since: date, until: date) -> list[Sales]:
    """Days with a sale or a return (two queries; purchases by the index of their moment)."""
    standing = Purchase.objects.for_merchant(merchant).standing()
    sold = (
        standing.filter(occurred_at__gte=midnight(since, merchant.timezone), occurred_on__lte=until)
        .values_list("occurred_on")
        .annotate(
            revenue=Sum(F("amount") - F("refunded")),
            purchases=Count("id", filter=Q(refunded__lt=F("amount")) | Q(amount=0)),
        )
        .order_by()
    )
    returned = (
        Refund.objects.filter(merchant=merchant, purchase=None, undone_at=None)
        .filter(occurred_on__gte=since, occurred_on__lte=until)
        .values_list("occurred_on")
        .annotate(amount=Sum("amount"))
        .order_by()
    )
    days = {day: Sales(day, revenue, purchases) for day, revenue, purchases in sold}
    for day, amount in returned:
        days.setdefault(day, Sales(day)).revenue -= amount
    return sorted(days.values(), key=lambda day: day.first)


def weekly(days: Iterable[Sales], *, first: date, last: date) -> list[Sales]:
    """Weeks from the Monday `first` to the week of `last`, from the first week with a sale on."""
    weeks = [Sales(first + timedelta(weeks=number)) for number in range((last - first).days // 7 + 1)]
    for day in days:
        week = weeks[(day.first - first).days // 7]
        week.revenue += day.revenue
        week.purchases += day.purchases
    begun = next((number for number, week in enumerate(weeks) if week.purchases or week.revenue), len(weeks))
    return weeks[begun:]


def count_buyers(merchant: Merchant, now: Period, before: Period) -> None:
    """Count the customers of both periods, and those who had bought before each (one query)."""
    counted = Purchase.objects.for_merchant(merchant).counted()
    bought = counted.filter(occurred_at__gte=midnight(before.first, merchant.timezone), occurred_on__lte=now.last)
    within = {
        "now": Q(occurred_on__gte=now.first),
        "before": Q(occurred_on__gte=before.first, occurred_on__lte=before.last),
    }
    again = {"now": now.first, "before": before.first}
    people = bought.aggregate(
        **{name: Count("customer", distinct=True, filter=condition) for name, condition in within.items()},
        **{
            f"{name}_again": Count(
                "customer", distinct=True, filter=condition & Q(customer__activity__first_on__lt=again[name])
            )
            for name, condition in within.items()
        },
    )
    now.customers, now.returning = people["now"], people["now_again"]
    before.customers, before.returning = people["before"], people["before_again"]


def count_new(merchant: Merchant, now: Period, before: Period) -> date | None:
    """Count the new customers of both periods; returns the day of the shop's first known purchase (one query)."""
    people = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0).aggregate(
        since=Min("first_on"),
        now=Count("customer", filter=Q(first_on__gte=now.first, first_on__lte=now.last)),
        before=Count("customer", filter=Q(first_on__gte=before.first, first_on__lte=before.last)),
    )
    now.new_customers, before.new_customers = people["now"], people["before"]
    return people["since"]
