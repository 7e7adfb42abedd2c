"""Who is worth a word today: each function gives the primary keys of customers, for a count or a filter."""

from datetime import date, timedelta

from django.db.models import DateField, F, QuerySet, Value
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerActivity
from rewards.expiry import midnight
from rewards.models import Lot, Membership
from rewards.models.programs import Kind

from .days import Days

REGULAR = 4  # purchases
SHORTEST_SILENCE, LONGEST_SILENCE = 14, 90  # days


def definitions() -> dict[str, str]:
    """What each list means, in the active language."""
    return {
        "quiet": _(
            "Customers with four purchases or more who have not come for twice their usual time between purchases, "
            "for at least 14 and at most 90 days."
        ),
        "once": _("Customers with one purchase, made within the last 90 days but longer ago than twice the days that "
                  "usually lie between two visits here."),
        "expiring": _("Points that can be used until some day of the next 30, and the customers who hold them."),
    }  # fmt: skip


def quiet_regulars(merchant: Merchant, *, today: date) -> QuerySet:
    """Regulars silent for more than twice their average days between purchases, but not for long (one query).

    The average is that of the rollup: (last day − first day) / (purchases − 1).
    """
    now = Value(today, output_field=DateField())
    return (
        CustomerActivity.objects.filter(merchant=merchant, purchases__gte=REGULAR)
        .filter(last_on__lte=today - timedelta(days=SHORTEST_SILENCE))
        .filter(last_on__gte=today - timedelta(days=LONGEST_SILENCE))
        .annotate(silence=Days(now, F("last_on")), span=Days(F("last_on"), F("first_on")))
        .annotate(beyond=F("silence") * (F("purchases") - 1) - 2 * F("span"))
        .filter(beyond__gt=0)
        .values("customer")
    )


def bought_once(merchant: Merchant, *, days: int, today: date) -> QuerySet:
    """Customers with one purchase, more than `days` but at most 90 days ago."""
    return CustomerActivity.objects.filter(
        merchant=merchant,
        purchases=1,
        first_on__lt=today - timedelta(days=days),
        first_on__gte=today - timedelta(days=LONGEST_SILENCE),
    ).values("customer")


def expiring_lots(merchant: Merchant, *, days: int, today: date) -> QuerySet[Lot]:
    """Lots that still hold points and can be used until one of the next `days` days, today included.

    Stamps and cashback are no points: they would add up to nothing that one could say.
    """
    return Lot.objects.filter(
        account__program__merchant=merchant,
        account__program__kind=Kind.POINTS,
        remaining__gt=0,
        expires_at__gt=midnight(today, merchant.timezone),
        expires_at__lte=midnight(today + timedelta(days=days), merchant.timezone),
    )


def holders(merchant: Merchant, *, days: int, today: date) -> QuerySet:
    """Customers who hold such points."""
    accounts = expiring_lots(merchant, days=days, today=today).values("account")
    return Membership.objects.filter(account__in=accounts).values("customer")
