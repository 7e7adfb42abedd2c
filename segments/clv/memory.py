"""The last valuation of each shop, kept for a while: reading a long history takes seconds."""

from datetime import date
from time import perf_counter

from django.core.cache import cache
from django.db.models import BigIntegerField, Count, F, Max, Sum
from django.db.models.functions import Cast

from customers.merchants.models import Merchant
from customers.models import CustomerActivity

from .valuation import Valuation, value

KEPT = 3_600  # seconds
LONG = 1.0  # seconds of reckoning, after which a shop rests
RESTS = 100  # times as long as it took: reckoning takes a hundredth of one process at most
USUAL_DISCOUNT = 0.10


def valued(merchant: Merchant, *, as_of: date, discount: float = USUAL_DISCOUNT) -> Valuation:
    """The value of each customer at the end of a day, from memory where nothing has changed since (one query, by
    customers; four, one of them by history, where something has). One valuation is kept for each shop; one that took
    long serves for a while whatever has changed."""
    question, place = (as_of, discount), name(merchant)
    known = cache.get_many([place, resting(merchant)])
    asked, at_version, found = known.get(place, (None, None, None))
    if asked == question and resting(merchant) in known:
        return found
    now = version(merchant)
    if (asked, at_version) == (question, now):
        return found
    began = perf_counter()
    found = value(merchant, as_of=as_of, discount=discount)
    took = perf_counter() - began
    cache.set(place, (question, now, found), timeout=KEPT)
    if took > LONG:
        cache.set(resting(merchant), True, timeout=min(KEPT, int(took * RESTS)))
    return found


def latest(merchant: Merchant) -> Valuation | None:
    """What was last reckoned, whatever has been bought since; None where nothing was (no query)."""
    kept = cache.get(name(merchant))
    return kept[2] if kept else None


def version(merchant: Merchant) -> tuple:
    """What changes with every purchase, refund, void, return, move and merge: sums of the customers' activity."""
    found = CustomerActivity.objects.filter(merchant=merchant).aggregate(
        people=Count("pk"),
        bought=Sum("purchases"),
        worth=Sum("net_value"),
        whose=Sum(Cast("pk", BigIntegerField()) * F("purchases")),
        last=Max("last_at"),
    )
    return tuple(found.values())


def name(merchant: Merchant) -> str:
    return f"clv:{merchant.public_id}"


def resting(merchant: Merchant) -> str:
    return f"clv-rests:{merchant.public_id}"
