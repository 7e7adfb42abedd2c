"""A shared till: one person has signed in, and whoever stands there says so with a PIN.

Whoever stands there acts under their own name, with the rights that both have and none beyond serving. The session
stays at the counter's shop until the person who signed in takes it back; a locked one lets nobody do anything.
"""

from collections.abc import MutableMapping

from django.db.models import Q, QuerySet

from . import pins
from .models import RIGHTS, Right, Role, StaffMember

KEY = "till"  # in the session
SERVING = frozenset({Right.LOOK, Right.COUNTER})
SERVERS = [role for role, rights in RIGHTS.items() if Right.COUNTER in rights]


def known_to(session: MutableMapping) -> dict | None:
    """What the session says of its till: the `shop` (short name), who stands there (`staff`, empty: locked)."""
    return session.get(KEY)


def team(own: StaffMember) -> QuerySet[StaffMember]:
    """Who may stand at a till that `own` signed in: those with a PIN, and `own` (one query)."""
    people = StaffMember.objects.filter(merchant=own.merchant_id, is_active=True, user__is_active=True)
    people = people.filter(~Q(pin="") | Q(pk=own.pk), role__in=SERVERS)
    return people.select_related("user", "merchant").order_by("user__name", "pk")


def take(session: MutableMapping, *, place: StaffMember, own: StaffMember) -> None:
    """Let somebody stand at the till; the person who signed in takes it back."""
    session.pop(KEY, None)
    if place.pk != own.pk:
        session[KEY] = {"shop": own.merchant.slug, "staff": place.public_id, "mark": pins.mark(place)}


def lock(session: MutableMapping, *, own: StaffMember) -> None:
    """Let nobody stand at the till."""
    session[KEY] = {"shop": own.merchant.slug, "staff": "", "mark": ""}


def who(session: MutableMapping, *, own: StaffMember) -> StaffMember | None:
    """Who acts in a session that `own` signed in; None where its till is locked, or belongs to another shop.

    Somebody who may no longer stand there, or whose PIN is another now, leaves it locked. A query where it is lent.
    """
    till = known_to(session)
    if till is None:
        return own
    if not till["staff"] or till["shop"] != own.merchant.slug:
        return None
    found = team(own).filter(public_id=till["staff"]).first()
    if found is None or pins.mark(found) != till["mark"]:
        return None
    return limited(found, own)


def limited(place: StaffMember, own: StaffMember) -> StaffMember:
    """A place with the rights that it shares with who signed in, and none beyond serving."""
    place.only = RIGHTS[Role(own.role)] & SERVING
    return place
