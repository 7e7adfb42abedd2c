from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from customers.merchants import keys
from customers.merchants import shops as merchants
from customers.merchants.models import ApiKey, Role, Scope, StaffMember
from customers.tests import factories as shops
from rewards import adjustments, ledger
from rewards.models import Adjustment, Entry
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def till(shop):
    factories.program(shop)
    return Till(factories.membership(factories.member(shop)))


def person(shop, role=Role.STAFF, name="dora"):
    user = merchants.give_place(merchant=shop, email=f"{name}@a.test", role=role)
    return StaffMember.objects.select_related("merchant").get(merchant=shop, user=user)


def key(shop, scope):
    keys.create(merchant=shop, name=scope, scope=scope, at=AT)
    return ApiKey.objects.select_related("merchant").get(merchant=shop, name=scope)


def adjust(till, points, by, *, reason="broken cup", at=AT, **more):
    return adjustments.adjust(membership=till.place, points=points, reason=reason, by=by, at=at, **more)


def available(till, at=AT):
    return ledger.balance(till.place.account_id, at=at, now=at).available


def test_points_are_given_with_a_reason(shop, till):
    dora = person(shop)

    made = adjust(till, 50, dora, expires_at=AT + DAY)

    assert (made.status, made.points, made.requested_by) == ("posted", 50, dora.public_id)
    entry = Entry.objects.get()
    assert (entry.kind, entry.points, entry.reason, entry.actor) == ("adjust", 50, "broken cup", dora.public_id)
    assert (available(till), available(till, AT + DAY)) == (50, 0)


def test_points_are_taken_nearest_expiry_first(shop, till):
    ledger.post([till.posting(10), till.posting(10, expires_at=AT + DAY)], at=AT)

    adjust(till, -15, person(shop))

    assert (available(till), available(till, AT + DAY)) == (5, 5)


def test_nothing_goes_below_zero(shop, till):
    ledger.post([till.posting(10), till.posting(10, available_at=AT + DAY)], at=AT)

    with pytest.raises(ledger.InsufficientPoints):
        adjust(till, -11, person(shop))

    assert Adjustment.objects.count() == 0


def test_giving_repays_a_deficit_and_taking_in_one_is_refused(shop, till):
    ledger.post([till.posting(-10)], at=AT)
    dora = person(shop)

    with pytest.raises(ledger.InsufficientPoints):
        adjust(till, -1, dora)
    adjust(till, 15, dora)

    assert available(till) == 5


@pytest.mark.parametrize(
    ("points", "reason", "expires_at", "refusal", "field"),
    [
        (0, "why", None, adjustments.InvalidPoints, "points"),
        (10**9 + 1, "why", None, adjustments.InvalidPoints, "points"),
        (-(10**9) - 1, "why", None, adjustments.InvalidPoints, "points"),
        (5, "  ", None, adjustments.ReasonRequired, "reason"),
        (5, "x" * 201, None, adjustments.ReasonRequired, "reason"),
        (5, "why", AT, adjustments.ExpiryOver, "expires_at"),
        (-5, "why", AT + DAY, adjustments.NothingExpires, "expires_at"),
    ],
)
def test_what_cannot_be_meant_is_refused(shop, till, points, reason, expires_at, refusal, field):
    with pytest.raises(refusal) as found:
        adjust(till, points, person(shop), reason=reason, expires_at=expires_at)

    assert found.value.field == field
    assert Adjustment.objects.count() == Entry.objects.count() == 0


@pytest.mark.parametrize(("role", "cap"), [(Role.STAFF, 100), (Role.MANAGER, 1_000), (Role.OWNER, None)])
def test_each_role_has_its_daily_cap(shop, till, role, cap):
    who = person(shop, role)

    assert adjustments.cap_of(who) == cap
    assert adjust(till, cap or 10**6, who).status == "posted"
    assert adjust(till, 1, who).status == ("pending_approval" if cap else "posted")


@pytest.mark.parametrize(("scope", "cap"), [(Scope.COUNTER, 100), (Scope.MANAGE, None)])
def test_a_counter_key_is_staff_and_a_manage_key_is_exempt(shop, scope, cap):
    assert adjustments.cap_of(key(shop, scope)) == cap


def test_the_cap_counts_what_was_given_and_taken_alone_on_the_local_day(shop, till):
    dora, erin = person(shop), person(shop, name="erin")
    midnight = AT + timedelta(hours=11)  # in Madrid

    said = [
        adjust(till, 60, dora).status,
        adjust(till, -30, dora).status,
        adjust(till, 11, dora).status,
        adjust(till, 10, dora).status,
        adjust(till, 100, erin).status,
        adjust(till, 1, dora, at=midnight - timedelta(seconds=1)).status,
        adjust(till, 100, dora, at=midnight).status,
    ]

    assert said == [
        "posted", "posted", "pending_approval", "posted", "posted", "pending_approval", "posted",
    ]  # fmt: skip


def test_the_cap_is_by_program(shop, till):
    other = factories.program(shop, name="Other")
    dora = person(shop)
    adjust(till, 100, dora)

    second = Till(factories.membership(till.place.customer, other))

    assert adjust(second, 100, dora).status == "posted"


def test_a_shop_sets_its_caps(shop, till):
    adjustments.set_cap(merchant=shop, role=Role.STAFF, points=5)
    adjustments.set_cap(merchant=shop, role=Role.STAFF, points=0)

    assert adjustments.caps(shop) == {"staff": 0, "manager": 1_000}
    assert adjust(till, 1, person(shop)).status == "pending_approval"
    for role, points in ((Role.OWNER, 5), (Role.STAFF, -1)):
        with pytest.raises(adjustments.InvalidCap):
            adjustments.set_cap(merchant=shop, role=role, points=points)


def test_what_is_left_today_is_told(shop, till):
    dora, program = person(shop), till.place.program
    adjust(till, 30, dora)
    adjust(till, 500, dora)  # waits, so it uses nothing
    left = [adjustments.allowance(by=dora, program=program, at=at) for at in (AT, AT + DAY)]

    assert left == [adjustments.Allowance(100, 70), adjustments.Allowance(100, 100)]
    assert adjustments.allowance(by=person(shop, Role.OWNER, "olga"), program=program, at=AT) is None


def test_a_lowered_cap_leaves_nothing_and_not_less(shop, till):
    dora = person(shop)
    adjust(till, 30, dora)
    adjustments.set_cap(merchant=shop, role=Role.STAFF, points=10)

    assert adjustments.allowance(by=dora, program=till.place.program, at=AT) == adjustments.Allowance(10, 0)


def test_only_an_owner_of_the_shop_changes_caps(shop):
    elsewhere = shops.merchant(slug="elsewhere")
    owner, theirs = person(shop, Role.OWNER, "olga"), person(elsewhere, Role.OWNER, "carl")
    for by in (person(shop, Role.MANAGER, "gus"), theirs):
        with pytest.raises(adjustments.OnlyOwnersSetCaps):
            adjustments.set_caps(merchant=shop, points={"staff": 5}, by=by)

    with pytest.raises(adjustments.InvalidCap):
        adjustments.set_caps(merchant=shop, points={"staff": 5, "manager": -1}, by=owner)
    assert adjustments.caps(shop) == {"staff": 100, "manager": 1_000}

    adjustments.set_caps(merchant=shop, points={"staff": 5, "manager": 6}, by=owner)
    assert adjustments.caps(shop) == {"staff": 5, "manager": 6}


def test_the_same_key_adjusts_once(shop, till):
    dora = person(shop)

    assert adjust(till, 5, dora, key="form-1") == adjust(till, 5, dora, key="form-1")
    assert available(till) == 5


def test_what_waits_moves_nothing_until_a_second_person_agrees(shop, till):
    dora, alice = person(shop), person(shop, Role.OWNER, "alice")
    asked = adjust(till, 500, dora)
    assert (asked.status, asked.entry, available(till)) == ("pending_approval", None, 0)

    done = adjustments.approve(adjustment=asked, by=alice, at=AT + DAY)

    assert (done.status, done.decided_by, done.decided_at) == ("approved", alice.public_id, AT + DAY)
    assert (done.entry.points, done.entry.occurred_at, done.entry.actor) == (500, AT + DAY, dora.public_id)
    assert available(till, AT + DAY) == 500
    assert list(ledger.differences()) == []


def test_what_is_rejected_moves_nothing(shop, till):
    asked = adjust(till, 500, person(shop))

    done = adjustments.reject(adjustment=asked, by=key(shop, Scope.MANAGE), at=AT)

    assert (done.status, done.entry, available(till)) == ("rejected", None, 0)


@pytest.mark.parametrize("verb", [adjustments.approve, adjustments.reject])
def test_it_is_decided_once(shop, till, verb):
    alice = person(shop, Role.OWNER, "alice")
    asked = adjust(till, 500, person(shop))
    adjustments.reject(adjustment=asked, by=alice, at=AT)

    with pytest.raises(adjustments.AlreadyDecided):
        verb(adjustment=asked, by=alice, at=AT)


@pytest.mark.parametrize("verb", [adjustments.approve, adjustments.reject])
def test_nobody_decides_on_their_own_request(shop, till, verb):
    manager = person(shop, Role.MANAGER)
    asked = adjust(till, 5_000, manager)

    with pytest.raises(adjustments.OwnRequest):
        verb(adjustment=asked, by=manager, at=AT)


@pytest.mark.parametrize("verb", [adjustments.approve, adjustments.reject])
def test_deciding_needs_the_right_to_manage_at_the_shop(shop, till, verb):
    asked = adjust(till, 500, person(shop))
    other = shops.merchant("b")

    for by in (person(shop, name="erin"), key(shop, Scope.COUNTER), person(other, Role.OWNER, "charlie")):
        with pytest.raises(adjustments.MayNotDecide):
            verb(adjustment=asked, by=by, at=AT)


def test_what_can_no_longer_be_posted_still_waits(shop, till):
    ledger.post([till.posting(500)], at=AT)
    dora, alice = person(shop), person(shop, Role.OWNER, "alice")
    taking, ending = adjust(till, -500, dora), adjust(till, 500, dora, expires_at=AT + DAY)
    ledger.spend(membership=till.place, points=1, key="s1", at=AT)

    with pytest.raises(ledger.InsufficientPoints):
        adjustments.approve(adjustment=taking, by=alice, at=AT)
    with pytest.raises(adjustments.ExpiryOver):
        adjustments.approve(adjustment=ending, by=alice, at=AT + DAY)

    assert Adjustment.objects.for_merchant(shop).pending().count() == 2


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"points": 0}, "an_adjustment_changes_something"),
        ({"reason": ""}, "an_adjustment_has_a_reason"),
        ({"status": "posted"}, "an_adjustment_is_in_the_books_when_it_was_posted_or_approved"),
        ({"status": "approved", "decided_at": AT}, "an_adjustment_is_in_the_books_when_it_was_posted_or_approved"),
    ],
)
def test_the_database_refuses_what_must_never_be(shop, till, change, constraint):
    adjust(till, 500, person(shop))

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Adjustment.objects.update(**change)


def test_the_database_knows_that_nobody_decides_alone(shop, till):
    asked = adjust(till, 500, person(shop))

    with pytest.raises(IntegrityError, match="a_second_person_decides_an_adjustment"), transaction.atomic():
        Adjustment.objects.update(status="rejected", decided_at=AT, decided_by=asked.requested_by)
