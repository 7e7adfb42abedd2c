"""Whom the shop is about to lose, those with most at stake first: by the night's scores, without who came since."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import itemgetter

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import CustomerMonth
from rewards.expiry import months_later
from segments.clv.valuation import Status
from segments.lifecycle import Standing, State
from segments.lifecycle.rhythm import by_month
from segments.lifecycle.states import judge
from segments.models import CustomerScore
from segments.overview import counted_until

from . import next_visit
from .next_visit import Expected

GOING = (State.LATE, State.AT_RISK)
MONTHS = 12
SOON = 7  # days


@dataclass(frozen=True, slots=True)
class Stake:
    """A customer (primary key) on the way out: what they brought in twelve months, and what of it is at stake.

    Money in minor units; `p_alive` is None where the models do not hold.
    """

    customer: int
    state: State
    due_on: date | None
    yearly: int
    p_alive: float | None
    at_stake: int


@dataclass(frozen=True, slots=True)
class SaveList:
    """Those worth saving as of a day, most at stake first; `weighed`: by the probability that they are customers still.

    `as_of` is None before the first night.
    """

    as_of: date | None = None
    since: date | None = None
    weighed: bool = False
    stakes: list[Stake] = field(default_factory=list)

    @property
    def at_stake(self) -> int:
        return sum(one.at_stake for one in self.stakes)


@dataclass(frozen=True, slots=True)
class Due:
    """How many customers are expected within seven days, later, before today, not any more, or nobody knows when."""

    soon: int = 0
    later: int = 0
    overdue: int = 0
    lost: int = 0
    unknown: int = 0


def definitions() -> dict[str, str]:
    """What the figures mean, in the active language."""
    return {
        "save_list": _(
            "Customers who are late or at risk by their own rhythm, have not come since, and brought something in the "
            "last twelve calendar months, the present one included."
        ),
        "yearly_value": _("What somebody brought in these months, less what came back."),
        "at_stake": _(
            "The same times the probability that they are still customers, where the models of customer value hold "
            "(status ok); elsewhere the whole of it. It is what they brought, not what they will."
        ),
        "reason": _("How often somebody comes, and how long ago they came."),
    }


def scores(merchant: Merchant) -> QuerySet[CustomerScore]:
    """The night's copy of a shop."""
    return CustomerScore.objects.filter(merchant=merchant)


def as_of(merchant: Merchant) -> date | None:
    """The day of the night's copy, which all its rows share (one query)."""
    return next(iter(scores(merchant).values_list("as_of", flat=True).order_by()[:1]), None)


def going(merchant: Merchant) -> QuerySet[CustomerScore]:
    """Those on the way out who have not come since: nobody is late on the day of a visit. Erased cards are nobody."""
    there = scores(merchant).filter(state__in=GOING, customer__erased_at=None)
    return there.filter(customer__activity__last_on__lt=F("as_of"))


def save_list(merchant: Merchant) -> SaveList:
    """The list (three queries, by the customers on it)."""
    day = as_of(merchant)
    if day is None:
        return SaveList()
    since = months_later(day.replace(day=1), 1 - MONTHS)
    rows = list(going(merchant).values_list("customer", "state", "due_on", "p_alive", "clv_status"))
    months = CustomerMonth.objects.filter(month__gte=since, month__lte=day)
    brought = dict(
        months.filter(customer__among=[row[0] for row in rows])
        .values_list("customer")
        .annotate(yearly=Sum("net_value"))
        .filter(yearly__gt=0)
        .order_by()
    )
    weighed = bool(rows) and rows[0][-1] == Status.OK
    stakes = [
        Stake(customer, State(state), due_on, brought[customer], p_alive if weighed else None,
              weigh(brought[customer], p_alive if weighed else None))
        for customer, state, due_on, p_alive, __ in rows
        if customer in brought
    ]  # fmt: skip
    return SaveList(day, since, weighed, sorted(stakes, key=lambda one: (-one.at_stake, -one.yearly, one.customer)))


def weigh(yearly: int, p_alive: float | None) -> int:
    """What is at stake, in whole minor units."""
    return yearly if p_alive is None else math.floor(yearly * p_alive + 0.5)


def due(merchant: Merchant, *, today: date) -> Due:
    """Of how many customers a visit is expected, and when (one query)."""
    known, there = Q(due_on__isnull=False), ~Q(state=State.LOST)
    week = today + timedelta(days=SOON)
    found = scores(merchant).aggregate(
        soon=Count("pk", filter=there & Q(due_on__gte=today, due_on__lt=week)),
        later=Count("pk", filter=there & Q(due_on__gte=week)),
        overdue=Count("pk", filter=there & Q(due_on__lt=today)),
        lost=Count("pk", filter=known & Q(state=State.LOST)),
        unknown=Count("pk", filter=Q(due_on=None)),
    )
    return Due(**found)


@dataclass(frozen=True, slots=True)
class Why:
    """Where somebody stands and since when, and when they were expected."""

    standing: Standing
    expected: Expected | None


def reasons(merchant: Merchant, customers: Iterable[int], *, day: date) -> dict[int, Why]:
    """Why these customers are on the list, as of a day (two queries, one by their purchases)."""
    bought = counted_until(merchant, day).filter(customer__among=list(customers)).order_by("customer", "occurred_on")
    shop = next_visit.shop_spread(merchant, today=day)
    visits = bought.values_list("customer", "occurred_on").iterator(chunk_size=10_000)
    return {customer: why([on for __, on in days], shop, day) for customer, days in groupby(visits, key=itemgetter(0))}


def why(days: list[date], shop: next_visit.Spread | None, day: date) -> Why:
    """The same of the days of one customer's purchases, in order; pure."""
    *__, rhythm = by_month(days)
    gaps = [(later - before).days for before, later in pairwise(dict.fromkeys(days))]
    mine = next_visit.spread_of(gaps)
    found = mine or shop
    standing = judge(rhythm, day=day, shop=shop.middle // 2 if shop else None)
    return Why(standing, next_visit.after(rhythm.last_on, found, own=mine is not None) if found else None)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A customer of the night's copy; `expected` is None of whom no visit is expected, `stake` off the save list."""

    score: CustomerScore
    last_on: date
    own: bool
    expected: Expected | None
    stake: Stake | None


def everybody(merchant: Merchant) -> Iterator[Prediction]:
    """Every customer of the night's copy with their next visit (five queries, one of them by history).

    Next visits are reckoned from what was bought until the end of the copy's day.
    """
    found = save_list(merchant)
    if found.as_of is None:
        return
    stakes = {one.customer: one for one in found.stakes}
    visits = next_visit.everybody(merchant, day=found.as_of)
    places = {customer: place for place, customer in enumerate(visits.customers.tolist())}
    cards = scores(merchant).select_related("customer").order_by("customer")
    for score in cards.iterator(chunk_size=2_000):
        place = places.get(score.customer_id)
        if place is not None:
            expected = None if score.state == State.LOST else visits.of(place)
            last_on = date.fromordinal(int(visits.last[place]))
            yield Prediction(score, last_on, bool(visits.own[place]), expected, stakes.get(score.customer_id))
