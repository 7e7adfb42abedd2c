"""What brings first-timers back: who had something in the first basket beside who had not.

Both shares are of customers with a whole 90 days on record since; a difference is called sure only where it stays away
from nothing although so many were compared. It is no experiment: who buys a thing may be another customer anyway.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity, Purchase, PurchaseLine
from customers.tastes import Item, items
from rewards.expiry import months_later
from segments.days import Days
from segments.intervals import newcombe, wilson, z_of

WITHIN = 90  # days
ENOUGH = 30  # customers, on either side
MONTHS = 24  # of first visits; what was bought before says little of today's shelf


@dataclass(frozen=True, slots=True)
class Compared:
    """Who had an item in the first basket, and who had not: customers, and those of them who came on another day."""

    item: Item
    name: str
    customers: int
    returned: int
    others: int
    others_returned: int
    z: float

    @property
    def share(self) -> float:
        return self.returned / self.customers

    @property
    def others_share(self) -> float:
        return self.others_returned / self.others

    @property
    def interval(self) -> tuple[float, float]:
        """Of the share, at 95 %."""
        return wilson(self.returned, self.customers)

    @property
    def difference(self) -> float:
        return self.share - self.others_share

    @property
    def difference_interval(self) -> tuple[float, float]:
        """Of the difference, at 95 %."""
        return newcombe(self.returned, self.customers, self.others_returned, self.others)

    @property
    def is_sure(self) -> bool:
        """Whether the difference stays on its side of nothing also in view of how many were compared."""
        low, high = newcombe(self.returned, self.customers, self.others_returned, self.others, z=self.z)
        return low > 0 or high < 0


@dataclass(frozen=True, slots=True)
class FirstBaskets:
    """First visits from `since` to `until`: `all_customers`, of whom `customers` have a basket with known lines;
    `returned` of them came again. `compared` has what enough of them had, the largest difference first."""

    since: date
    until: date
    all_customers: int = 0
    customers: int = 0
    returned: int = 0
    compared: list[Compared] = field(default_factory=list)

    @property
    def sure(self) -> list[Compared]:
        """What those who come back had more often, for sure."""
        return [one for one in self.compared if one.is_sure and one.difference > 0]


def definitions() -> dict[str, str]:
    """What the figures mean, in the active language."""
    return {
        "returned": _("Customers who came on another day, at most 90 days after their first."),
        "with_it": _("Customers who had the product, or something of the category, in a purchase of their first day."),
        "others": _("Customers whose first basket is known and had nothing of it."),
        "interval": _(
            "95 of 100 such intervals hold the true share (Wilson 1927) or the true difference (Newcombe 1998, "
            "method 10)."
        ),
        "sure": _(
            "The difference stays on one side of zero also when its interval is widened for the number of products "
            "and categories compared (Bonferroni). It does not say that the product is the cause: who buys it may be "
            "another kind of customer anyway. Only a trial tells."
        ),
        "which": _(
            "First visits of the last 24 months that lie at least 90 days back; products and categories with 30 "
            "customers on either side."
        ),
    }


def first_baskets(merchant: Merchant, *, day: date) -> FirstBaskets:
    """The comparison on a day (two queries, by the customers of two years and the lines of their first day)."""
    since, until = months_later(day, -MONTHS), day - timedelta(days=WITHIN)
    came = dict(newcomers(merchant, since=since, until=until).values_list("customer", "gap"))
    returned = {customer for customer, gap in came.items() if gap is not None and gap <= WITHIN}
    baskets, names = read(first_lines(merchant, since=since, until=until))
    return FirstBaskets(
        since=since,
        until=until,
        all_customers=len(came),
        customers=len(baskets),
        returned=len(returned & baskets.keys()),
        compared=compare(baskets, returned, names),
    )


def newcomers(merchant: Merchant, *, since: date, until: date) -> QuerySet:
    """Customers whose first day lies between two days, with the days to their second one (`gap`)."""
    second = (
        Purchase.objects.for_merchant(merchant)
        .counted()
        .filter(customer=OuterRef("customer"), occurred_on__gt=OuterRef("first_on"))
        .order_by("occurred_on")
        .values("occurred_on")[:1]
    )
    first = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0, first_on__range=(since, until))
    return first.annotate(gap=Days(Subquery(second), F("first_on")))


def first_lines(merchant: Merchant, *, since: date, until: date) -> QuerySet:
    """Customer, SKU, name and category of each line of a first day."""
    first = Purchase.objects.for_merchant(merchant).counted().filter(
        occurred_on__range=(since, until), occurred_on=F("customer__activity__first_on")
    )  # fmt: skip
    lines = PurchaseLine.objects.filter(purchase__in=first, excluded=False)
    return lines.values_list("purchase__customer", "sku", "name", "category")


def read(lines: Iterable[tuple]) -> tuple[dict[int, set[Item]], dict[Item, str]]:
    """What each customer had, and how each item is written."""
    baskets: dict[int, set[Item]] = defaultdict(set)
    names: dict[Item, str] = {}
    for customer, sku, name, category in lines:
        for item in items(sku, name, category):
            baskets[customer].add(item)
            names.setdefault(item, (category if item.kind == "category" else name.strip() or sku).strip())
    return baskets, names


def compare(baskets: dict[int, set[Item]], returned: set[int], names: dict[Item, str]) -> list[Compared]:
    """Each item that enough had and enough had not, the largest difference first; pure."""
    having: dict[Item, list[bool]] = defaultdict(list)
    for customer, basket in baskets.items():
        for item in basket:
            having[item].append(customer in returned)
    everybody, back = len(baskets), len(returned & baskets.keys())
    shown = {item: came for item, came in having.items() if ENOUGH <= len(came) <= everybody - ENOUGH}
    z = z_of(len(shown)) if shown else 0.0
    found = [
        Compared(item, names[item], len(came), sum(came), everybody - len(came), back - sum(came), z)
        for item, came in shown.items()
    ]
    return sorted(found, key=lambda one: (-one.difference, one.item))
