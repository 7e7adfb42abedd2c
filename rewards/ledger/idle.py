"""Points that last while their account is not idle: when they are over follows from its last counted purchase.

A lot is over `idle_months` after the later of its `idle_from` and the last counted purchase of the account's members,
through the end of that local day. So a purchase moves all lots of the account, and a void moves them back, without a
row being written. That the last purchase is enough to know rests on one habit: when a purchase comes after a lot was
over, the lot's expiry is booked with it (`expiring.settle_idle`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from customers.models import CustomerActivity, Purchase
from rewards import expiry
from rewards.models import Lot, PointsAccount

SLACK = timedelta(days=4)


@dataclass(slots=True)
class Clock:
    """The last counted purchase of an account's members, and the shop's time zone."""

    last_at: datetime | None
    zone: str

    def start(self, since: datetime) -> datetime:
        """The moment from which idleness is counted: a lot's own, or the last purchase."""
        return max(since, self.last_at) if self.last_at else since

    def over_at(self, start: datetime, months: int) -> datetime:
        """When points are over that have been idle since a moment."""
        day = start.astimezone(ZoneInfo(self.zone)).date()
        return expiry.expires_at("months", months, day, self.zone)


def clocks(accounts: Collection[int], *, at: datetime | None = None) -> dict[int, Clock]:
    """The clock of each account as it stands, or as it stood at a moment (two queries)."""
    if at is None:
        active = CustomerActivity.objects.filter(customer__memberships__account__among=accounts)
        last = active.values_list("customer__memberships__account").annotate(Max("last_at"))
    else:
        bought = Purchase.objects.counted().filter(customer__memberships__account__among=accounts, occurred_at__lte=at)
        last = bought.values_list("customer__memberships__account").annotate(Max("occurred_at"))
    moments = dict(last.order_by())
    found = PointsAccount.objects.filter(pk__among=accounts)
    return {key: Clock(moments.get(key), zone) for key, zone in found.values_list("pk", "program__merchant__timezone")}


def kinds(lots: QuerySet) -> list[tuple[str, int]]:
    """The time zones and months of the idle lots among these: so many answers does it take to say which are over."""
    found = lots.filter(idle_months__isnull=False).order_by()
    return list(found.values_list("account__program__merchant__timezone", "idle_months").distinct())


def lasting(zone: str, months: int, *, at: datetime) -> tuple[Q, Q]:
    """Which lots these are, and which of them are not over at a moment, as things stand."""
    start = expiry.midnight(first_lasting_day(months, at.astimezone(ZoneInfo(zone)).date()), zone)
    bought = CustomerActivity.objects.filter(customer__memberships__account=OuterRef("account"), last_at__gte=start)
    these = Q(idle_months=months, account__program__merchant__timezone=zone)
    return these, Q(idle_from__gte=start) | Exists(bought)


def first_lasting_day(months: int, today: date) -> date:
    """The earliest day since which points may have been idle and are still good today."""
    day = expiry.months_later(today, -months) - SLACK  # short months
    while expiry.months_later(day, months) < today:
        day += timedelta(days=1)
    return day


def first_over(start: datetime, months: int, clock: Clock, bought: Iterable[datetime]) -> datetime | None:
    """When points were over before one of the purchases (in order of time) could move them; None if never."""
    for moment in bought:
        if moment > start:
            over = clock.over_at(start, months)
            if over <= moment:
                return over
            start = moment
    return None


def purchases_since(accounts: Collection[int], since: datetime) -> dict[int, list[datetime]]:
    """The moments of the counted purchases of each account since a moment, in order (one query)."""
    found: dict[int, list[datetime]] = {}
    bought = Purchase.objects.counted().filter(customer__memberships__account__among=accounts, occurred_at__gte=since)
    for account, moment in bought.order_by("occurred_at").values_list("customer__memberships__account", "occurred_at"):
        found.setdefault(account, []).append(moment)
    return found


def freeze(account: int) -> None:
    """Let the account's idle lots last as they do whoever leaves it now, spent ones too, of which the past asks.

    Those that are over are booked before.
    """
    last = clocks([account])[account].last_at
    if last:
        Lot.objects.filter(account=account, idle_months__isnull=False, idle_from__lt=last).update(idle_from=last)
