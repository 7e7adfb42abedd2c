from datetime import timedelta

import pytest

from customers.tests import factories as shops
from rewards import ledger, pools, transfers
from rewards.models import Entry, Lot, Membership
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def family(shop):
    factories.program(shop)
    return [Till(factories.membership(factories.member(shop))) for __ in range(3)]


def join(till, host, *, at=AT):
    till.place = pools.join(membership=till.place, host=host.place, at=at)


def leave(till, *, at=AT):
    till.place = pools.leave(membership=till.place, at=at)


def balance(till, at=AT):
    return ledger.balance(till.place.account_id, at=at, now=at)


def test_who_joins_brings_all_lots_along(family):
    ana, ben, __ = family
    ledger.post(
        [ana.posting(1), ben.posting(10, expires_at=AT + 5 * DAY), ben.posting(20, available_at=AT + DAY)], at=AT
    )

    join(ben, ana)

    assert ben.place.account_id == ana.place.account_id
    assert balance(ana) == balance(ben)
    assert (balance(ana).available, balance(ana).pending) == (11, 20)
    brought = (
        Lot.objects.filter(account=ana.place.account_id)
        .order_by("pk")
        .values_list("points", "available_at", "expires_at")
    )
    assert list(brought) == [(1, AT, None), (10, AT, AT + 5 * DAY), (20, AT + DAY, None)]
    assert list(ledger.differences()) == []


def test_who_joins_with_nothing_writes_no_entry(family):
    ana, ben, __ = family

    join(ben, ana)

    assert Entry.objects.count() == 0
    assert list(pools.others(ana.place)) == [ben.place]


def test_everybody_in_a_pool_spends_from_it(family):
    ana, ben, cleo = family
    ledger.post([till.posting(10) for till in family], at=AT)
    join(ben, ana)
    join(cleo, ben)

    ledger.spend(membership=cleo.place, points=25, key="s1", at=AT)

    assert [balance(till).available for till in family] == [5, 5, 5]


def test_purchases_of_all_earn_for_the_pool(shop, family):
    ana, ben, __ = family
    join(ben, ana)

    factories.judged(shop, ben.place.customer, amount=700)

    assert balance(ana).available == 7


def test_who_leaves_takes_nothing_along(family):
    ana, ben, __ = family
    ledger.post([ben.posting(10)], at=AT)
    join(ben, ana)

    leave(ben)

    assert (balance(ana).available, balance(ben).available) == (10, 0)
    assert list(ledger.differences()) == []


def test_the_host_may_leave_too(family):
    ana, ben, __ = family
    ledger.post([ana.posting(10)], at=AT)
    join(ben, ana)

    leave(ana)

    assert (balance(ana).available, balance(ben).available) == (0, 10)


def test_refunds_go_to_the_account_where_the_points_were_earned(shop, family):
    ana, ben, __ = family
    before = factories.judged(shop, ben.place.customer, amount=1000)
    alone = ben.place.account_id
    join(ben, ana)
    within = factories.judged(shop, ben.place.customer, amount=2000)
    leave(ben)

    factories.returned(shop, before, amount=1000)
    factories.returned(shop, within, amount=500)

    assert ledger.balance(alone, at=AT, now=AT).available == -10
    assert (balance(ana).available, balance(ben).available) == (25, 0)
    assert list(ledger.differences()) == []


def test_who_owes_cannot_pool(family):
    ana, ben, cleo = family
    ledger.post([ana.posting(-1)], at=AT)

    for till, host in ((ana, ben), (ben, ana)):
        with pytest.raises(ledger.Deficit):
            join(till, host)

    join(cleo, ben)


def test_pools_do_not_nest_or_repeat(family):
    ana, ben, cleo = family
    join(ben, ana)

    with pytest.raises(transfers.OwnAccount):
        join(ben, ana)
    with pytest.raises(pools.InAPool):
        join(ben, cleo)
    with pytest.raises(pools.NotInAPool):
        leave(cleo)


def test_pools_stay_in_their_program(shop, family):
    factories.program(shop, name="Other")
    other = Membership.objects.exclude(program=family[0].place.program).first()

    with pytest.raises(transfers.OtherProgram) as refusal:
        pools.join(membership=family[0].place, host=other, at=AT)

    assert refusal.value.field == "with"


def test_what_was_over_does_not_come_alive_by_joining(family):
    ana, ben, __ = family
    ledger.post([ana.posting(10, idle_months=1)], at=AT)
    shops.purchase(ana.place.program.merchant, ben.place.customer, at=AT + 40 * DAY)

    join(ben, ana, at=AT + 41 * DAY)

    found = balance(ana, AT + 41 * DAY)
    assert (found.available, found.expired) == (0, 10)


def test_points_last_after_those_have_left_whose_purchases_moved_them(family):
    ana, ben, __ = family
    ledger.post([ana.posting(10, idle_months=1)], at=AT)
    join(ben, ana)
    shops.purchase(ana.place.program.merchant, ben.place.customer, at=AT + 20 * DAY)
    before = balance(ana, AT + 45 * DAY)

    leave(ben, at=AT + 45 * DAY)

    assert before.available == 10
    assert balance(ana, AT + 45 * DAY) == before
