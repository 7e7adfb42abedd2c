"""What the tests of watching share: people who work at a shop, purchases they record, and what was found."""

from datetime import timedelta

from customers.merchants import shops
from customers.merchants.models import Role, StaffMember
from rewards import watching
from rewards.models import Alert, Watch
from rewards.tests import factories
from rewards.tests.factories import AT

DAY = timedelta(days=1)  # AT is a Tuesday, 13:00 in Madrid


def person(shop, name="dora", role=Role.STAFF) -> StaffMember:
    user = shops.give_place(merchant=shop, email=f"{name}@a.test", role=role)
    return StaffMember.objects.select_related("merchant").get(merchant=shop, user=user)


def owner(shop) -> StaffMember:
    return StaffMember.objects.select_related("merchant").get(merchant=shop, role=Role.OWNER)


def look(shop, *, at=AT + DAY) -> int:
    return watching.find(merchant=shop, at=at, since=at - watching.WINDOW)


def told(*fields) -> list:
    return list(Alert.objects.order_by("pk").values_list("kind", *fields))


def watch(shop, **numbers) -> Watch:
    return watching.change(merchant=shop, by=owner(shop), at=AT, **{**watching.DEFAULTS, **numbers})


def sell(shop, buyer, by, times=1, *, at=AT, **more):
    for __ in range(times):
        last = factories.judged(shop, buyer, at=at, staff_id=by.pk, actor=by.public_id, **more)
    return last


def alert(shop, by, **more) -> Alert:
    what = {"kind": "adjustments", "key": "k", "person": by.public_id, "count": 9, "limit": 5, "happened_on": AT.date()}
    return Alert.objects.create(merchant=shop, found_at=AT, **{**what, **more})
