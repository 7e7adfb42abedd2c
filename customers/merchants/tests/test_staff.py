"""Inviting people, giving them roles, and letting them go; a shop always keeps an owner."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from customers.merchants import shops, staff
from customers.merchants.models import Invitation, Role, StaffMember, User
from customers.merchants.refusals import Invalid, Missing

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
NEW = {"name": "Erin", "password": "as-dull-as-can-be"}


def merchant(slug="a", owner="alice@a.test"):
    return shops.open_shop(
        name="Shop", slug=slug, currency="EUR", country="ES", timezone="Europe/Madrid", owner_email=owner
    )[0]


@pytest.fixture
def shop():
    return merchant()


def place(shop, email="alice@a.test"):
    return StaffMember.objects.select_related("merchant", "user").get(merchant=shop, user__email=email)


def colleague(shop, email, role):
    shops.give_place(merchant=shop, email=email, role=role)
    return place(shop, email)


def invite(shop, email="erin@a.test", role=Role.STAFF, *, by=None, at=AT):
    return staff.invite(merchant=shop, email=email, role=role, by=by or place(shop), at=at)


def test_invitation_opens_a_place_for_somebody_new(shop):
    offered = invite(shop, " Erin@A.test ")

    found = staff.find_invitation(staff.token(offered), at=AT)
    taken = staff.accept(invitation=found, at=AT, **NEW)

    erin = User.objects.get(email__iexact="erin@a.test")
    assert (taken.merchant, taken.user, taken.role, taken.is_active) == (shop, erin, Role.STAFF, True)
    assert (erin.name, erin.check_password(NEW["password"])) == ("Erin", True)


def test_invitation_keeps_name_and_password_of_somebody_known(shop):
    User.objects.create_user("charlie@b.test", "kept-as-it-is", name="Charlie")

    taken = staff.accept(invitation=invite(shop, "CHARLIE@b.test", Role.ANALYST), at=AT)

    assert (taken.user.name, taken.user.check_password("kept-as-it-is"), taken.role) == ("Charlie", True, "analyst")


def test_somebody_known_without_a_password_chooses_one(shop):
    User.objects.create_user("charlie@b.test", name="Charlie")

    with pytest.raises(Invalid):
        staff.accept(invitation=invite(shop, "charlie@b.test"), at=AT)

    assert not StaffMember.objects.filter(user__email="charlie@b.test").exists()


def test_link_works_once(shop):
    offered = invite(shop)
    staff.accept(invitation=offered, at=AT, **NEW)

    with pytest.raises(staff.InvitationOver):
        staff.find_invitation(staff.token(offered), at=AT)
    with pytest.raises(staff.InvitationOver):
        staff.accept(invitation=offered, at=AT, name="Mallory", password="another-one")

    assert User.objects.get(email="erin@a.test").name == "Erin"


@pytest.mark.parametrize(
    ("later", "open_still"), [(timedelta(days=7) - timedelta(seconds=1), True), (staff.LIFE, False)]
)
def test_link_works_for_seven_days(shop, later, open_still):
    word = staff.token(invite(shop))

    if open_still:
        assert staff.find_invitation(word, at=AT + later).email == "erin@a.test"
    else:
        with pytest.raises(staff.InvitationOver):
            staff.find_invitation(word, at=AT + later)


@pytest.mark.parametrize("change", [lambda word: word + "x", lambda word: word.partition(":")[0], lambda word: ""])
def test_link_that_was_not_signed_by_us_opens_nothing(shop, change):
    word = staff.token(invite(shop))

    with pytest.raises(staff.InvitationOver):
        staff.find_invitation(change(word), at=AT)


def test_second_invitation_replaces_the_first(shop):
    first, second = invite(shop), invite(shop, "ERIN@a.test", Role.MANAGER)

    with pytest.raises(staff.InvitationOver):
        staff.find_invitation(staff.token(first), at=AT)
    assert staff.find_invitation(staff.token(second), at=AT).role == Role.MANAGER


def test_withdrawn_invitation_opens_nothing(shop):
    offered = invite(shop)

    staff.withdraw(merchant=shop, public_id=offered.public_id, by=place(shop), at=AT)

    with pytest.raises(staff.InvitationOver):
        staff.accept(invitation=offered, at=AT, **NEW)
    with pytest.raises(Missing):
        staff.withdraw(merchant=shop, public_id=offered.public_id, by=place(shop), at=AT)


def test_invitation_of_another_shop_cannot_be_withdrawn(shop):
    other = merchant("b", "charlie@b.test")
    offered = invite(shop)

    with pytest.raises(Missing):
        staff.withdraw(merchant=other, public_id=offered.public_id, by=place(other, "charlie@b.test"), at=AT)

    assert Invitation.objects.get().withdrawn_at is None


@pytest.mark.parametrize(
    ("email", "role", "refusal", "field"),
    [
        ("nobody", Role.STAFF, Invalid, "email"),
        ("erin@a.test", "king", Invalid, "role"),
        ("ALICE@a.test", Role.STAFF, staff.HereAlready, "email"),
    ],
)
def test_invitation_that_cannot_be_is_refused(shop, email, role, refusal, field):
    with pytest.raises(refusal) as told:
        invite(shop, email, role)

    assert (told.value.field, Invitation.objects.count()) == (field, 0)


def test_only_an_owner_invites_an_owner(shop):
    max_ = colleague(shop, "max@a.test", Role.MANAGER)

    with pytest.raises(staff.OnlyOwners):
        invite(shop, role=Role.OWNER, by=max_)

    assert invite(shop, role=Role.OWNER).role == Role.OWNER


def test_only_an_owner_withdraws_the_invitation_of_an_owner(shop):
    max_, offered = colleague(shop, "max@a.test", Role.MANAGER), invite(shop, role=Role.OWNER)

    with pytest.raises(staff.OnlyOwners):
        staff.withdraw(merchant=shop, public_id=offered.public_id, by=max_, at=AT)


def test_manager_cannot_bring_a_former_owner_back_by_an_invitation(shop):
    max_, erin = colleague(shop, "max@a.test", Role.MANAGER), colleague(shop, "erin@a.test", Role.OWNER)
    staff.deactivate(place=erin, by=place(shop))

    with pytest.raises(staff.OnlyOwners):
        invite(shop, "erin@a.test", by=max_)


def test_login_that_is_switched_off_takes_no_place(shop):
    User.objects.create_user("erin@a.test", "a-password-of-hers", is_active=False)
    offered = invite(shop)

    with pytest.raises(staff.SwitchedOff):
        staff.accept(invitation=offered, at=AT)

    assert Invitation.objects.get().accepted_at is None


def test_role_is_changed(shop):
    dora = colleague(shop, "dora@a.test", Role.STAFF)

    staff.change_role(place=dora, role=Role.ANALYST, by=place(shop))

    assert place(shop, "dora@a.test").role == Role.ANALYST


def test_role_that_does_not_exist_is_refused(shop):
    with pytest.raises(Invalid):
        staff.change_role(place=colleague(shop, "dora@a.test", Role.STAFF), role="king", by=place(shop))


@pytest.mark.parametrize(
    "work",
    [
        lambda shop, by: staff.change_role(place=colleague(shop, "dora@a.test", Role.STAFF), role=Role.OWNER, by=by),
        lambda shop, by: staff.change_role(place=place(shop), role=Role.STAFF, by=by),
        lambda shop, by: staff.deactivate(place=place(shop), by=by),
    ],
)
def test_manager_makes_and_unmakes_no_owner(shop, work):
    colleague(shop, "zoe@a.test", Role.OWNER)
    max_ = colleague(shop, "max@a.test", Role.MANAGER)

    with pytest.raises(staff.OnlyOwners):
        work(shop, max_)

    assert (place(shop).role, place(shop).is_active) == (Role.OWNER, True)


@pytest.mark.parametrize(
    "work",
    [
        lambda alice: staff.change_role(place=alice, role=Role.MANAGER, by=alice),
        lambda alice: staff.deactivate(place=alice, by=alice),
    ],
)
def test_last_owner_stays(shop, work):
    gone = colleague(shop, "zoe@a.test", Role.OWNER)
    staff.deactivate(place=gone, by=place(shop))
    off = colleague(shop, "yan@a.test", Role.OWNER)
    User.objects.filter(pk=off.user_id).update(is_active=False)

    with pytest.raises(staff.LastOwner):
        work(place(shop))

    assert (place(shop).role, place(shop).is_active) == (Role.OWNER, True)


def test_owner_who_is_not_the_last_may_go(shop):
    zoe = colleague(shop, "zoe@a.test", Role.OWNER)

    staff.deactivate(place=place(shop), by=zoe)

    assert place(shop).is_active is False


def test_owner_who_was_let_go_meanwhile_decides_nothing(shop):
    alice, zoe = place(shop), colleague(shop, "zoe@a.test", Role.OWNER)
    staff.deactivate(place=alice, by=zoe)

    with pytest.raises(staff.OnlyOwners):
        staff.deactivate(place=zoe, by=alice)


def test_person_let_go_is_let_in_again_in_the_same_role(shop):
    dora = staff.deactivate(place=colleague(shop, "dora@a.test", Role.STAFF), by=place(shop))

    staff.reactivate(place=dora, by=place(shop))

    assert (place(shop, "dora@a.test").is_active, place(shop, "dora@a.test").role) == (True, Role.STAFF)


def test_invitation_brings_back_somebody_let_go_in_the_new_role(shop):
    dora = colleague(shop, "dora@a.test", Role.STAFF)
    dora.user.set_password("a-password-of-hers")
    dora.user.save()
    staff.deactivate(place=dora, by=place(shop))

    staff.accept(invitation=invite(shop, "dora@a.test", Role.ANALYST), at=AT)

    assert (place(shop, "dora@a.test").is_active, place(shop, "dora@a.test").role) == (True, Role.ANALYST)


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_let_each_other_go():
    shop = merchant()
    alice, zoe = place(shop), colleague(shop, "zoe@a.test", Role.OWNER)
    together, refused = threading.Barrier(2), []

    def let_go(whom, by):
        together.wait()
        try:
            staff.deactivate(place=whom, by=by)
        except staff.OnlyOwners as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=let_go, args=pair) for pair in ((zoe, alice), (alice, zoe))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert StaffMember.objects.filter(role=Role.OWNER, is_active=True).count() == 1
