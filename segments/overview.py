"""The shop in a dozen figures, each with its definition, as of the end of a day."""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from django.db import connections, router
from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase, Refund

LAPSES = (30, 60, 90)


@dataclass
class Overview:
    """Plain figures; money in minor units, rounded half up. None means: not known yet, with nothing to divide by."""

    as_of: date
    customers: int = 0
    purchases: int = 0
    anonymous_purchases: int = 0
    revenue: int = 0
    anonymous_revenue: int = 0
    average_purchase: int | None = None
    repeat_customers: int = 0
    repeat_rate: float | None = None
    lapsed_30d: int = 0
    lapsed_60d: int = 0
    lapsed_90d: int = 0
    lapsed_30d_rate: float | None = None
    lapsed_60d_rate: float | None = None
    lapsed_90d_rate: float | None = None
    top_20_share: float | None = None
    top_10_share: float | None = None
    median_gap_days: float | None = None
    definitions: dict[str, str] = field(default_factory=dict)

    def figures(self) -> dict:
        """The figures without what explains them."""
        found = asdict(self)
        del found["as_of"], found["definitions"]
        return found


def definitions() -> dict[str, str]:
    """What each figure means, in the active language."""
    lapsed = _("Customers whose last purchase day is more than %(days)d days before the date.")
    part = _("The same, as a share of customers.")
    top = _(
        "Net value of the %(percent)d %% of customers worth most (rounded up to whole customers), as a share of all."
    )
    return {
        "customers": _("Customers with at least one counted purchase: not voided, not refunded whole."),
        "purchases": _("Counted purchases of customers, and anonymous sales."),
        "anonymous_purchases": _("Sales without a customer, included in purchases."),
        "revenue": _("Net of refunds and returns, anonymous sales included, in minor units."),
        "anonymous_revenue": _("Net revenue of sales without a customer, included in revenue, in minor units."),
        "average_purchase": _("Revenue divided by purchases, in minor units, rounded half up."),
        "repeat_customers": _("Customers with two or more counted purchases."),
        "repeat_rate": _("Customers with two or more purchases, divided by customers with at least one."),
        **{f"lapsed_{days}d": lapsed % {"days": days} for days in LAPSES},
        **{f"lapsed_{days}d_rate": part for days in LAPSES},
        "top_20_share": top % {"percent": 20},
        "top_10_share": top % {"percent": 10},
        "median_gap_days": _("Median of the days between one purchase day and the next, all customers together."),
    }


def overview(merchant: Merchant, *, as_of: date) -> Overview:
    """The figures at the end of a day in the merchant's time zone.

    Nine queries, by customers and not by history, except for anonymous sales and the gaps between visits, which are
    read off an index.
    """
    found = Overview(as_of=as_of, definitions=definitions())
    current = is_current(merchant, as_of)
    people = people_from_rollup(merchant) if current else people_from_purchases(merchant, as_of)
    value = count_people(found, people, as_of)
    count_sales(found, merchant, worth_from_rollup(merchant) if current else worth_from_purchases(merchant, as_of))
    found.top_20_share = share(best(people, found.customers, percent=20), value)
    found.top_10_share = share(best(people, found.customers, percent=10), value)
    found.median_gap_days = median_gap(merchant, as_of)
    return found


def is_current(merchant: Merchant, as_of: date) -> bool:
    """Whether nothing was bought or returned after that day, so that the rollup is what stood at its end."""
    newest = CustomerActivity.objects.filter(merchant=merchant).aggregate(day=Max("last_on"))["day"]
    if newest and newest > as_of:
        return False
    return not returns(merchant).filter(customer__isnull=False, occurred_on__gt=as_of).exists()


def returns(merchant: Merchant) -> QuerySet:
    """Returns without a purchase; one with a purchase is in the purchase's `refunded`, whenever it came."""
    return Refund.objects.filter(merchant=merchant, purchase=None, undone_at=None)


def people_from_rollup(merchant: Merchant) -> QuerySet:
    """Customers with a counted purchase: `last_on`, `purchases` and `net_value`, as the rollup has them."""
    return CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0).values(
        "customer", "last_on", "purchases", "net_value"
    )


def people_from_purchases(merchant: Merchant, as_of: date) -> QuerySet:
    """The same from the raw purchases and returns until the end of a day; a test compares both."""
    returned = (
        returns(merchant)
        .filter(occurred_on__lte=as_of, customer=OuterRef("customer"))
        .order_by()
        .values("customer")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return (
        counted_until(merchant, as_of)
        .order_by()
        .values("customer")
        .annotate(
            last_on=Max("occurred_on"),
            purchases=Count("id"),
            net_value=Sum(F("amount") - F("refunded")) - Coalesce(Subquery(returned), 0),
        )
    )


def counted_until(merchant: Merchant | int, as_of: date) -> QuerySet:
    """Counted purchases until the end of a day."""
    return Purchase.objects.for_merchant(merchant).counted().filter(occurred_on__lte=as_of)


def worth_from_rollup(merchant: Merchant) -> int:
    """Net revenue of identified sales; returns of people without a counted purchase lower it too."""
    return CustomerActivity.objects.filter(merchant=merchant).aggregate(total=Sum("net_value", default=0))["total"]


def worth_from_purchases(merchant: Merchant, as_of: date) -> int:
    """The same from the raw purchases and returns until the end of a day."""
    bought = counted_until(merchant, as_of).aggregate(total=Sum(F("amount") - F("refunded"), default=0))
    returned = returns(merchant).filter(customer__isnull=False, occurred_on__lte=as_of)
    return bought["total"] - returned.aggregate(total=Sum("amount", default=0))["total"]


def count_people(found: Overview, people: QuerySet, as_of: date) -> int:
    """Count customers, those who came again and those who have not for a while; returns the net value of all."""
    before = {f"lapsed_{days}d": Q(last_on__lt=as_of - timedelta(days=days)) for days in LAPSES}
    counts = people.aggregate(
        people=Count("customer"),
        again=Count("customer", filter=Q(purchases__gte=2)),
        visits=Sum("purchases", default=0),
        value=Sum("net_value", default=0),
        **{name: Count("customer", filter=condition) for name, condition in before.items()},
    )
    found.customers, found.repeat_customers, found.purchases = counts["people"], counts["again"], counts["visits"]
    found.repeat_rate = share(found.repeat_customers, found.customers)
    for name in before:
        setattr(found, name, counts[name])
        setattr(found, f"{name}_rate", share(counts[name], found.customers))
    return counts["value"]


def count_sales(found: Overview, merchant: Merchant, worth: int) -> None:
    """Add anonymous sales to the customers' purchases and their `worth`, and keep them apart too."""
    anonymous = Purchase.objects.for_merchant(merchant).standing().filter(customer=None, occurred_on__lte=found.as_of)
    sold = anonymous.filter(Q(refunded__lt=F("amount")) | Q(amount=0)).aggregate(
        purchases=Count("id"), revenue=Sum(F("amount") - F("refunded"), default=0)
    )
    returned = returns(merchant).filter(customer=None, occurred_on__lte=found.as_of)
    found.anonymous_purchases = sold["purchases"]
    found.anonymous_revenue = sold["revenue"] - returned.aggregate(total=Sum("amount", default=0))["total"]
    found.purchases += found.anonymous_purchases
    found.revenue = worth + found.anonymous_revenue
    found.average_purchase = half_up(found.revenue, found.purchases)


def best(people: QuerySet, customers: int, *, percent: int) -> int | None:
    """Net value of the ⌈percent⌉ of customers worth most."""
    first = people.order_by("-net_value")[: -(-customers * percent // 100)]
    return first.aggregate(total=Sum("net_value"))["total"]


def median_gap(merchant: Merchant | int, as_of: date) -> float | None:
    """Days between consecutive purchase days, all customers pooled; halfway between the middle two of an even number.

    The database counts how often each length occurs, by the index of a customer's days; the median is read off that.
    """
    days = counted_until(merchant, as_of).order_by().values("customer", "occurred_on")
    counts = gap_counts(days)
    middle = (sum(count for __, count in counts) - 1) / 2
    if middle < 0:
        return None
    return (at_place(counts, int(middle)) + at_place(counts, int(middle + 0.5))) / 2


def gap_counts(days: QuerySet) -> list[tuple[int, int]]:
    """How often each gap in days occurs between consecutive days of the same customer, shortest first.

    Purchases of one day leave gaps of nothing, which are left out: quicker than making the days distinct.
    """
    connection = connections[router.db_for_read(Purchase)]
    sql, params = days.query.sql_with_params()
    before = "lag(occurred_on) OVER visits"
    gap = {
        "postgresql": f"occurred_on - {before}",
        "sqlite": f"CAST(julianday(occurred_on) - julianday({before}) AS integer)",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH days (customer, occurred_on) AS ({sql}),
            gaps (gap) AS (
                SELECT {gap} FROM days WINDOW visits AS (PARTITION BY customer ORDER BY occurred_on)
            )
            SELECT gap, COUNT(*) FROM gaps WHERE gap > 0 GROUP BY gap ORDER BY gap""",
            params,
        )
        return cursor.fetchall()


def at_place(counts: list[tuple[int, int]], place: int) -> int:
    """The value at a place of the sorted list that the counts stand for."""
    for value, count in counts:
        if place < count:
            return value
        place -= count
    raise IndexError(place)


def share(part: int | None, whole: int | None) -> float | None:
    """Part of a whole; None when there is no whole."""
    return part / whole if whole and part is not None else None


def half_up(total: int, count: int) -> int | None:
    """An average in whole minor units, halves away from zero; None without a count."""
    if not count:
        return None
    rounded = (2 * abs(total) + count) // (2 * count)
    return rounded if total >= 0 else -rounded
