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
    """The figures at the end of a day in the merchant's time zone (seven queries, by customers and not by history)."""
    found = Overview(as_of=as_of, definitions=definitions())
    people = people_as_of(merchant, as_of)
    count_people(found, people, as_of)
    count_sales(found, merchant, people, as_of)
    found.top_20_share = top_share(people, found.customers, percent=20)
    found.top_10_share = top_share(people, found.customers, percent=10)
    found.median_gap_days = median_gap(merchant, as_of)
    return found


def people_as_of(merchant: Merchant, as_of: date) -> QuerySet:
    """Customers with `last_on`, `purchases` and `net_value` at the end of a day.

    The rollup answers when nothing was bought after that day; otherwise the purchases until then are added up. A
    refund belongs to its purchase whenever it came. A test compares both ways for the same day.
    """
    rollup = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
    newest = rollup.aggregate(day=Max("last_on"))["day"]
    returned_later = Refund.objects.filter(merchant=merchant, purchase=None, undone_at=None, occurred_on__gt=as_of)
    if (newest is None or newest <= as_of) and not returned_later.exists():
        return rollup.values("customer", "last_on", "purchases", "net_value")
    return people_from_purchases(merchant, as_of)


def people_from_purchases(merchant: Merchant, as_of: date) -> QuerySet:
    """The same from the raw purchases and returns until the end of a day."""
    returned = (
        Refund.objects.filter(merchant=merchant, purchase=None, undone_at=None, occurred_on__lte=as_of)
        .filter(customer=OuterRef("customer"))
        .order_by()
        .values("customer")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    return (
        Purchase.objects.for_merchant(merchant)
        .counted()
        .filter(occurred_on__lte=as_of)
        .order_by()
        .values("customer")
        .annotate(
            last_on=Max("occurred_on"),
            purchases=Count("id"),
            net_value=Sum(F("amount") - F("refunded")) - Coalesce(Subquery(returned), 0),
        )
    )


def count_people(found: Overview, people: QuerySet, as_of: date) -> None:
    """Customers, those who came again, and those who have not for a while."""
    lapsed = {
        f"lapsed_{days}d": Count("customer", filter=Q(last_on__lt=as_of - timedelta(days=days))) for days in LAPSES
    }
    counts = people.aggregate(people=Count("customer"), again=Count("customer", filter=Q(purchases__gte=2)), **lapsed)
    found.customers, found.repeat_customers = counts["people"], counts["again"]
    found.repeat_rate = share(found.repeat_customers, found.customers)
    for days in LAPSES:
        setattr(found, f"lapsed_{days}d", counts[f"lapsed_{days}d"])
        setattr(found, f"lapsed_{days}d_rate", share(counts[f"lapsed_{days}d"], found.customers))


def count_sales(found: Overview, merchant: Merchant, people: QuerySet, as_of: date) -> None:
    """Purchases and revenue, anonymous sales included and apart."""
    known = people.aggregate(purchases=Sum("purchases", default=0))
    anonymous = Purchase.objects.for_merchant(merchant).standing().filter(customer=None, occurred_on__lte=as_of)
    sold = anonymous.filter(Q(refunded__lt=F("amount")) | Q(amount=0)).aggregate(
        purchases=Count("id"), revenue=Sum(F("amount") - F("refunded"), default=0)
    )
    returned = Refund.objects.filter(merchant=merchant, purchase=None, undone_at=None, occurred_on__lte=as_of)
    loose = returned.filter(customer=None).aggregate(total=Sum("amount", default=0))["total"]
    worth = customers_worth(merchant, as_of)
    found.anonymous_purchases, found.anonymous_revenue = sold["purchases"], sold["revenue"] - loose
    found.purchases = known["purchases"] + found.anonymous_purchases
    found.revenue = worth + found.anonymous_revenue
    found.average_purchase = half_up(found.revenue, found.purchases)


def customers_worth(merchant: Merchant, as_of: date) -> int:
    """Net revenue of identified sales until a day; returns of people without a counted purchase lower it too."""
    bought = Purchase.objects.for_merchant(merchant).counted().filter(occurred_on__lte=as_of)
    returned = Refund.objects.filter(
        merchant=merchant, purchase=None, customer__isnull=False, undone_at=None, occurred_on__lte=as_of
    )
    return (
        bought.aggregate(total=Sum(F("amount") - F("refunded"), default=0))["total"]
        - returned.aggregate(total=Sum("amount", default=0))["total"]
    )


def top_share(people: QuerySet, customers: int, *, percent: int) -> float | None:
    """Net value of the ⌈percent⌉ of customers worth most, divided by that of all."""
    everybody = people.aggregate(total=Sum("net_value"))["total"]
    best = people.order_by("-net_value")[: -(-customers * percent // 100)]
    return share(best.aggregate(total=Sum("net_value"))["total"] if everybody else None, everybody)


def median_gap(merchant: Merchant, as_of: date) -> float | None:
    """Days between consecutive purchase days, all customers pooled; halfway between the middle two of an even number.

    The database counts how often each length occurs, by the index of a customer's days; the median is read off that.
    """
    bought = Purchase.objects.for_merchant(merchant).counted().filter(occurred_on__lte=as_of)
    days = bought.order_by().values("customer", "occurred_on").distinct()
    counts = gap_counts(days)
    middle = (sum(count for __, count in counts) - 1) / 2
    if middle < 0:
        return None
    return (at_place(counts, int(middle)) + at_place(counts, int(middle + 0.5))) / 2


def gap_counts(days: QuerySet) -> list[tuple[int, int]]:
    """How often each gap in days occurs between consecutive days of the same customer, shortest first."""
    connection = connections[router.db_for_read(Purchase)]
    sql, params = days.query.sql_with_params()
    gap = "occurred_on - before" if connection.vendor == "postgresql" else "julianday(occurred_on) - julianday(before)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH days (customer, occurred_on) AS ({sql}),
            gaps AS (
                SELECT occurred_on, lag(occurred_on) OVER (PARTITION BY customer ORDER BY occurred_on) AS before
                FROM days
            )
            SELECT CAST({gap} AS integer) AS days, COUNT(*) FROM gaps WHERE before IS NOT NULL GROUP BY 1 ORDER BY 1""",
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
