"""How people buy here: the basket in the middle, and how often those come who come regularly."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Count, F, Sum

from customers.merchants.models import Merchant
from customers.models import CustomerMonth
from rewards.expiry import months_later

MONTHS = 6  # complete ones, the last there are


@dataclass(frozen=True, slots=True)
class Habits:
    """Of known customers in the last complete months; money in minor units. Zeros and None where nobody bought.

    `basket` is the median of what customers spent for a purchase, by months; a *regular* bought in the window at least
    every second month on average, and `visits` is the median of their purchases a month; `active` is
    how many customers bought in a month, on average.
    """

    months: int = 0
    basket: int | None = None
    regulars: int = 0
    visits: Fraction | None = None
    customers: int = 0
    purchases: int = 0
    revenue: int = 0
    active: Fraction | None = None

    @property
    def purchases_a_month(self) -> Fraction:
        return Fraction(self.purchases, self.months or 1)

    @property
    def revenue_a_month(self) -> Fraction:
        return Fraction(self.revenue, self.months or 1)


def habits(merchant: Merchant, *, today: date) -> Habits:
    """The habits of a shop's customers before this month (five queries)."""
    this_month = today.replace(day=1)
    first = CustomerMonth.objects.filter(merchant=merchant, purchases__gt=0).order_by("month")
    oldest = first.values_list("month", flat=True).first()
    if oldest is None or oldest >= this_month:
        return Habits()
    since = max(oldest, months_later(this_month, -MONTHS))
    months = (this_month.year - since.year) * 12 + this_month.month - since.month
    rows = CustomerMonth.objects.filter(merchant=merchant, month__gte=since, month__lt=this_month, purchases__gt=0)
    sums = rows.aggregate(
        all=Count("pk"), people=Count("customer", distinct=True), p=Sum("purchases"), v=Sum("net_value")
    )
    if not sums["all"]:
        return Habits(months=months)
    baskets = rows.annotate(basket=F("net_value") / F("purchases")).order_by("basket").values_list("basket", flat=True)
    people = (
        rows.values("customer").annotate(times=Sum("purchases")).filter(times__gte=-(-months // 2)).order_by("times")
    )
    regulars = people.count()
    return Habits(
        months=months,
        basket=max(baskets[sums["all"] // 2], 0),
        regulars=regulars,
        visits=Fraction(people[regulars // 2]["times"], months) if regulars else None,
        customers=sums["people"],
        active=Fraction(sums["all"], months),
        purchases=sums["p"],
        revenue=max(sums["v"], 0),
    )
