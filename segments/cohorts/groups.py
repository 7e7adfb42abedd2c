"""Cohorts by what the first purchase was: its channel, its location, or what weighed most in it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import connections, models, router
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, CustomerMonth, Purchase, PurchaseLine
from segments.models import Resolution

from .cells import PERIOD_OF, day
from .periods import is_partial, last_day, period_of, periods_between
from .report import newest_day


class By(models.TextChoices):
    """What first purchases are told apart by."""

    CHANNEL = "channel", gettext_lazy("First channel")
    CATEGORY = "category", gettext_lazy("First category")
    PRODUCT = "product", gettext_lazy("First product")
    LOCATION = "location", gettext_lazy("First location")


@dataclass
class Group:
    """The customers whose first purchase had this `name` ("" where it had none).

    Place k is the k-th period after each customer's own first: `bases[k]` have such a period on record, `retained[k]`
    of them bought in it, for `revenue[k]` minor units.
    """

    name: str
    size: int
    bases: list[int]
    retained: list[int]
    revenue: list[int]

    @property
    def rates(self) -> list[float]:
        """Retained as a share of those who have such a period."""
        return [count / base for count, base in zip(self.retained, self.bases, strict=True)]

    @property
    def worth(self) -> list[float]:
        """What a customer has brought until the end of each period, in minor units.

        Added up from the means of the periods, each over those who have it.
        """
        total, found = 0.0, []
        for value, base in zip(self.revenue, self.bases, strict=True):
            total += value / base
            found.append(total)
        return found


@dataclass
class Groups:
    """Groups, the largest first; `first` and `last` bound their first purchases.

    `partial_month` is the last period where it is not all on record yet.
    """

    by: str
    groups: list[Group] = field(default_factory=list)
    first: date | None = None
    last: date | None = None
    partial_month: date | None = None
    resolution: str = Resolution.MONTH


def group_definitions() -> dict[str, str]:
    """What each figure means, in the active language."""
    return {
        "group": _(
            "Customers by their first counted purchase: its channel, its location, or the product or category that "
            "cost most in it. Empty where the first purchase does not say."
        ),
        "bases": _("Customers of the group who have such a period on record: the younger ones do not yet."),
        "retained": _("Those of them with at least one counted purchase in that period."),
        "revenue": _("Net value of their purchases in that period, in minor units."),
    }


def by_first(
    merchant: Merchant,
    *,
    by: str,
    since: date | None = None,
    until: date | None = None,
    resolution: str = Resolution.MONTH,
) -> Groups:
    """Groups of the customers who first came from the period of `since` to that of `until` (two queries).

    Costs by customers and months: of the history only first purchases are read.
    """
    newest = newest_day(merchant)
    if newest is None:
        return Groups(by, resolution=resolution)
    last = period_of(until or newest, resolution)
    sizes: dict[str, dict[date, int]] = defaultdict(dict)
    cells: dict[str, dict[tuple[date, date], tuple[int, int]]] = defaultdict(dict)
    people = firsts(merchant, by=by, resolution=resolution).filter(first_on__lte=last_day(last, resolution))
    if since:
        people = people.filter(first_on__gte=period_of(since, resolution))
    for name, cohort, period, buyers, value in tallied(people, resolution):
        cells[name][cohort, period] = (buyers, value)
        if period == cohort:
            sizes[name][cohort] = buyers
    found = [grouped(name, sizes[name], cells[name], last, resolution) for name in cells]
    found.sort(key=lambda one: (-one.size, one.name))
    partial = last if is_partial(last, newest, resolution) else None
    first = min((cohort for one in sizes.values() for cohort in one), default=last)
    return Groups(by, found, first, last, partial, resolution)


def firsts(merchant: Merchant, *, by: str, resolution: str = Resolution.MONTH) -> QuerySet[CustomerActivity]:
    """Customers with a purchase, each with `cohort` and the `name` of the group."""
    first = (
        Purchase.objects.for_merchant(merchant)
        .counted()
        .filter(customer=OuterRef("customer"), occurred_on=OuterRef("first_on"))
        .order_by("occurred_at", "id")
    )
    if by in (By.CHANNEL, By.LOCATION):
        name = Subquery(first.values("channel" if by == By.CHANNEL else "location__name")[:1])
    else:
        ours = Purchase.objects.for_merchant(merchant).counted().filter(
            customer=OuterRef(OuterRef("customer")), occurred_on=OuterRef(OuterRef("first_on"))
        ).order_by("occurred_at", "id")  # fmt: skip
        lines = PurchaseLine.objects.filter(purchase=Subquery(ours.values("pk")[:1])).order_by("-amount", "number")
        name = Subquery(lines.values("category" if by == By.CATEGORY else "name")[:1])
    bought = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0)
    return bought.annotate(cohort=PERIOD_OF[resolution](F("first_on")), name=name)


def tallied(people: QuerySet[CustomerActivity], resolution: str) -> list[tuple[str, date, date, int, int]]:
    """Name, cohort, period, buyers and net value; each customer's name is found once, and not for every month."""
    sql, params = people.values_list("customer", "cohort", "name").query.sql_with_params()
    connection = connections[router.db_for_read(CustomerMonth)]
    period = {
        ("postgresql", Resolution.MONTH): "m.month",
        ("sqlite", Resolution.MONTH): "m.month",
        ("postgresql", Resolution.QUARTER): "CAST(date_trunc('quarter', m.month) AS date)",
        ("sqlite", Resolution.QUARTER): (
            "date(m.month, '-' || ((CAST(strftime('%%m', m.month) AS integer) - 1) %% 3) || ' months')"
        ),
    }[connection.vendor, Resolution(resolution)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH people (customer, cohort, name) AS MATERIALIZED ({sql})
            SELECT COALESCE(p.name, ''), p.cohort, {period},
                COUNT(DISTINCT CASE WHEN m.purchases > 0 THEN p.customer END), CAST(SUM(m.net_value) AS bigint)
            FROM people p JOIN {CustomerMonth._meta.db_table} m ON m.customer_id = p.customer
            WHERE m.month >= p.cohort GROUP BY 1, 2, 3""",
            params,
        )
        return [(name, day(cohort), day(of), buyers, value) for name, cohort, of, buyers, value in cursor.fetchall()]


def grouped(
    name: str, sizes: dict[date, int], cells: dict[tuple[date, date], tuple[int, int]], last: date, resolution: str
) -> Group:
    """The cohorts of one group laid over each other by their age."""
    longest = len(periods_between(min(sizes), last, resolution))
    bases, retained, revenue = ([0] * longest for __ in range(3))
    for cohort, size in sizes.items():
        for place, period in enumerate(periods_between(cohort, last, resolution)):
            buyers, value = cells.get((cohort, period), (0, 0))
            bases[place] += size
            retained[place] += buyers
            revenue[place] += value
    return Group(name, sum(sizes.values()), bases, retained, revenue)


def in_group(merchant: Merchant, *, by: str, name: str) -> QuerySet:
    """The primary keys of the customers of a group, for a filter."""
    people = firsts(merchant, by=by)
    return (people.filter(name=name) if name else people.filter(models.Q(name="") | models.Q(name=None))).values(
        "customer"
    )
