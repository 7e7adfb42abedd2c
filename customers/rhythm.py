"""How often and on which day somebody comes, from the latest visits: computed when one card is read."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from customers.models import Customer, Purchase

LATEST = 200  # visit days; what somebody did years ago says little
ENOUGH_GAPS, ENOUGH_VISITS = 2, 4


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`gap_days` between visits in the middle, and `weekday` (0 is Monday) with how many of `visits` fell on it.

    None where there are too few visits to say, or, for the weekday, where no day leads. `gaps` are all that were
    measured, the latest first.
    """

    visits: int
    gap_days: float | None
    weekday: int | None
    on_weekday: int = 0
    gaps: tuple[int, ...] = field(default=(), compare=False)


def of(customer: Customer) -> Rhythm:
    """The rhythm of one customer's latest 200 visit days (one query, answered by an index)."""
    bought = Purchase.objects.for_merchant(customer.merchant_id).counted().filter(customer=customer)
    days = bought.order_by("-occurred_on").values_list("occurred_on", flat=True).distinct()
    return measured(list(days[:LATEST]))


def measured(days: list[date]) -> Rhythm:
    """The same of visit days, the latest first, each once."""
    gaps = [(later - earlier).days for later, earlier in pairwise(days)]
    gap = float(median(gaps)) if len(gaps) >= ENOUGH_GAPS else None
    weekdays = [day.weekday() for day in days]
    weekday = leading(weekdays) if len(days) >= ENOUGH_VISITS else None
    return Rhythm(len(days), gap, weekday, weekdays.count(weekday), tuple(gaps))


def usual_hour(customer: Customer) -> int | None:
    """The hour of the day, at the shop, in which most of the latest 200 purchases were made; None while there are
    fewer than four, or two hours lead (one query, answered by an index)."""
    bought = Purchase.objects.for_merchant(customer.merchant_id).counted().filter(customer=customer)
    latest = bought.order_by("-occurred_on").values_list("occurred_at", flat=True)[:LATEST]
    zone = ZoneInfo(customer.merchant.timezone)
    hours = [moment.astimezone(zone).hour for moment in latest]
    return leading(hours) if len(hours) >= ENOUGH_VISITS else None


def leading(values: list[int]) -> int | None:
    """What occurs most often; None where two do."""
    ranked = Counter(values).most_common(2)
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] > ranked[1][1] else None
