"""How fast somebody earns, as far as the last months tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q, Sum

from rewards.models import Entry
from rewards.models.ledger import EntryKind

LATELY, BEFORE = timedelta(days=90), timedelta(days=180)
LEAST = 30  # days: whoever earned for the first time this week is not taken for somebody who does so every week


@dataclass(frozen=True, slots=True)
class Pace:
    """`points` earned in `days`."""

    points: int = 0
    days: int = 1

    def days_to(self, missing: int) -> int | None:
        """Days until so many more points are earned at this pace, rounded up; None for who does not earn."""
        if missing <= 0:
            return 0
        return -(-missing * self.days // self.points) if self.points > 0 else None


def paces(accounts: Iterable[int], *, at: datetime) -> dict[int, Pace]:
    """The pace of each account (key) over the last 90 days, or where nothing was earned in them over 180 (one query).

    Earned is what purchases and activities gave less what returns took back. An account that began to earn meanwhile is
    measured from then on, over 30 days at least.
    """
    earned = Entry.objects.filter(
        account__in=list(accounts), kind__in=[EntryKind.EARN, EntryKind.REVERSE], occurred_at__gt=at - BEFORE,
        occurred_at__lte=at,
    )  # fmt: skip
    lately = Q(occurred_at__gt=at - LATELY)
    sums = (
        earned.values_list("account")
        .annotate(lately=Sum("points", filter=lately, default=0), all=Sum("points"), first=Min("occurred_at"))
        .order_by()
    )
    return {account: pace(recent, points, (at - first).days + 1) for account, recent, points, first in sums}


def pace(recent: int, points: int, since: int) -> Pace:
    """The pace of somebody who earned these points in 90 and 180 days, for the first time `since` days ago."""
    if recent > 0:
        return Pace(recent, max(min(since, LATELY.days), LEAST))
    return Pace(points, max(since, LEAST))
