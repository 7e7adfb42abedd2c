"""Finding what is worth a look: set by set, within a window of time, each thing told once.

The schedule looks, and so does whoever opens the inbox: what stands there does not depend on a job.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, DateField, QuerySet
from django.db.models.functions import TruncWeek

from customers.merchants.models import Merchant
from customers.models import Purchase, Refund
from rewards import expiry
from rewards.models import Adjustment, Alert, Watch
from rewards.models.alerts import AlertKind, SelfCredit

from . import own_entries, usual
from .thresholds import watch

WINDOW = timedelta(days=14)


@transaction.atomic
def find(*, merchant: Merchant, at: datetime, since: datetime) -> int:
    """Write down what is new since the beginning of the local week of `since`, and counts that grew while open.

    Returns how many are new. At most fourteen queries, however much is found.
    """
    watched, start = watch(merchant), beginning(merchant, since)
    found = {
        alert.key: alert
        for alert in chain(
            often(watched, start),
            adjusting(watched, start),
            returning(watched, start),
            usual.unusual(watched, start) if watched.unusual_times else (),
            own_entries.credited(merchant, start) if watched.self_credit != SelfCredit.ALLOWED else (),
        )
    }
    return tell(merchant, found, at=at)


def beginning(merchant: Merchant, since: datetime) -> datetime:
    """The start of the local week of a moment, so that no day and no week is counted in part."""
    day = since.astimezone(ZoneInfo(merchant.timezone)).date()
    return expiry.midnight(day - timedelta(days=day.weekday()), merchant.timezone)


def tell(merchant: Merchant, found: dict[str, Alert], *, at: datetime) -> int:
    """Store the findings that are new; of those still open, what was counted (three queries at most)."""
    if not found:
        return 0
    known = {alert.key: alert for alert in Alert.objects.for_merchant(merchant).filter(key__among=list(found))}
    fresh = [alert for key, alert in found.items() if key not in known]
    for alert in fresh:
        alert.merchant, alert.found_at = merchant, at
    Alert.objects.bulk_create(fresh, ignore_conflicts=True)  # somebody else may be looking in this very moment
    grown = [alert for key, alert in known.items() if alert.state == "open" and alert.count != found[key].count]
    for alert in grown:
        alert.count = found[alert.key].count
    if grown:
        Alert.objects.bulk_update(grown, ["count"])
    return len(fresh)


def served(merchant: Merchant, start: datetime) -> QuerySet[Purchase]:
    """Purchases of known customers that a person of the shop recorded since a moment."""
    mine = Purchase.objects.for_merchant(merchant).standing().filter(occurred_at__gte=start, imported=None)
    return mine.filter(staff__isnull=False, customer__isnull=False).order_by()


def often(watched: Watch, start: datetime) -> Iterator[Alert]:
    """The same customer, served by the same person again and again (a query for days, one for weeks)."""
    for kind, limit, period in (
        (AlertKind.CUSTOMER_DAY, watched.customer_day, None),
        (AlertKind.CUSTOMER_WEEK, watched.customer_week, TruncWeek("occurred_on")),
    ):
        if not limit:
            continue
        rows = served(watched.merchant, start)
        rows = rows.annotate(period=period) if period else rows
        by = ("staff__public_id", "customer", "period" if period else "occurred_on")
        for person, customer, day, number in rows.values_list(*by).annotate(n=Count("pk")).filter(n__gte=limit):
            key = f"{kind}:{person}:{customer}:{day}"
            yield counted(kind, key, person, day, number, limit, customer_id=customer)


def adjusting(watched: Watch, start: datetime) -> Iterator[Alert]:
    """Many adjustments that one person or key asked for on a day (one query)."""
    limit = watched.adjustments_day
    if not limit:
        return
    mine = Adjustment.objects.for_merchant(watched.merchant).filter(requested_at__gte=start)
    days = mine.values_list("requested_by", "requested_on").annotate(n=Count("pk")).filter(n__gte=limit)
    for person, day, number in days.order_by():
        kind = AlertKind.ADJUSTMENTS
        yield counted(kind, f"{kind}:{person}:{day}", person, day, number, limit)


def unreceipted(merchant: Merchant) -> QuerySet[Refund]:
    """What was taken back without a receipt, with whose it was; not what an import brought."""
    mine = Refund.objects.filter(merchant=merchant, purchase=None, imported=None, undone_at=None)
    return mine.select_related("customer")


def returning(watched: Watch, start: datetime) -> Iterator[Alert]:
    """Returns without a receipt that one person or key took in a week (one query)."""
    limit = watched.returns_week
    if not limit:
        return
    mine = unreceipted(watched.merchant)
    week = TruncWeek("recorded_at", tzinfo=ZoneInfo(watched.merchant.timezone), output_field=DateField())
    weeks = mine.order_by().filter(recorded_at__gte=start).exclude(actor="").annotate(week=week)
    for person, day, number in weeks.values_list("actor", "week").annotate(n=Count("pk")).filter(n__gte=limit):
        kind = AlertKind.RETURNS
        yield counted(kind, f"{kind}:{person}:{day}", person, day, number, limit)


def counted(kind: str, key: str, person: str, day: date, count: int, limit: int, **more) -> Alert:
    """A finding that is a number of things on a day or in a week; not stored yet."""
    return Alert(kind=kind, key=key, person=person, happened_on=day, count=count, limit=limit, **more)
