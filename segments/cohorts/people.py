"""From a cell of a cohort table to its customers: what stands in an address, as a condition and in words."""

import re
from datetime import date

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import month
from customers.models import CustomerMonth
from segments.days import MonthNumber
from segments.models import Resolution

from .groups import By, in_group
from .periods import MONTHS, last_day

NONE = "(none)"  # the group of those whose first purchase does not say
LONGEST = 1_200  # months
FIRST = {
    By.CHANNEL: gettext_lazy("came first through “%(name)s”"),
    By.CATEGORY: gettext_lazy("came first for “%(name)s”"),
    By.PRODUCT: gettext_lazy("bought “%(name)s” first"),
    By.LOCATION: gettext_lazy("came first to “%(name)s”"),
}
Found = tuple[Q, str]


def cohort(text: str, merchant: Merchant, today: date) -> Found:
    """`cohort=2026-01`, `cohort=2026-Q1` or `cohort=2026-01..2026-06`: the first purchase ever fell in that time."""
    first, last, words = read_time(text)
    inside = Q(activity__first_on__gte=first, activity__first_on__lte=last)
    return inside, _("first bought in %(month)s") % {"month": words}


def active(text: str, merchant: Merchant, today: date) -> Found:
    """`active=2026-03` or `active=2026-Q1`: a counted purchase in that time."""
    first, last, words = read_time(text)
    buyers = CustomerMonth.objects.filter(merchant=merchant, month__gte=first, month__lte=last, purchases__gt=0)
    return Q(pk__in=buyers.values("customer")), _("bought in %(month)s") % {"month": words}


def again(text: str, merchant: Merchant, today: date) -> Found:
    """`again=2`: a counted purchase in the second month after that of the first; `again=2q`: in that quarter.

    `again=2_until_2026-06` looks no further than that month.
    """
    found = re.fullmatch(r"([0-9]{1,4})(q?)(?:_until_([0-9]{4}-[0-9]{2}))?", text, re.ASCII)
    if not found or int(found[1]) > LONGEST:
        raise ValueError(text)
    number, size = int(found[1]), MONTHS[Resolution.QUARTER if found[2] else Resolution.MONTH]
    months = CustomerMonth.objects.filter(merchant=merchant, purchases__gt=0)
    if found[3]:
        months = months.filter(month__lte=read_time(found[3])[1])
    # Whole periods since the calendar began; integers, so that dividing rounds down on both databases.
    then, first = ((MonthNumber(F(name)) - 1) / size for name in ("month", "customer__activity__first_on"))
    buyers = months.annotate(apart=then - first).filter(apart=number).values("customer")
    if size == MONTHS[Resolution.QUARTER]:
        words = _("bought in quarter %(n)d after that of the first purchase")
    else:
        words = _("bought in month %(n)d after that of the first purchase")
    return Q(pk__in=buyers), words % {"n": number}


def first(by: str):
    """A filter such as `first_channel=web`: what the first purchase was."""

    def found(text: str, merchant: Merchant, today: date) -> Found:
        name = "" if text == NONE else text
        return Q(pk__in=in_group(merchant, by=by, name=name)), FIRST[by] % {"name": name or _("not known")}

    found.__doc__ = f"`first_{by}=…`: the first purchase had this name, or `{NONE}`."
    return found


def read_time(text: str) -> tuple[date, date, str]:
    """A month, a quarter, or months from one to another: first day, last day, and in words; ValueError for others."""
    start, dots, end = text.partition("..")
    if dots:
        (first, __, said), (__, last, until) = read_time(start), read_time(end)
        return first, last, _("%(first)s to %(last)s") % {"first": said, "last": until}
    quarter = re.fullmatch(r"([0-9]{4})-Q([1-4])", text, re.ASCII)
    if quarter:
        day = checked(date(int(quarter[1]), int(quarter[2]) * 3 - 2, 1))
        return day, last_day(day, Resolution.QUARTER), period_words(day, Resolution.QUARTER)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text, re.ASCII):
        raise ValueError(text)
    day = checked(date.fromisoformat(f"{text}-01"))
    return day, last_day(day), month(day)


def checked(day: date) -> date:
    """A day in the centuries of shops; ValueError otherwise."""
    if not 1900 <= day.year < 9999:
        raise ValueError(day)
    return day


def written(period: date, resolution: str = Resolution.MONTH) -> str:
    """A period as an address has it."""
    return f"{period:%Y}-Q{(period.month + 2) // 3}" if resolution == Resolution.QUARTER else f"{period:%Y-%m}"


def period_words(period: date, resolution: str = Resolution.MONTH) -> str:
    """A period as people call it: Nov 2026, or Q4 2026."""
    if resolution == Resolution.QUARTER:
        return _("Q%(quarter)d %(year)d") % {"quarter": (period.month + 2) // 3, "year": period.year}
    return month(period)
