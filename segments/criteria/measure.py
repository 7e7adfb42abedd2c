"""How many meet a definition, who for example, what they are worth, and in which other segments they are."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Sum

from customers.merchants.models import Merchant
from customers.models import AudienceMember, Customer

from .compiling import customers, known
from .tree import Criteria

SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many of them are on another list as it stands, and what share of them that is."""

    segment: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Measure:
    """The figures of a definition at a moment; money in minor units, shares None where there is nothing to share."""

    count: int
    customers: int
    revenue: int
    all_revenue: int
    sample: list[Customer] = field(default_factory=list)
    overlap: list[Overlap] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """Of all customers."""
        return self.count / self.customers if self.customers else None

    @property
    def revenue_share(self) -> float | None:
        """Of the net value of all customers."""
        return self.revenue / self.all_revenue if self.all_revenue > 0 else None


def measure(criteria: Criteria, *, merchant: Merchant, at: datetime, without: str | None = None) -> Measure:
    """The figures of a definition (four queries); `without` is the id of the segment itself, which is no overlap."""
    found = customers(criteria, merchant=merchant, at=at)
    count, revenue = totals(found)
    everybody, all_revenue = totals(known(merchant))
    sample = list(found.order_by("-created_at", "-pk")[:SAMPLE])
    return Measure(count, everybody, revenue, all_revenue, sample, overlap(found, merchant, without))


def totals(people) -> tuple[int, int]:
    """How many customers, and their net value in minor units (one query)."""
    found = people.order_by().aggregate(count=Count("pk"), value=Sum("activity__net_value", default=0))
    return found["count"], found["value"]


def overlap(found, merchant: Merchant, without: str | None) -> list[Overlap]:
    """The other lists that some of them are on, the largest part first (one query)."""
    members = AudienceMember.objects.now().filter(audience__merchant=merchant, customer__in=found.order_by())
    rows = members.exclude(audience__public_id=without or "").order_by()
    rows = rows.values_list("audience__public_id", "audience__name").annotate(people=Count("pk"))
    return [Overlap(*row) for row in sorted(rows, key=lambda row: (-row[2], row[1]))]
