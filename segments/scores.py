"""The night's copy of where everybody stands: scores, life cycle, next visit expected and worth, in one small table."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction

from customers.merchants import rows
from customers.merchants.models import Merchant
from segments import lifecycle, rfv
from segments.clv import valuation
from segments.clv.memory import USUAL_DISCOUNT
from segments.lifecycle.columns import STATES
from segments.models import CustomerScore

FIELDS = [
    "customer", "merchant", "as_of", "state", "due_on", "recency_score", "frequency_score", "value_score",
    "p_alive", "clv_12m", "clv_status",
]  # fmt: skip


def refresh(*, merchant: Merchant, at: datetime) -> int:
    """Make the copy of a shop anew, as of the day that it is there; returns for how many customers.

    Everything is reckoned first, then written in one short transaction: whoever reads meanwhile sees the copy before.
    May be repeated. Who bought for the first time while it was reckoned waits for the next night.
    """
    day = today(merchant, at)
    lifecycle.keep(merchant=merchant)
    made = list(reckoned(merchant, day))
    with transaction.atomic():
        Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)  # of two workers one comes after the other
        CustomerScore.objects.filter(merchant=merchant).delete()
        rows.insert(CustomerScore, FIELDS, made)
    rows.analyze(CustomerScore)
    return len(made)


def is_fresh(*, merchant: Merchant, at: datetime) -> bool:
    """Whether the copy is of the day that it is at the shop."""
    return CustomerScore.objects.filter(merchant=merchant, as_of=today(merchant, at)).exists()


def today(merchant: Merchant, at: datetime) -> date:
    """The day that it is at the shop."""
    return at.astimezone(ZoneInfo(merchant.timezone)).date()


def reckoned(merchant: Merchant, day: date) -> Iterator[tuple]:
    """The rows in the order of FIELDS, of everybody whom all three reports know, in the order of their keys."""
    customers, __, __, __, *points = (column.tolist() for column in rfv.everybody(merchant, day=day))
    scores = dict(zip(customers, zip(*points, strict=True), strict=True))
    worth = valued(merchant, day)
    keys, states, due = lifecycle.states_and_due(merchant, day=day)
    for place in np.argsort(keys).tolist():
        customer = int(keys[place])
        if customer in scores and customer in worth:
            standing = STATES[states[place]].value
            yield (customer, merchant.pk, day, standing, day_of(due[place]), *scores[customer], *worth[customer])


def day_of(number: int) -> date | None:
    """A day by its number in the calendar; none for 0."""
    return date.fromordinal(int(number)) if number else None


def valued(merchant: Merchant, day: date) -> dict[int, tuple]:
    """Each customer's probability of being alive, worth in minor units, and the status that both stand under."""
    found = valuation.value(merchant, as_of=day, discount=USUAL_DISCOUNT)
    keys, status = found.people.keys.tolist(), found.status.value
    if found.worth is None:
        return dict.fromkeys(keys, (None, None, status))
    figures = zip(keys, found.p_alive.tolist(), found.worth.tolist(), strict=True)
    return {customer: (alive, worth, status) for customer, alive, worth in figures}
