from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from customers.tests import factories as shops
from rewards import ledger
from rewards.models import Entry, Lot, LotUse, PointsAccount
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATE = AT + 20 * DAY
THIRTY_DAYS_LATER = datetime(2026, 4, 29, 22, tzinfo=UTC)  # the midnight after 29 April in Madrid


@pytest.fixture
def till():
    shop = shops.merchant()
    factories.program(shop)
    return Till(factories.membership(factories.member(shop)))


def spend(till, points, *, key="s1", at=AT):
    return ledger.spend(membership=till.place, points=points, key=key, at=at)


def give_back(entry, points=None, *, key="b1", at=AT):
    return ledger.give_back(entry=entry, points=points, key=key, at=at)


def lots(till):
    return list(Lot.objects.filter(account=till.place.account_id).order_by("pk").values_list("points", "remaining"))


def test_spending_takes_the_nearest_expiry_first(till):
    ledger.post([till.posting(10), till.posting(10, expires_at=AT + DAY)], at=AT)

    entry = spend(till, 15)

    assert (entry.kind, entry.points, entry.balance_after) == ("redeem", -15, 5)
    assert lots(till) == [(10, 5), (10, 0)]


def test_spending_takes_what_is_available_and_no_more(till):
    ledger.post(
        [
            till.posting(10),
            till.posting(10, available_at=AT + DAY),
            till.posting(10, at=AT - 2 * DAY, expires_at=AT - DAY),
        ],
        at=AT,
    )

    with pytest.raises(ledger.InsufficientPoints) as refusal:
        spend(till, 11)

    assert (refusal.value.code, refusal.value.extra) == ("insufficient_points", {"available": 10, "missing": 1})
    assert str(refusal.value) == "There are not enough points: 10 can be used, and 11 are asked for."
    assert spend(till, 10).points == -10


def test_an_account_that_owes_cannot_redeem(till):
    ledger.post([till.posting(-5), till.posting(3, available_at=AT)], at=AT)

    with pytest.raises(ledger.Deficit) as refusal:
        spend(till, 1)

    assert (refusal.value.code, refusal.value.extra) == ("deficit", {"deficit": 2})
    assert Entry.objects.filter(kind="redeem").count() == 0


def test_the_same_key_spends_once(till):
    ledger.post([till.posting(10)], at=AT)

    assert spend(till, 6) == spend(till, 6)
    assert lots(till) == [(10, 4)]


def test_points_return_to_the_lots_they_came_from(till):
    ledger.post([till.posting(10, expires_at=LATE), till.posting(10)], at=AT)
    entry = spend(till, 15)

    back = give_back(entry)

    assert (back.points, back.extended, back.extended_until) == (15, 0, None)
    assert (back.entry.kind, back.entry.origin, back.entry.balance_after) == ("return", entry, 20)
    assert lots(till) == [(10, 10), (10, 10)]
    assert list(LotUse.objects.filter(entry=back.entry).values_list("points", flat=True)) == [-5, -10]
    assert list(ledger.differences()) == []


def test_a_part_returns_as_if_less_had_been_spent(till):
    ledger.post([till.posting(10, expires_at=LATE), till.posting(10)], at=AT)
    entry = spend(till, 15)

    give_back(entry, 7)
    assert lots(till) == [(10, 2), (10, 10)]

    give_back(entry, key="b2")
    assert lots(till) == [(10, 10), (10, 10)]


@pytest.mark.parametrize("points", [0, -1, 9])
def test_no_more_comes_back_than_was_redeemed(till, points):
    ledger.post([till.posting(10)], at=AT)
    entry = spend(till, 10)
    give_back(entry, 2)

    with pytest.raises(ledger.NothingLeft) as refusal:
        give_back(entry, points, key="b2")

    assert (refusal.value.code, refusal.value.extra) == ("exceeds_redemption", {"left": 8})


def test_the_same_key_gives_back_once(till):
    ledger.post([till.posting(10)], at=AT)
    entry = spend(till, 10)

    assert give_back(entry, 4) == give_back(entry, 4)
    assert lots(till) == [(10, 4)]


def test_points_that_return_to_an_expired_lot_stay_usable_for_30_days(till):
    ledger.post([till.posting(10, expires_at=AT + DAY), till.posting(10)], at=AT)
    entry = spend(till, 15)
    at = datetime(2026, 3, 30, 12, tzinfo=UTC)

    back = give_back(entry, at=at)

    assert (back.points, back.extended, back.extended_until) == (15, 10, THIRTY_DAYS_LATER)
    late = Lot.objects.get(origin__isnull=False)
    assert (late.points, late.available_at, late.expires_at) == (10, at, THIRTY_DAYS_LATER)
    assert lots(till) == [(10, 0), (10, 10), (10, 10)]
    assert give_back(entry, at=at) == back
    assert list(ledger.differences()) == []


def test_whether_the_expiry_is_booked_does_not_matter_to_what_returns(till):
    ledger.post([till.posting(10, expires_at=AT + DAY)], at=AT)
    entry = spend(till, 6)
    ledger.expire(at=AT + DAY)

    back = give_back(entry, at=AT + DAY)

    assert (back.points, back.extended) == (6, 6)
    found = ledger.balance(till.place.account_id, at=AT + DAY, now=AT + DAY)
    assert (found.available, found.expired, found.lifetime_redeemed) == (6, 4, 0)


def test_points_that_return_repay_a_deficit_first(till):
    ledger.post([till.posting(10)], at=AT)
    entry = spend(till, 10)
    ledger.post([till.posting(-4)], at=AT)

    give_back(entry)

    assert PointsAccount.objects.values_list("balance", "deficit").get(pk=till.place.account_id) == (6, 0)
    assert lots(till) == [(10, 6)]
    assert list(ledger.differences()) == []


def test_the_past_knows_what_was_spent_and_came_back(till):
    ledger.post([till.posting(10)], at=AT)
    entry = spend(till, 6, at=AT + DAY)
    give_back(entry, 2, at=AT + 2 * DAY)

    found = [ledger.balance(till.place.account_id, at=AT + days * DAY, now=AT + 9 * DAY) for days in (0, 1, 2)]

    assert [(one.available, one.lifetime_redeemed) for one in found] == [(10, 0), (4, 6), (6, 4)]


def test_one_entry_may_bring_several_lots(till):
    ledger.post([till.posting(10, expires_at=LATE), till.posting(10)], at=AT)
    entry = spend(till, 15)

    give_back(entry, at=AT + 30 * DAY)

    answer = entry.answers.get()
    assert list(answer.lots.values_list("points", flat=True)) == [10]
    assert answer.points == 15


@pytest.mark.parametrize("count", [1, 20])
def test_spending_takes_the_same_statements_for_one_lot_and_for_many(till, count, django_assert_num_queries):
    ledger.post([till.posting(1) for __ in range(count)], at=AT)

    # savepoints, releases; shop, customer, membership; accounts, keys, lots, ids; entries, lots, uses, accounts; entry
    with django_assert_num_queries(16):
        spend(till, count)


@pytest.mark.parametrize(
    ("kind", "points", "constraint"),
    [
        ("redeem", 5, "the_sign_of_an_entry_follows_its_kind"),
        ("transfer_out", 5, "the_sign_of_an_entry_follows_its_kind"),
        ("return", -5, "the_sign_of_an_entry_follows_its_kind"),
        ("transfer_in", -5, "the_sign_of_an_entry_follows_its_kind"),
        ("transfer_in", 10, "what_comes_back_or_arrives_names_where_it_left"),
        ("return", 10, "what_comes_back_or_arrives_names_where_it_left"),
    ],
)
def test_the_database_knows_what_each_kind_is(till, kind, points, constraint):
    ledger.post([till.posting(10)], at=AT)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Entry.objects.update(kind=kind, points=points)


@pytest.mark.parametrize(
    ("model", "change", "constraint"),
    [
        (LotUse, {"points": 0}, "a_use_draws_or_gives_back_something"),
        (Lot, {"idle_months": 3}, "an_idle_lot_has_no_date_of_its_own"),
        (Lot, {"idle_months": 3, "idle_from": AT, "expires_at": LATE}, "an_idle_lot_has_no_date_of_its_own"),
    ],
)
def test_the_database_refuses_what_must_never_be(till, model, change, constraint):
    ledger.post([till.posting(10)], at=AT)
    spend(till, 5)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.update(**change)
