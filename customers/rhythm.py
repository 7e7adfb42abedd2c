"""How often and on which day somebody comes, from the latest visits: computed when one card is read."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

from customers.models import Customer, Purchase

LATEST = 200  # visit days; what somebody did years ago says little
ENOUGH_GAPS, ENOUGH_VISITS = 2, 4


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`gap_days` between visits in the middle, and `weekday` (0 is Monday) with how many of `visits` fell on it.

    None where there are too few visits to say, or, for the weekday, where no day leads.
    """

    visits: int
    gap_days: float | None
    weekday: int | None
    on_weekday: int = 0


def of(customer: Customer) -> Rhythm:
    """The rhythm of one customer's latest 200 visit days (one query, answered by an index)."""
    bought = Purchase.objects.for_merchant(customer.merchant_id).counted().filter(customer=customer)
    days = bought.order_by("-occurred_on").values_list("occurred_on", flat=True).distinct()
    return measured(list(days[:LATEST]))


def measured(days: list[date]) -> Rhythm:
    """The same of visit days, the latest first, each once."""
    gaps = [(later - earlier).days for later, earlier in pairwise(days)]
    gap = float(median(gaps)) if len(gaps) >= ENOUGH_GAPS else None
    ranked = Counter(day.weekday() for day in days).most_common(2)
    leads = len(days) >= ENOUGH_VISITS and (len(ranked) == 1 or ranked[0][1] > ranked[1][1])
    weekday, on_weekday = ranked[0] if leads else (None, 0)
    return Rhythm(len(days), gap, weekday, on_weekday)
