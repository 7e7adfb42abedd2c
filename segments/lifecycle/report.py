"""How many stand where, what they are worth, and how they moved from month to month."""

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from customers.merchants.models import Merchant
from customers.models import CustomerActivity
from rewards.expiry import months_later
from segments import rfv
from segments.cohorts import months_between

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

    By default the last six months with the day's own, as far as the shop has purchases. Seven queries, or eight.
    """
    until = (until or day).replace(day=1)
    since = (since or max(months_later(until, 1 - MONTHS), first_month(merchant, until))).replace(day=1)
    months = months_between(since, until)
    ends = [since - timedelta(days=1), *(min(last_day(month), day) for month in months)]
    stops = [*ends, day] if ends[-1] < day else ends
    read, worth = reading(merchant, stops), rfv.values(merchant, day=day)
    found = Lifecycle(day, {state: Group() for state in State}, twice_gap=read.shop[-1], months=months)
    moved: Counter[tuple[int, State | None, State]] = Counter()
    for customer, standings in read.journeys():
        states = [one and one.state for one in standings]
        group = found.groups[states[-1]]
        group.customers += 1
        group.revenue += worth[customer]
        moved.update((place, *pair) for place, pair in enumerate(zip(states, states[1 : len(ends)], strict=False)))
    found.flows = [
        Flow(month, before, now, moved[place, before, now])
        for place, month in enumerate(months)
        for before in (None, *State)
        for now in State
        if moved[place, before, now]
    ]
    found.partial_month = until if last_day(until) > day else None
    return found


def first_month(merchant: Merchant, otherwise: date) -> date:
    """The month of the shop's first purchase by a customer."""
    first = CustomerActivity.objects.filter(merchant=merchant, purchases__gt=0).order_by("first_on")
    return (first.values_list("first_on", flat=True).first() or otherwise).replace(day=1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
