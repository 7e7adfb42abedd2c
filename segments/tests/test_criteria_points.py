"""Criteria about points find exactly those whose balances, read one by one, compare so."""

from datetime import timedelta

import pytest

from customers.models import Customer
from customers.tests import factories
from customers.tests.factories import AT
from rewards import ledger, pools
from rewards.models import Lot, Membership
from rewards.tests import factories as promises
from rewards.tests.factories import Till
from segments import criteria

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
GOAL = 30
VALUES = {
    "points": [-20, 0, 1, 10, 12, 21, 24, 30, 40],
    "points_missing": [0, 1, 6, 9, 18, 20, 30, 50],
    "visits_missing": [0, 1, 2, 3],
}


@pytest.fixture
def shop():
    return factories.merchant()


def people(shop, expiry: dict, hold_days: int):
    """A program of which every account is another exception: to come, over, set aside, owed, shared, spent, or none."""
    made = promises.program(shop, at=AT - 90 * DAY, policies={"expiry": expiry, "hold_days": hold_days})
    promises.reward(made, at=AT - 90 * DAY, cost=GOAL)
    promises.program(shop, at=AT - 90 * DAY, name="Another")
    for number, days in enumerate([0, 4, 9, 10, 11, 31, 40, 60]):
        one = promises.member(shop, name=f"bought {days} days ago")
        promises.judged(shop, one, amount=1200, at=AT - days * DAY)
        if number % 2:
            promises.judged(shop, one, amount=900, at=AT - days * DAY // 3)
    names = ("held", "owing", "owing much", "host", "guest", "spent", "given", "empty")
    places = {name: promises.membership(promises.member(shop, name=name), made) for name in names}
    for name in ("held", "owing", "host", "guest", "spent"):
        promises.judged(shop, places[name].customer, amount=2400, at=AT - 8 * DAY)
    ledger.hold(membership=places["held"], points=20, key="hold", at=AT)
    for name, points in (("owing", [-34]), ("owing much", [5, -25]), ("spent", [-24]), ("given", [24])):
        till = Till(places[name])
        for one in points:
            ledger.post([till.posting(one)], at=AT)
    pools.join(membership=places["guest"], host=places["host"], at=AT)
    return made


def newest(account: int, at) -> int | None:
    """What the newest open lot of a purchase held, if any can be spent."""
    lots = list(Lot.objects.filter(account=account, remaining__gt=0, purchase__isnull=False).with_end().order_by("pk"))
    ledger.date_idle(lots)
    good = [lot for lot in lots if lot.available_at <= at and (lot.ends_at is None or lot.ends_at > at)]
    return good[-1].points if good else None


def standing(made, at) -> dict[str, dict[int, int | None]]:
    """What each field is worth of every member, slowly."""
    places = dict(Membership.objects.filter(program=made).values_list("customer", "account"))
    one_by_one = ledger.balances(set(places.values()), at=at, now=at)
    known: dict[str, dict[int, int | None]] = {name: {} for name in VALUES}
    for customer, account in places.items():
        available, earned = one_by_one[account].available, newest(account, at)
        lacking = max(GOAL - available, 0)
        known["points"][customer], known["points_missing"][customer] = available, lacking
        known["visits_missing"][customer] = None if earned is None else -(-lacking // earned)
    return known


def compares(known: int | None, op: str, value) -> bool:
    if op == "exists" or known is None:
        return known is not None
    if op in {"in", "between"}:
        return known in value if op == "in" else value[0] <= known <= value[1]
    return {"eq": known == value, "lt": known < value, "lte": known <= value, "gt": known > value,
            "gte": known >= value}[op]  # fmt: skip


def conditions():
    """Each field with each operator and each value that lies on, beside or between what they have."""
    for name, pool in VALUES.items():
        for op in ("eq", "lt", "lte", "gt", "gte"):
            yield from ((name, op, value) for value in pool)
        yield from ((name, "in", value) for value in (pool[:2], pool[1:4]))
        yield from ((name, "between", value) for value in ([pool[0], pool[2]], [pool[1], pool[-1]]))


@pytest.mark.parametrize(
    ("expiry", "hold_days"),
    [({"kind": "days", "days": 10}, 5), ({"kind": "inactivity", "months": 1}, 5), ({"kind": "never"}, 0)],
    ids=["days", "inactivity", "never"],
)
def test_every_comparison_of_points_finds_whom_balances_one_by_one_find(shop, expiry, hold_days):
    made = people(shop, expiry, hold_days)
    names = dict(Customer.objects.values_list("pk", "name"))
    wrong = []
    for at in (AT, AT + 8 * DAY):  # when the hold is over, and more lots than were
        known = standing(made, at)
        for name, op, value in conditions():
            definition = {"field": name, "op": op, "value": value, "program": made.public_id}
            read = criteria.parse({"version": 1, "all": [definition]}, merchant=shop)
            found = sorted(one.name for one in criteria.customers(read, merchant=shop, at=at))
            if found != sorted(names[key] for key, has in known[name].items() if compares(has, op, value)):
                wrong.append((at, name, op, value, found))

    assert wrong == []
