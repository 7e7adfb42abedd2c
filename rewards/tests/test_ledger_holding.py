"""Points set aside for a redemption that is not certain yet."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from customers.tests import factories as shops
from rewards import ledger, pools, transfers
from rewards.models import Entry, HeldLot, Hold, Lot, PointsAccount, Program
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def till():
    shop = shops.merchant()
    factories.program(shop)
    return Till(factories.membership(factories.member(shop)))


@pytest.fixture
def ben(till):
    return Till(factories.membership(factories.member(till.place.program.merchant)))


def hold(till, points, *, key="h1", at=AT):
    return ledger.hold(membership=till.place, points=points, key=key, at=at)


def balance(till, at=AT, *, now=None):
    return ledger.balance(till.place.account_id, at=at, now=now or at)


def lots(till):
    return list(Lot.objects.filter(account=till.place.account_id).order_by("pk").values_list("points", "remaining"))


def test_held_points_are_not_available_for_fifteen_minutes(till):
    ledger.post([till.posting(10)], at=AT)

    hold(till, 6)

    seen = [balance(till, AT + wait * MINUTE) for wait in (0, 14, 15)]
    assert [(one.available, one.held) for one in seen] == [(4, 6), (4, 6), (10, 0)]
    assert (lots(till), Entry.objects.count()) == ([(10, 10)], 1)
    assert ledger.total_available([till.place.program_id], at=AT) == {till.place.program_id: 4}
    assert ledger.total_available([till.place.program_id], at=AT + 15 * MINUTE) == {till.place.program_id: 10}


def test_capturing_redeems_from_the_lots_that_were_held(till):
    ledger.post([till.posting(10), till.posting(10, expires_at=AT + DAY)], at=AT)
    held = hold(till, 12)
    ledger.post([till.posting(10, expires_at=AT + MINUTE)], at=AT)

    entry = ledger.capture(hold=held, at=AT + MINUTE)

    assert (entry.kind, entry.points) == ("redeem", -12)
    assert lots(till) == [(10, 8), (10, 0), (10, 10)]
    assert ledger.capture(hold=held, at=AT + DAY) == entry
    assert balance(till, AT + MINUTE).held == 0
    assert list(ledger.differences()) == []


def test_what_was_captured_comes_back_to_its_lots(till):
    ledger.post([till.posting(10, expires_at=AT + DAY)], at=AT)
    entry = ledger.capture(hold=hold(till, 6), at=AT)

    ledger.give_back(entry=entry, key="b", at=AT)

    assert lots(till) == [(10, 10)]


def test_releasing_makes_them_available_again(till):
    ledger.post([till.posting(10)], at=AT)
    held = hold(till, 6)

    ledger.release(hold=held, at=AT + MINUTE)
    ledger.release(hold=held, at=AT + 2 * MINUTE)

    assert (balance(till, AT + MINUTE).available, balance(till, AT, now=AT + DAY).held) == (10, 6)
    with pytest.raises(ledger.HoldOver):
        ledger.capture(hold=held, at=AT + MINUTE)


def test_a_hold_ends_by_itself(till):
    ledger.post([till.posting(10)], at=AT)
    held = hold(till, 6)

    with pytest.raises(ledger.HoldOver):
        ledger.capture(hold=held, at=AT + 15 * MINUTE)

    assert hold(till, 10, key="h2", at=AT + 15 * MINUTE).points == 10


def test_what_was_captured_is_not_released(till):
    ledger.post([till.posting(10)], at=AT)
    held = hold(till, 6)
    ledger.capture(hold=held, at=AT)

    with pytest.raises(ledger.HoldOver):
        ledger.release(hold=held, at=AT)


def test_nobody_else_gets_what_is_held(till, ben):
    ledger.post([till.posting(10)], at=AT)
    hold(till, 6)

    for take in (
        lambda: ledger.spend(membership=till.place, points=5, key="s", at=AT),
        lambda: hold(till, 5, key="h2"),
        lambda: transfers.transfer(sender=till.place, receiver=ben.place, points=5, key="t", at=AT),
    ):
        with pytest.raises(ledger.InsufficientPoints):
            take()
    assert ledger.spend(membership=till.place, points=4, key="s", at=AT).points == -4


def test_a_reversal_leaves_what_is_held(till):
    bought = shops.purchase(till.place.program.merchant, till.place.customer)
    ledger.post([till.posting(10, purchase_id=bought.pk)], at=AT)
    held = hold(till, 6)

    ledger.post([till.posting(-10, purchase_id=bought.pk)], at=AT)
    assert balance(till).available == -6

    ledger.capture(hold=held, at=AT)
    assert (lots(till), balance(till).available) == ([(10, 0)], -6)
    assert list(ledger.differences()) == []


def test_a_lot_that_is_held_does_not_expire_meanwhile(till):
    ledger.post([till.posting(10, expires_at=AT + MINUTE)], at=AT)
    held = hold(till, 6)

    assert ledger.expire(at=AT + 2 * MINUTE) == 0
    seen = balance(till, AT + 2 * MINUTE)
    assert (seen.available, seen.held, seen.expired) == (0, 6, 4)

    ledger.capture(hold=held, at=AT + 3 * MINUTE)
    assert ledger.expire(at=AT + 3 * MINUTE) == 1
    seen = balance(till, AT + 3 * MINUTE)
    assert (seen.held, seen.expired, seen.lifetime_redeemed) == (0, 4, 6)
    past = balance(till, AT + 2 * MINUTE, now=AT + DAY)
    assert (past.available, past.held, past.expired) == (0, 6, 4)


def test_after_a_hold_the_lots_own_time_counts(till):
    ledger.post([till.posting(10, expires_at=AT + MINUTE)], at=AT)
    held = hold(till, 6)

    ledger.release(hold=held, at=AT + 2 * MINUTE)

    assert balance(till, AT + 2 * MINUTE).expired == 10
    assert ledger.expire(at=AT + 2 * MINUTE) == 1


def test_the_same_key_holds_once(till):
    ledger.post([till.posting(10)], at=AT)

    assert hold(till, 6) == hold(till, 6)
    assert balance(till).held == 6


def test_who_owes_or_has_too_little_holds_nothing(till, ben):
    ledger.post([till.posting(10), ben.posting(-1)], at=AT)

    with pytest.raises(ledger.InsufficientPoints):
        hold(till, 11)
    with pytest.raises(ledger.Deficit):
        hold(ben, 1)
    assert not Hold.objects.exists()


def test_who_is_about_to_redeem_neither_joins_nor_leaves_a_pool(till, ben):
    ledger.post([till.posting(10)], at=AT)
    hold(till, 6)

    with pytest.raises(ledger.PointsHeld):
        pools.join(membership=till.place, host=ben.place, at=AT)

    ben.place = pools.join(membership=ben.place, host=till.place, at=AT)
    with pytest.raises(ledger.PointsHeld):
        pools.leave(membership=till.place, at=AT + MINUTE)
    pools.leave(membership=till.place, at=AT + 15 * MINUTE)


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        (lambda: Hold.objects.update(points=7), "holds 7 points, but its lots name 6"),
        (lambda: HeldLot.objects.all().delete(), "holds 6 points, but its lots name 0"),
        (lambda: PointsAccount.objects.update(held_until=None), "ends after its account is said to be held"),
        (
            lambda: Hold.objects.update(entry=Entry.objects.get(), ended_at=AT),
            "captured 6 points, but its entry says something else",
        ),
        (
            lambda: Hold.objects.update(account=PointsAccount.objects.create(program=Program.objects.get())),
            "of another account",
        ),
    ],
)
def test_each_kind_of_damage_to_holds_is_found(till, damage, word):
    ledger.post([till.posting(10)], at=AT)
    hold(till, 6)
    assert list(ledger.differences()) == []

    damage()

    assert [sentence for sentence in ledger.differences() if word in sentence]


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (Hold, {"points": 0}, "a_hold_holds_something"),
        (Hold, {"ends_at": AT}, "a_hold_ends_after_it_began"),
        (HeldLot, {"points": 0}, "a_held_lot_gives_something"),
    ],
)
def test_the_database_refuses_what_must_never_be(till, model, change, constraint):
    ledger.post([till.posting(10)], at=AT)
    hold(till, 6)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**change)


def test_what_is_captured_has_ended(till):
    ledger.post([till.posting(10)], at=AT)
    hold(till, 6)

    with pytest.raises(IntegrityError, match="a_hold_that_was_captured_has_ended"), transaction.atomic():
        Hold.objects.update(entry=Entry.objects.get())
