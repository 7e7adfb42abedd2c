from datetime import timedelta

import pytest

from customers.tests import factories as shops
from rewards import ledger
from rewards.ledger import Balance
from rewards.models import Entry, Lot
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def till():
    shop = shops.merchant()
    factories.program(shop)
    return Till(factories.membership(factories.member(shop)))


def at(till, moment, *, now=AT):
    return ledger.balance(till.place.account_id, at=moment, now=now)


def test_nothing_is_nothing(till):
    assert at(till, AT) == Balance()


def test_points_are_pending_then_available_then_expired(till):
    ledger.post([till.posting(10, available_at=AT + DAY, expires_at=AT + 5 * DAY)], at=AT)

    moments = [at(till, AT + days * DAY) for days in (0, 1, 4, 5)]

    assert [(one.pending, one.available, one.expired) for one in moments] == [
        (10, 0, 0), (0, 10, 0), (0, 10, 0), (0, 0, 10),
    ]  # fmt: skip


def test_the_next_expiry_adds_up_equal_moments(till):
    ledger.post(
        [
            till.posting(10, expires_at=AT + 5 * DAY),
            till.posting(7, expires_at=AT + 5 * DAY),
            till.posting(3, expires_at=AT + 9 * DAY),
            till.posting(1),
        ],
        at=AT,
    )

    found = at(till, AT)

    assert (found.next_expiry_points, found.next_expiry_at) == (17, AT + 5 * DAY)


def test_the_past_does_not_know_what_came_later(till):
    ledger.post([till.posting(10, at=AT - 9 * DAY)], at=AT)
    ledger.post([till.posting(-4, at=AT - 5 * DAY)], at=AT)

    moments = [at(till, AT + days * DAY).available for days in (-10, -9, -6, -5, 0)]

    assert moments == [0, 10, 10, 6, 6]


def test_a_deficit_makes_available_negative(till):
    ledger.post([till.posting(-4)], at=AT)

    assert at(till, AT).available == -4
    assert at(till, AT, now=AT + DAY).available == -4


def test_lifetime_earned_is_less_what_returns_took(till):
    ledger.post([till.posting(10), till.posting(-4), till.posting(6, kind="adjust")], at=AT)

    assert at(till, AT).lifetime_earned == 6


def test_what_is_spendable_does_not_wait_for_the_books(till):
    ledger.post([till.posting(10, expires_at=AT + DAY), till.posting(5)], at=AT)
    before = at(till, AT + DAY, now=AT + DAY)

    ledger.expire(at=AT + DAY)

    assert before == at(till, AT + DAY, now=AT + DAY)
    assert (before.available, before.expired) == (5, 10)


def test_expiry_is_dated_when_it_happened_and_booked_once(till):
    ledger.post([till.posting(10, expires_at=AT + DAY)], at=AT)

    assert [ledger.expire(at=AT), ledger.expire(at=AT + 9 * DAY), ledger.expire(at=AT + 9 * DAY)] == [0, 1, 0]
    entry = Entry.objects.get(kind="expire")
    assert (entry.points, entry.balance_after, entry.occurred_at, entry.recorded_at) == (-10, 0, AT + DAY, AT + 9 * DAY)
    assert Lot.objects.get().remaining == 0
    assert list(ledger.differences()) == []


@pytest.mark.parametrize("count", [1, 30])
def test_balances_cost_two_queries(count, django_assert_num_queries):
    shop = shops.merchant()
    factories.program(shop)
    tills = [Till(factories.membership(factories.member(shop))) for __ in range(count)]
    ledger.post([till.posting(10) for till in tills], at=AT)

    with django_assert_num_queries(2):
        found = ledger.balances([till.place.account_id for till in tills], at=AT, now=AT)

    assert {balance.available for balance in found.values()} == {10}


def test_total_available_is_by_program_and_less_deficits():
    shop = shops.merchant()
    made = factories.program(shop)
    rich, poor = (Till(factories.membership(factories.member(shop))) for __ in range(2))
    ledger.post(
        [
            rich.posting(10),
            rich.posting(9, available_at=AT + DAY),
            rich.posting(8, expires_at=AT + DAY),
            poor.posting(-3),
        ],
        at=AT,
    )

    assert ledger.total_available([made.pk], at=AT) == {made.pk: 15}
    assert ledger.total_available([made.pk], at=AT + DAY) == {made.pk: 16}


def test_the_present_counts_what_another_till_has_just_posted(till):
    ledger.post([till.posting(500)], at=AT)
    ledger.post([till.posting(200, at=AT + timedelta(seconds=1))], at=AT + timedelta(seconds=1))

    found = at(till, AT)

    assert (found.available, found.pending) == (500, 200)
