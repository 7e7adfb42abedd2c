"""The month so far beside the same days of the month before and of the year before."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import Purchase, Refund
from rewards.expiry import midnight, months_later


@dataclass(slots=True)
class Stretch:
    """Days from `first` to `last`, both included: net revenue, counted purchases (anonymous sales included), and what
    rewards and vouchers took off; money in minor units."""

    first: date
    last: date
    revenue: int = 0
    purchases: int = 0
    taken_off: int = 0


@dataclass(slots=True)
class MonthToDate:
    """The days of this month until today, and the same days before; `since` is the shop's first day with a purchase."""

    now: Stretch
    month_before: Stretch
    year_before: Stretch
    since: date | None

    def knows(self, stretch: Stretch) -> bool:
        """Whether all its days are on record."""
        return self.since is not None and self.since <= stretch.first


def definitions() -> dict[str, str]:
    """What the figures mean, in the active language."""
    return {
        "revenue": _("What was sold from the first of the month until today, less what came back of it."),
        "same_days": _(
            "The same days of the month before and of the year before; where that month is shorter, until its last. "
            "Today still counts on, the days compared with are complete."
        ),
        "taken_off": _("What rewards and vouchers took off the purchases of these days."),
    }


def month_to_date(merchant: Merchant, *, today: date) -> MonthToDate:
    """The figures on a day (five queries, by the purchases of these days)."""
    found = MonthToDate(*stretches(today), since=first_day(merchant))
    every = (found.now, found.month_before, found.year_before)
    for stretch in every:
        count_sales(merchant, stretch)
    take_returns(merchant, every)
    return found


def stretches(today: date) -> tuple[Stretch, Stretch, Stretch]:
    """This month until today, and the same days a month and a year before."""
    first = today.replace(day=1)
    return tuple(Stretch(months_later(first, -back), months_later(today, -back)) for back in (0, 1, 12))


def first_day(merchant: Merchant) -> date | None:
    """The day of the shop's first purchase that stands."""
    oldest = Purchase.objects.for_merchant(merchant).standing().order_by("occurred_at", "id")
    return oldest.values_list("occurred_on", flat=True).first()


def count_sales(merchant: Merchant, stretch: Stretch) -> None:
    """What was sold on these days, by the index of the moment."""
    zone = merchant.timezone
    days = {
        "occurred_at__gte": midnight(stretch.first, zone),
        "occurred_at__lt": midnight(stretch.last + timedelta(days=1), zone),
    }
    sold = Purchase.objects.for_merchant(merchant).standing().filter(**days)
    found = sold.aggregate(
        revenue=Sum(F("amount") - F("refunded"), default=0),
        purchases=Count("id", filter=Q(refunded__lt=F("amount")) | Q(amount=0)),
        taken_off=Sum("discount", default=0),
    )
    stretch.revenue, stretch.purchases = found["revenue"], found["purchases"]
    stretch.taken_off = found["taken_off"]


def take_returns(merchant: Merchant, every: tuple[Stretch, ...]) -> None:
    """Take off what came back without a purchase (one query)."""
    back = Refund.objects.filter(merchant=merchant, purchase=None, undone_at=None, occurred_on__gte=every[-1].first)
    within = {
        f"days{place}": Sum(
            "amount", default=0, filter=Q(occurred_on__gte=stretch.first, occurred_on__lte=stretch.last)
        )
        for place, stretch in enumerate(every)
    }
    found = back.aggregate(**within)
    for place, stretch in enumerate(every):
        stretch.revenue -= found[f"days{place}"]
