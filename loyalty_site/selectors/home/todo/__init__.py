"""What to do today: computed, ranked, each with its figure, its reason and a place that leads on."""

from collections.abc import Iterator
from datetime import date, datetime

from customers.merchants.models import Right, StaffMember
from loyalty_site.selectors.home.health import Health
from loyalty_site.selectors.home.objective import Objective
from rewards.budgets import Spending

from . import customers, house
from .ranking import SHOWN, Todo, Urgency, ranked

__all__ = ["SHOWN", "Todo", "Urgency", "ranked", "todos"]


def todos(
    place: StaffMember,
    *,
    at: datetime,
    today: date,
    health: Health,
    spendings: list[Spending],
    objective: Objective | None,
) -> list[Todo]:
    """Everything that there is to do for this person, the most urgent first (eleven queries at most).

    Only what they may do: an analyst decides nothing and stands at no counter.
    """
    found: list[Todo] = []
    if place.may(Right.MANAGE):
        found += manages(place, at=at, health=health, spendings=spendings, objective=objective)
    if health.purchase is not None:
        found += talks(place, today=today, newest=health.purchase.occurred_on)
    return ranked(found)


def manages(
    place: StaffMember, *, at: datetime, health: Health, spendings: list[Spending], objective: Objective | None
) -> Iterator[Todo]:
    """What those decide who manage (two queries)."""
    merchant = place.merchant
    yield from house.stopped(health)
    yield from house.deciding(place)
    yield from house.looking(place)
    yield from house.files(merchant, at=at, imported=health.imported)
    yield from house.spent(merchant, spendings)
    yield from house.off_course(merchant, objective)


def talks(place: StaffMember, *, today: date, newest: date) -> Iterator[Todo]:
    """What there is to say to customers (nine queries at most)."""
    merchant = place.merchant
    if place.may(Right.COUNTER):
        yield from house.silence(merchant, today=today, newest=newest)
        yield from customers.unasked(merchant, today=today)
    yield from customers.leaving(merchant, today=today)
    yield from customers.newcomers(merchant, today=today)
    yield from customers.expiring(merchant, today=today)
    yield from customers.vouchers(merchant, today=today)
    yield from customers.birthdays(merchant, today=today)
