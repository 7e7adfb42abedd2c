"""What is known of segments: how many people, what they are worth, who came and left, whom they share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, Sum

from customers.merchants.models import Merchant
from customers.models import AudienceMember, CustomerActivity
from segments.models import Segment


@dataclass(slots=True)
class Figures:
    """One segment: `people` in it, their net `value` ever in minor units, and who `entered` and `left` since a moment.

    Whoever was put on the list when it was made has not entered: only who came later did.
    """

    people: int = 0
    value: int = 0
    entered: int = 0
    left: int = 0

    @property
    def moved(self) -> bool:
        """Whether anybody came or left."""
        return bool(self.entered or self.left)


@dataclass(slots=True)
class Moved:
    """A segment at a moment: how many are in it, and how many came and left since the moment before."""

    at: datetime
    people: int
    came: int
    left: int


def figures(merchant: Merchant, segments: Iterable[Segment], *, since: datetime) -> dict[int, Figures]:
    """The figures of some segments by primary key (two queries)."""
    keys = {segment.audience_id: segment.pk for segment in segments}
    found = {key: Figures() for key in keys.values()}
    members = AudienceMember.objects.filter(audience__in=list(keys)).order_by()
    later = Q(added_at__gte=since, added_at__gt=F("audience__segment__created_at"))
    here = members.now().values("audience").annotate(
        people=Count("pk"), entered=Count("pk", filter=later), value=Sum("customer__activity__net_value")
    )  # fmt: skip
    for row in here:
        one = found[keys[row["audience"]]]
        one.people, one.entered, one.value = row["people"], row["entered"], row["value"] or 0
    for row in members.left(since).values("audience").annotate(left=Count("pk")):
        found[keys[row["audience"]]].left = row["left"]
    return found


def everybody(merchant: Merchant) -> tuple[int, int]:
    """How many cards the shop has, and what their purchases are worth in minor units (two queries)."""
    worth = CustomerActivity.objects.filter(merchant=merchant).aggregate(total=Sum("net_value"))["total"]
    return merchant.customers.count(), worth or 0


def overlaps(segment: Segment) -> list[tuple[Segment, int]]:
    """Other active segments with people of this one, and how many; most first (two queries)."""
    mine = segment.audience.members.now().values("customer")
    shared = dict(
        AudienceMember.objects.now()
        .filter(audience__segment__merchant=segment.merchant_id, audience__segment__archived_at=None)
        .filter(customer__in=mine)
        .exclude(audience=segment.audience_id)
        .order_by()
        .values_list("audience")
        .annotate(people=Count("pk"))
    )
    others = Segment.objects.for_merchant(segment.merchant_id).filter(audience__in=list(shared))
    found = [(other, shared[other.audience_id]) for other in others]
    return sorted(found, key=lambda pair: (-pair[1], pair[0].name))


def trend(segment: Segment, moments: Sequence[datetime]) -> list[Moved]:
    """The segment at some moments in their order (one query); the first has nobody to compare with: nobody moved."""
    if not moments:
        return []
    members = segment.audience.members.order_by()
    counts = {}
    for number, moment in enumerate(moments):
        here = Q(added_at__lte=moment) & (Q(removed_at=None) | Q(removed_at__gt=moment))
        counts[f"people{number}"] = Count("pk", filter=here)
        if number:
            before = moments[number - 1]
            counts[f"came{number}"] = Count("pk", filter=Q(added_at__gt=before, added_at__lte=moment))
            counts[f"left{number}"] = Count("pk", filter=Q(removed_at__gt=before, removed_at__lte=moment))
    found = members.aggregate(**counts)
    return [
        Moved(moment, found[f"people{number}"], found.get(f"came{number}", 0), found.get(f"left{number}", 0))
        for number, moment in enumerate(moments)
    ]
