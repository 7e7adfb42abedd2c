"""How many stand where, what they are worth, and how they moved from month to month."""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from customers.merchants.models import Merchant
from customers.models import CustomerActivity
from rewards.expiry import months_later
from segments import rfv
from segments.cohorts import months_between

from .columns import NUMBERS, STATES
from .journeys import reading
from .states import State

MONTHS = 6  # with their flows, unless others are asked for


@dataclass(slots=True)
class Group:
    """Customers in one state; `revenue` in minor units."""

    customers: int = 0
    revenue: int = 0


@dataclass(slots=True)
class Flow:
    """Customers who stood at `before` at the end of the month before (None: not yet customers), at `now` at its end."""

    month: date
    before: State | None
    now: State
    customers: int


@dataclass(slots=True)
class Lifecycle:
    """The shop at the end of `day`; `twice_gap` is twice its middle gap in days, None while nobody came twice.

    `partial_month` is the last month of the flows where it ends with the day and not with its own last day.
    """

    day: date
    groups: dict[State, Group]
    twice_gap: int | None = None
    months: list[date] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    partial_month: date | None = None

    @property
    def customers(self) -> int:
        return sum(group.customers for group in self.groups.values())

    @property
    def revenue(self) -> int:
        return sum(group.revenue for group in self.groups.values())


def lifecycle(merchant: Merchant, *, day: date, since: date | None = None, until: date | None = None) -> Lifecycle:
    """The states at the end of a day, and the flows of the months from `since` to `until`, none later than the day.

    By default the last six months with the day's own, as far as the shop has purchases. Eight queries, or nine.
    """
    until = (until or day).replace(day=1)
    since = (since or max(months_later(until, 1 - MONTHS), first_month(merchant, until))).replace(day=1)
    months = months_between(since, until)
    ends = [since - timedelta(days=1), *(min(last_day(month), day) for month in months)]
    stops = [*ends, day] if ends[-1] < day else ends
    read = reading(merchant, stops)
    found = Lifecycle(day, {state: Group() for state in State}, twice_gap=read.shop[-1], months=months)
    customers, standing = read.states()
    count_groups(found, standing[-1], worth(merchant, customers, day=day))
    found.flows = [
        Flow(month, before, now, count)
        for month, (was, at) in zip(months, pairwise(standing[: len(ends)]), strict=True)
        for before, now, count in moved(was, at)
    ]
    found.partial_month = until if last_day(until) > day else None
    return found


def worth(merchant: Merchant, customers: np.ndarray, *, day: date) -> np.ndarray:
    """What these customers are worth at the end of the day, in minor units (two queries)."""
    known, __, __, value, *__ = rfv.everybody(merchant, day=day)
    order = np.argsort(known)
    found = np.zeros(len(customers), dtype=np.int64)
    here = np.isin(customers, known)
    found[here] = value[order][np.searchsorted(known[order], customers[here])]
    return found


def count_groups(found: Lifecycle, standing: np.ndarray, worth: np.ndarray) -> None:
    """How many stand at each state, and what they are worth."""
    for state, group in found.groups.items():
        here = standing == NUMBERS[state]
        group.customers, group.revenue = int(here.sum()), int(worth[here].sum())


def moved(was: np.ndarray, at: np.ndarray) -> list[tuple[State | None, State, int]]:
    """How many stood at which state before and stand at which one; nobody who has not bought yet."""
    counts = np.bincount(was * len(STATES) + at, minlength=len(STATES) ** 2).reshape(len(STATES), -1).tolist()
    return [
        (before, now, counts[NUMBERS[before]][NUMBERS[now]])
        for before in STATES
        for now in State
        if counts[NUMBERS[before]][NUMBERS[now]]
    ]


def first_month(merchant: Merchant, otherwise: date) -> date:
    """The month of the shop's first purchase by a customer."""
    first = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0).order_by("first_on")
    return (first.values_list("first_on", flat=True).first() or otherwise).replace(day=1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
