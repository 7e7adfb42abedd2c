"""PINs: how a person says who stands at a till that is shared. Hashed like passwords, and never shown.

A PIN has few digits, so guessing is bounded: five wrong ones in a quarter of an hour close it for as long.
"""

from datetime import datetime, timedelta
from itertools import pairwise, takewhile

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from . import staff
from .models import PinEvent, PinEventKind, Role, StaffMember
from .refusals import Conflict, Invalid

SHORTEST, LONGEST = 4, 6
TRIES, WITHIN = 5, timedelta(minutes=15)


class InvalidPin(Invalid):
    code = "invalid_pin"
    message = _("A PIN has 4 to 6 digits, and nothing else.")


class WeakPin(Invalid):
    code = "weak_pin"
    message = _("This PIN is the first that anybody tries. Take digits that are neither all the same nor in a row.")


class WrongPin(Conflict):
    code = "wrong_pin"
    message = _("This is not the PIN of %(name)s. Try again; after five wrong ones it waits for 15 minutes.")


class PinLocked(Conflict):
    code = "pin_locked"
    message = _("Too many wrong PINs for %(name)s. Wait 15 minutes, or sign out and in again with the password.")


def check(pin: str) -> None:
    """Refuse a PIN that is none, or that anybody would try; raises InvalidPin, WeakPin."""
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise InvalidPin(field="pin")
    steps = {int(later) - int(earlier) for earlier, later in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise WeakPin(field="pin")


@transaction.atomic
def choose(*, place: StaffMember, pin: str, at: datetime) -> StaffMember:
    """Give oneself a PIN at a shop, or another one; raises InvalidPin, WeakPin."""
    check(pin)
    return keep(place, make_password(pin), PinEventKind.SET, at=at, by=place)


@transaction.atomic
def clear(*, place: StaffMember, by: StaffMember, at: datetime) -> StaffMember:
    """Take somebody's PIN away, as when others know it: tills where it opened the way lock. Raises OnlyOwners."""
    if place.role == Role.OWNER:
        staff.require_owner(by)
    return keep(place, "", PinEventKind.CLEARED, at=at, by=by)


def keep(place: StaffMember, pin: str, kind: str, *, at: datetime, by: StaffMember) -> StaffMember:
    """Write the hash, and who changed it."""
    place.pin = pin
    place.save(update_fields=["pin"])
    note(place, kind, at=at, by=by)
    return place


def note(place: StaffMember, kind: str, *, at: datetime, by: StaffMember) -> None:
    """Put on record what happened with a PIN."""
    PinEvent.objects.create(place=place, kind=kind, at=at, actor=by.public_id)


def stand(*, place: StaffMember, pin: str, by: StaffMember, at: datetime) -> None:
    """Let somebody take over a till that `by` signed in: with their PIN; `by` with the password, too.

    Raises WrongPin and PinLocked. What was tried stays on record, so this is not for use within a transaction.
    """
    with transaction.atomic():
        held = StaffMember.objects.select_for_update(of=("self",)).select_related("user").get(pk=place.pk)
        locked = is_locked(held, at=at)
        right = not locked and fits(held, pin, own=held.pk == by.pk)
        if not locked:
            note(held, PinEventKind.STOOD if right else PinEventKind.WRONG, at=at, by=by)
    if not right:
        raise (PinLocked if locked else WrongPin)(field="pin", values={"name": place})


def fits(place: StaffMember, pin: str, *, own: bool) -> bool:
    """Whether this is the PIN, or one's own password."""
    return bool(place.pin and check_password(pin, place.pin)) or (own and place.user.check_password(pin))


def is_locked(place: StaffMember, *, at: datetime) -> bool:
    """Whether five wrong PINs were typed lately, none of them followed by a right one (one query)."""
    lately = PinEvent.objects.filter(place=place, at__gt=at - WITHIN).exclude(kind=PinEventKind.LOCKED)
    kinds = lately.order_by("-at", "-pk").values_list("kind", flat=True)[:TRIES]
    return len(list(takewhile(lambda kind: kind == PinEventKind.WRONG, kinds))) == TRIES


def mark(place: StaffMember) -> str:
    """A word that holds as long as the PIN does, for the session of a till."""
    return salted_hmac("customers.merchants.pins", f"{place.public_id}:{place.pin}").hexdigest()
