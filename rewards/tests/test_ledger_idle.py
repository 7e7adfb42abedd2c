"""Points that last while their account is not idle: when they are over follows from its last counted purchase."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F

from customers import activity
from customers.models import Purchase
from customers.tests import factories as shops
from rewards import earning, ledger, transfers
from rewards.ledger import idle
from rewards.models import Entry, Lot
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OVER = datetime(2026, 4, 10, 22, tzinfo=UTC)  # AT is 10 March: through 10 April in Madrid
MONTH = {"expiry": {"kind": "inactivity", "months": 1}}


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def ana(shop):
    factories.program(shop, policies=MONTH)
    return factories.member(shop)


def account(person):
    return factories.membership(person).account_id


def found(person, at, *, now=None):
    return ledger.balance(account(person), at=at, now=now or at)


def buy(shop, person, at):
    return factories.judged(shop, person, at=at)


def void(shop, bought, at):
    Purchase.objects.filter(pk=bought.pk).update(voided_at=at)
    activity.refresh(merchant=shop, customers=[bought.customer_id])
    earning.withdraw(merchant=shop, purchase=Purchase.objects.get(pk=bought.pk), at=at)


def test_points_are_over_so_many_months_after_the_day_of_the_last_purchase(shop, ana):
    buy(shop, ana, AT)

    before, after = (found(ana, at, now=AT) for at in (OVER - timedelta(seconds=1), OVER))

    assert (before.available, before.next_expiry_points, before.next_expiry_at) == (10, 10, OVER)
    assert (after.available, after.expired, after.next_expiry_at) == (0, 10, None)
    assert Lot.objects.values_list("expires_at", "idle_months", "idle_from").get() == (None, 1, AT)


def test_each_purchase_moves_all_points_of_the_account(shop, ana):
    buy(shop, ana, AT)
    buy(shop, ana, AT + 20 * DAY)

    later = found(ana, AT + 21 * DAY)

    assert (later.available, later.next_expiry_points) == (20, 20)
    assert later.next_expiry_at == datetime(2026, 4, 30, 22, tzinfo=UTC)


def test_a_void_moves_them_back(shop, ana):
    buy(shop, ana, AT)
    second = buy(shop, ana, AT + 20 * DAY)
    void(shop, second, AT + 21 * DAY)

    assert found(ana, AT + 22 * DAY).next_expiry_at == OVER
    assert found(ana, OVER).expired == 10


def test_a_purchase_after_they_were_over_does_not_bring_them_back(shop, ana):
    buy(shop, ana, AT)
    buy(shop, ana, OVER)

    now = found(ana, OVER)

    assert (now.available, now.expired) == (10, 10)
    entry = Entry.objects.get(kind="expire")
    assert (entry.points, entry.occurred_at, entry.recorded_at) == (-10, OVER, OVER)


def test_a_history_that_arrives_at_once_expires_as_if_it_had_been_posted_then(shop, ana):
    made = [shops.purchase(shop, ana, at=AT + days * DAY) for days in (0, 20, 60, 80)]
    earning.judge(merchant=shop, purchases=made, at=AT + 90 * DAY)

    now = found(ana, AT + 90 * DAY)

    assert (now.available, now.expired) == (20, 20)
    assert set(Entry.objects.filter(kind="expire").values_list("occurred_at", flat=True)) == {
        datetime(2026, 4, 30, 22, tzinfo=UTC)
    }


def test_the_past_knows_the_last_purchase_of_then(shop, ana):
    buy(shop, ana, AT)
    buy(shop, ana, AT + 20 * DAY)
    now = AT + 60 * DAY

    past = [found(ana, AT + days * DAY, now=now) for days in (10, 25, 45, 55)]

    assert [(one.available, one.expired) for one in past] == [(10, 0), (20, 0), (20, 0), (0, 20)]
    assert past[0].next_expiry_at == OVER


def test_the_books_say_it_once_dated_when_it_happened(shop, ana):
    buy(shop, ana, AT)
    buy(shop, ana, AT + 5 * DAY)
    over = datetime(2026, 4, 15, 22, tzinfo=UTC)
    before = found(ana, over)

    assert [ledger.expire(at=over - timedelta(seconds=1)), ledger.expire(at=over), ledger.expire(at=over)] == [0, 2, 0]

    assert found(ana, over) == before
    assert set(Entry.objects.filter(kind="expire").values_list("occurred_at", flat=True)) == {over}
    assert list(ledger.differences()) == []


def test_spending_takes_them_by_when_they_would_be_over(shop, ana):
    till = Till(factories.membership(ana))
    ledger.post([till.posting(5), till.posting(5, expires_at=OVER + DAY), till.posting(5, idle_months=1)], at=AT)

    ledger.spend(membership=till.place, points=6, key="s1", at=AT)
    assert list(Lot.objects.order_by("pk").values_list("remaining", flat=True)) == [5, 4, 0]

    shops.purchase(shop, ana, at=AT + 9 * DAY)
    ledger.post([till.posting(5, idle_months=1)], at=AT + 9 * DAY)
    ledger.spend(membership=till.place, points=5, key="s2", at=AT + 9 * DAY)
    assert list(Lot.objects.order_by("pk").values_list("remaining", flat=True)) == [5, 0, 0, 4]


def test_what_is_over_cannot_be_spent_though_it_is_not_booked(shop, ana):
    buy(shop, ana, AT)

    with pytest.raises(ledger.InsufficientPoints):
        ledger.spend(membership=factories.membership(ana), points=1, key="s1", at=OVER)


def test_a_transfer_keeps_how_long_they_have_been_idle(shop, ana):
    ben = factories.member(shop)
    buy(shop, ana, AT)

    transfers.transfer(
        sender=factories.membership(ana), receiver=factories.membership(ben), points=10, key="t", at=AT + 20 * DAY
    )

    assert found(ben, AT + 20 * DAY).next_expiry_at == OVER


def test_the_total_of_a_program_knows_what_is_over(shop, ana):
    ben = factories.member(shop)
    buy(shop, ana, AT)
    buy(shop, ben, AT + 5 * DAY)
    [program] = {factories.membership(ana).program_id}

    moments = [AT + 5 * DAY, OVER - timedelta(seconds=1), OVER, OVER + 5 * DAY]

    assert [ledger.total_available([program], at=at).get(program, 0) for at in moments] == [20, 20, 10, 0]


def test_the_first_lasting_day_is_the_earliest_whose_points_are_good():
    for months, today in ((1, date(2026, 3, 31)), (1, date(2026, 3, 1)), (12, date(2028, 2, 29))):
        day = idle.first_lasting_day(months, today)
        clock = idle.Clock(None, "Europe/Madrid")
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        moment = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
        assert clock.over_at(noon, months) > moment
        assert clock.over_at(noon - DAY, months) <= moment


@pytest.mark.parametrize("count", [1, 20])
def test_balances_of_idle_points_cost_two_queries_more(shop, ana, count, django_assert_num_queries):
    people = [factories.member(shop) for __ in range(count)]
    for person in people:
        buy(shop, person, AT)

    accounts = [account(person) for person in people]

    with django_assert_num_queries(4):
        held = ledger.balances(accounts, at=AT, now=AT)

    assert {one.available for one in held.values()} == {10}


def test_refunds_of_idle_points_leave_those_of_the_rest(shop, ana):
    bought = buy(shop, ana, AT)

    factories.returned(shop, bought, amount=400)

    assert found(ana, AT).available == 6
    assert Lot.objects.filter(idle_from=F("available_at")).count() == 1
