"""Who is worth a word today: each function gives the primary keys of customers, for a count or a filter."""

import calendar
from datetime import date, timedelta

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import Consent, Customer, CustomerActivity
from rewards.expiry import midnight
from rewards.models import Lot, Membership, Voucher
from rewards.models.programs import Kind
from rewards.models.vouchers import VoucherStatus

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
        "vouchers": _("Vouchers in the hands of customers that can be used until some day of the next seven."),
        "birthday": _("Customers whose birthday is today or on one of the six days after it."),
        "unasked": _("Customers who bought within the last 30 days, whose phone or e-mail is known, and who were never "
                     "asked whether they want messages."),
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


def ending_vouchers(merchant: Merchant, *, days: int, today: date) -> QuerySet[Voucher]:
    """Open vouchers in somebody's hand that can be used until one of the next `days` days, today included."""
    zone = merchant.timezone
    begun = Q(starts_at=None) | Q(starts_at__lt=midnight(today + timedelta(days=1), zone))
    return Voucher.objects.for_merchant(merchant).filter(
        begun,
        status=VoucherStatus.OPEN,
        customer__isnull=False,
        expires_at__gt=midnight(today, zone),
        expires_at__lte=midnight(today + timedelta(days=days), zone),
    )


def birthdays(merchant: Merchant, *, days: int, today: date) -> QuerySet[Customer]:
    """Whose birthday is on one of so many days, today included."""
    return Customer.objects.for_merchant(merchant).filter(birthday__in=days_of_year(today, days))


def days_of_year(today: date, days: int) -> list[str]:
    """So many days as MM-DD; who was born on the 29th of February has the 28th in other years."""
    every = [today + timedelta(days=ahead) for ahead in range(days)]
    found = [f"{day:%m-%d}" for day in every]
    common = any((day.month, day.day) == (2, 28) and not calendar.isleap(day.year) for day in every)
    return [*found, "02-29"] if common and "02-29" not in found else found


def unasked(merchant: Merchant, *, days: int, today: date) -> QuerySet[CustomerActivity]:
    """Who bought lately, could be reached, and was never asked for a consent."""
    reachable = Q(customer__phone__isnull=False) | Q(customer__email__isnull=False)
    asked = Consent.objects.filter(customer=OuterRef("customer"))
    lately = CustomerActivity.objects.filter(merchant=merchant, last_on__gt=today - timedelta(days=days))
    return lately.filter(reachable).exclude(Exists(asked))
