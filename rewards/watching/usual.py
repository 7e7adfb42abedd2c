"""What is usual in this shop: most credits are alike, and one far above them is worth a look."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from customers.merchants.models import Merchant
from customers.models import Purchase
from rewards.models import Adjustment, Alert, Entry, Watch
from rewards.models.adjustments import AdjustmentStatus
from rewards.models.alerts import AlertKind
from rewards.models.ledger import EntryKind

SAMPLE = 2_000  # of the newest purchases: enough to know what is usual, and read in the same time in every shop
FEWEST = 30  # below so many nothing is usual yet
SHARE = 95  # of a hundred


def unusual(watched: Watch, start: datetime) -> Iterator[Alert]:
    """Purchases and adjustments that gave more than so many times what 95 of 100 purchases give (three queries).

    A rank and not a mean, so that one huge credit does not move the line under which it would hide.
    """
    limits = {program: watched.unusual_times * usual for program, usual in in_shop(watched.merchant).items()}
    if not limits:
        return
    above = earned(watched.merchant, start).filter(points__gt=min(limits.values()))
    for entry in above.select_related("purchase__staff", "account__program"):
        program = entry.account.program
        # Asked here and not of the database, which would read all accounts of a program to find the few purchases.
        if entry.points > limits.get(program.pk, entry.points):
            person = entry.purchase.staff.public_id if entry.purchase.staff else entry.actor
            yield told(entry.public_id, person, entry.points, limits, program, purchase=entry.purchase)
    for one in given(watched.merchant, start).select_related("membership__program"):
        program = one.membership.program
        if one.points > limits.get(program.pk, one.points):
            who = {"customer_id": one.membership.customer_id, "happened_on": one.requested_on}
            yield told(one.public_id, one.requested_by, one.points, limits, program, **who)


def in_shop(merchant: Merchant) -> dict[int, int]:
    """What 95 of 100 purchases give at most, by program, where enough is known of one (one query)."""
    newest = Purchase.objects.for_merchant(merchant).order_by("-occurred_at", "-pk").values("pk")[:SAMPLE]
    points = defaultdict(list)
    for program, given_points in Entry.objects.filter(purchase__in=newest, kind=EntryKind.EARN).values_list(
        "account__program", "points"
    ):
        points[program].append(given_points)
    return {program: rank(all_of) for program, all_of in points.items() if len(all_of) >= FEWEST}


def rank(numbers: list[int]) -> int:
    """The smallest of the numbers that 95 of 100 of them do not exceed."""
    return sorted(numbers)[-(-len(numbers) * SHARE // 100) - 1]


def earned(merchant: Merchant, start: datetime):
    """What purchases since a moment gave, of those that stand and no file brought."""
    recent = Purchase.objects.for_merchant(merchant).standing().filter(occurred_at__gte=start, imported=None)
    return Entry.objects.filter(purchase__in=recent.values("pk"), kind=EntryKind.EARN)


def given(merchant: Merchant, start: datetime):
    """Points that somebody gave by hand and alone since a moment."""
    mine = Adjustment.objects.for_merchant(merchant).filter(status=AdjustmentStatus.POSTED)
    return mine.filter(requested_at__gte=start, points__gt=0)


def told(name: str, person: str, points: int, limits: dict, program, *, purchase=None, **who) -> Alert:
    """A credit as a finding, not stored yet."""
    if purchase:
        who = {"customer_id": purchase.customer_id, "happened_on": purchase.occurred_on, "purchase": purchase}
    kind = AlertKind.UNUSUAL
    limit = limits[program.pk]
    return Alert(kind=kind, key=f"{kind}:{name}", person=person, count=points, limit=limit, unit=program.unit, **who)
