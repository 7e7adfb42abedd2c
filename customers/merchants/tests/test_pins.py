"""PINs at a shared till: hashed, chosen with care, guessed five times at the most in a quarter of an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.merchants import pins, shops, staff, tills
from customers.merchants.models import PinEvent, Right, Role, StaffMember

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize("pin", ["1357", "24680", "190583", "0012"])
def test_pin_is_four_to_six_digits(pin):
    pins.check(pin)


@pytest.mark.parametrize("pin", ["", "123", "1234567", "12a4", "١٣٥٧", "-135", "13.5"])
def test_what_is_no_pin_is_refused(pin):
    with pytest.raises(pins.InvalidPin):
        pins.check(pin)


@pytest.mark.parametrize("pin", ["0000", "77777", "1234", "345678", "9876"])
def test_pin_that_anybody_tries_first_is_refused(pin):
    with pytest.raises(pins.WeakPin):
        pins.check(pin)


@pytest.fixture
def shop():
    made, __ = shops.open_shop(
        name="A", slug="a", currency="EUR", country="ES", timezone="Europe/Madrid", owner_email="alice@a.test"
    )
    return made


def place(shop, name, role=Role.STAFF, **fields) -> StaffMember:
    user = shops.give_place(merchant=shop, email=f"{name}@a.test", role=role, name=name.title())
    user.set_password(f"{name}-dull-word")
    user.save()
    return StaffMember.objects.select_related("merchant", "user").get(user=user, merchant=shop)


@pytest.fixture
def dora(shop):
    return pins.choose(place=place(shop, "dora"), pin="1357", at=AT)


@pytest.fixture
def erin(shop):
    return place(shop, "erin")


def events():
    return list(PinEvent.objects.order_by("pk").values_list("place__user__name", "kind", "actor"))


@pytest.mark.django_db
def test_pin_is_kept_as_a_hash_and_noted(dora):
    assert "1357" not in dora.pin
    assert events() == [("Dora", "set", dora.public_id)]


@pytest.mark.django_db
def test_right_pin_takes_over_and_says_at_whose_till(dora, erin):
    pins.stand(place=dora, pin="1357", by=erin, at=AT)

    assert events()[1:] == [("Dora", "stood", erin.public_id)]


@pytest.mark.django_db
@pytest.mark.parametrize("pin", ["1358", "", "dora-dull-word"])
def test_wrong_pin_is_refused_and_noted_and_a_password_is_no_pin_for_others(dora, erin, pin):
    with pytest.raises(pins.WrongPin):
        pins.stand(place=dora, pin=pin, by=erin, at=AT)

    assert events()[1:] == [("Dora", "wrong", erin.public_id)]


@pytest.mark.django_db
def test_who_signed_in_may_type_the_password(erin):
    pins.stand(place=erin, pin="erin-dull-word", by=erin, at=AT)

    assert events() == [("Erin", "stood", erin.public_id)]


def guess(dora, erin, pin, at):
    with pytest.raises(pins.WrongPin):
        pins.stand(place=dora, pin=pin, by=erin, at=at)


@pytest.mark.django_db
def test_five_wrong_pins_lock_for_a_quarter_of_an_hour_also_the_right_one(dora, erin):
    for minute in range(5):
        guess(dora, erin, "9999", AT + timedelta(minutes=minute))

    with pytest.raises(pins.PinLocked):
        pins.stand(place=dora, pin="1357", by=erin, at=AT + timedelta(minutes=14, seconds=59))
    pins.stand(place=dora, pin="1357", by=erin, at=AT + timedelta(minutes=15))


@pytest.mark.django_db
def test_a_right_pin_begins_the_count_anew(dora, erin):
    for __ in range(2):
        for __ in range(4):
            guess(dora, erin, "9999", AT)
        pins.stand(place=dora, pin="1357", by=erin, at=AT)


@pytest.mark.django_db
def test_wrong_pins_of_one_do_not_lock_another(shop, dora, erin):
    pins.choose(place=erin, pin="2468", at=AT)
    for __ in range(5):
        guess(dora, erin, "9999", AT)

    pins.stand(place=erin, pin="2468", by=dora, at=AT)


@pytest.mark.django_db
def test_pin_is_cleared_by_who_manages_and_of_an_owner_only_by_an_owner(shop, dora):
    owner = pins.choose(place=place(shop, "fay", Role.OWNER), pin="1357", at=AT)
    manager = place(shop, "max", Role.MANAGER)

    assert pins.clear(place=dora, by=manager, at=AT).pin == ""
    with pytest.raises(staff.OnlyOwners):
        pins.clear(place=owner, by=manager, at=AT)


def rights(found):
    return {right for right in Right if found.may(right)}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.STAFF])
def test_whoever_stands_at_a_till_only_serves(shop, dora, role):
    session, own = {}, place(shop, "max", role)
    tills.take(session, place=dora, own=own)

    found = tills.who(session, own=own)

    assert (found, rights(found), found.is_lent) == (dora, {Right.LOOK, Right.COUNTER}, True)


@pytest.mark.django_db
def test_an_owner_at_a_cashiers_till_only_serves_too(shop, dora):
    session, owner = {}, pins.choose(place=place(shop, "fay", Role.OWNER), pin="2468", at=AT)
    tills.take(session, place=owner, own=dora)

    assert rights(tills.who(session, own=dora)) == {Right.LOOK, Right.COUNTER}


@pytest.mark.django_db
def test_who_signed_in_takes_the_till_back_with_all_rights(shop, dora):
    session, owner = {}, place(shop, "fay", Role.OWNER)
    tills.take(session, place=dora, own=owner)
    tills.take(session, place=owner, own=owner)

    assert (session, rights(tills.who(session, own=owner))) == ({}, set(Right))


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.ANALYST}, {"pin": ""}, {"pin": "another"}])
def test_who_may_no_longer_stand_there_leaves_the_till_locked(shop, dora, erin, change):
    session = {}
    tills.take(session, place=dora, own=erin)
    StaffMember.objects.filter(pk=dora.pk).update(**change)

    assert tills.who(session, own=erin) is None


@pytest.mark.django_db
def test_team_are_those_with_a_pin_who_serve_and_who_signed_in(shop, dora, erin):
    place(shop, "gus")
    analyst = place(shop, "bob", Role.ANALYST)
    StaffMember.objects.filter(pk=analyst.pk).update(pin="x")

    assert list(tills.team(erin)) == [dora, erin]
