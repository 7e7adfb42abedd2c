from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from customers.tests import factories as shops
from rewards import ledger
from rewards.models import Entry, Lot, LotUse, PointsAccount
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


def account(till):
    return PointsAccount.objects.values_list("balance", "deficit").get(pk=till.place.account_id)


def lots(till):
    return list(Lot.objects.filter(account=till.place.account_id).order_by("pk").values_list("points", "remaining"))


def test_earning_makes_an_entry_and_a_lot(till):
    [posted] = ledger.post([till.posting(38, expires_at=AT + 30 * DAY)], at=AT)

    entry = Entry.objects.get()
    assert (entry.kind, entry.points, entry.balance_after, entry.occurred_at) == ("earn", 38, 38, AT)
    lot = Lot.objects.get()
    assert (lot.entry, lot.points, lot.remaining, lot.available_at) == (entry, 38, 38, AT)
    assert lot.expires_at == AT + 30 * DAY
    assert posted.entry_id == entry.pk
    assert account(till) == (38, 0)


def test_the_same_key_posts_once(till):
    posting = till.posting(10)
    ledger.post([posting], at=AT)

    assert ledger.post([posting], at=AT) == []
    assert account(till) == (10, 0)


def test_the_same_key_twice_in_one_list_posts_once(till):
    posting = till.posting(10)

    assert len(ledger.post([posting, posting], at=AT)) == 1
    assert account(till) == (10, 0)


def test_balance_after_follows_the_order_of_recording(till):
    ledger.post([till.posting(10), till.posting(5, at=AT - DAY), till.posting(-3)], at=AT)

    assert list(Entry.objects.order_by("pk").values_list("balance_after", flat=True)) == [10, 15, 12]


def test_spending_takes_the_nearest_expiry_then_the_oldest_and_endless_lots_last(till):
    ledger.post(
        [
            till.posting(10),
            till.posting(10, expires_at=AT + 9 * DAY),
            till.posting(10, expires_at=AT + 5 * DAY),
            till.posting(10, expires_at=AT + 5 * DAY),
        ],
        at=AT,
    )

    ledger.post([till.posting(-25, kind="adjust")], at=AT)

    assert lots(till) == [(10, 10), (10, 5), (10, 0), (10, 0)]
    assert list(LotUse.objects.order_by("pk").values_list("points", flat=True)) == [10, 10, 5]


def test_pending_lots_of_others_are_not_touched(till):
    ledger.post([till.posting(10, available_at=AT + DAY)], at=AT)

    ledger.post([till.posting(-4)], at=AT)

    assert lots(till) == [(10, 10)]
    assert account(till) == (6, 4)


def test_expired_lots_are_not_touched(till):
    ledger.post([till.posting(10, expires_at=AT + DAY)], at=AT)

    ledger.post([till.posting(-4, at=AT + DAY)], at=AT + DAY)

    assert lots(till) == [(10, 10)]
    assert account(till) == (6, 4)


def test_a_deficit_is_repaid_by_the_next_earning(till):
    ledger.post([till.posting(-4)], at=AT)

    ledger.post([till.posting(10)], at=AT)

    assert account(till) == (6, 0)
    assert lots(till) == [(10, 6)]
    assert LotUse.objects.get().entry == Lot.objects.get().entry


def test_a_small_earning_repays_a_part(till):
    ledger.post([till.posting(-10)], at=AT)

    ledger.post([till.posting(4)], at=AT)

    assert account(till) == (-6, 6)
    assert lots(till) == [(4, 0)]


def test_forgiving_takes_what_is_there(till):
    ledger.post([till.posting(4)], at=AT)

    [posted] = ledger.post([till.posting(-10, forgive=True)], at=AT)

    assert (posted.moved, posted.forgiven) == (-4, 6)
    assert Entry.objects.values_list("points", "forgiven").get(kind="reverse") == (-4, 6)
    assert account(till) == (0, 0)


def test_forgiving_everything_is_noted_without_points(till):
    [posted] = ledger.post([till.posting(-10, forgive=True)], at=AT)

    assert (posted.moved, posted.forgiven) == (0, 10)
    assert Entry.objects.values_list("points", "forgiven").get() == (0, 10)


def test_the_same_list_may_earn_and_spend(till):
    ledger.post([till.posting(10), till.posting(-7), till.posting(5)], at=AT)

    assert account(till) == (8, 0)
    assert lots(till) == [(10, 3), (5, 5)]


def test_accounts_do_not_mix(shop, till):
    other = Till(factories.membership(factories.member(shop)))

    ledger.post([till.posting(10), other.posting(20), till.posting(-3)], at=AT)

    assert (account(till), account(other)) == ((7, 0), (20, 0))


@pytest.mark.parametrize("count", [1, 20])
def test_posting_takes_the_same_statements_for_one_and_for_many(shop, count, django_assert_num_queries):
    factories.program(shop)
    tills = [Till(factories.membership(factories.member(shop))) for __ in range(count)]
    earning = [till.posting(10) for till in tills]

    # savepoint and release, accounts, keys, ids of lots and entries, entries, lots, accounts
    with django_assert_num_queries(9):
        ledger.post(earning, at=AT)

    assert sorted(set(Entry.objects.values_list("balance_after", flat=True))) == [10]


@pytest.mark.parametrize("count", [1, 20])
def test_taking_back_takes_three_statements_more(shop, count, django_assert_num_queries):
    factories.program(shop)
    tills = [Till(factories.membership(factories.member(shop))) for __ in range(count)]
    ledger.post([till.posting(10) for till in tills], at=AT)
    taking = [till.posting(-4) for till in tills]

    # savepoint and release, accounts, keys, open lots, ids, entries, lots, uses, accounts
    with django_assert_num_queries(10):
        ledger.post(taking, at=AT)

    assert sorted(set(Lot.objects.values_list("remaining", flat=True))) == [6]


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (Entry, {"points": 0}, "an_entry_moves_or_settles_something"),
        (Entry, {"points": -5}, "the_sign_of_an_entry_follows_its_kind"),
        (Entry, {"forgiven": 1}, "only_a_reversal_settles_without_points"),
        (Lot, {"remaining": -1}, "a_lot_gives_no_more_than_it_held"),
        (Lot, {"remaining": 11}, "a_lot_gives_no_more_than_it_held"),
        (Lot, {"points": 0, "remaining": 0}, "a_lot_holds_something"),
        (Lot, {"expires_at": AT}, "a_lot_can_be_spent_some_time"),
        (PointsAccount, {"deficit": -1}, "a_deficit_is_not_negative"),
        (PointsAccount, {"balance": -1}, "a_balance_is_below_zero_only_by_its_deficit"),
    ],
)
def test_the_database_refuses_what_must_never_be(till, model, change, constraint):
    ledger.post([till.posting(10)], at=AT)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**change)


def test_a_posting_may_name_its_lot(till):
    ledger.post([till.posting(50, expires_at=AT + 5 * DAY), till.posting(100)], at=AT)
    endless = Lot.objects.get(points=100)

    ledger.post([till.posting(-100, lot_id=endless.pk)], at=AT)

    assert lots(till) == [(50, 50), (100, 0)]
