"""Random histories against a slow and obvious model: balances, lots and deficits agree at every step."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.tests import factories as shops
from rewards import ledger
from rewards.models import Lot, PointsAccount
from rewards.tests import factories
from rewards.tests.factories import AT, Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@dataclass
class SlowLot:
    points: int
    remaining: int
    available_on: int
    expires_on: int | None


@dataclass
class SlowAccount:
    """One point at a time, by the contract's words."""

    lots: list[SlowLot] = field(default_factory=list)
    entries: int = 0
    deficit: int = 0

    def earn(self, points, day, hold, life):
        lot = SlowLot(points, 0, day + hold, None if life is None else day + hold + life)
        for __ in range(points):
            self.entries += 1
            if self.deficit:
                self.deficit -= 1
            else:
                lot.remaining += 1
        self.lots.append(lot)

    def take(self, points, day, forgive):
        for __ in range(points):
            open_lots = [lot for lot in self.lots if lot.remaining and self.is_open(lot, day)]
            if not open_lots and forgive:
                return
            self.entries -= 1
            if not open_lots:
                self.deficit += 1
                continue
            endless = 10**9
            first = min(open_lots, key=lambda lot: endless if lot.expires_on is None else lot.expires_on)
            first.remaining -= 1

    def expire(self, day):
        for lot in self.lots:
            if lot.expires_on is not None and lot.expires_on <= day:
                self.entries -= lot.remaining
                lot.remaining = 0

    def is_open(self, lot, day):
        return lot.available_on <= day and (lot.expires_on is None or day < lot.expires_on)

    def available(self, day):
        return sum(lot.remaining for lot in self.lots if self.is_open(lot, day)) - self.deficit


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("earn"), st.integers(1, 30), st.integers(0, 3), st.one_of(st.none(), st.integers(1, 9))),
        st.tuples(st.just("take"), st.integers(1, 40), st.booleans(), st.none()),
        st.tuples(st.just("expire"), st.none(), st.none(), st.none()),
        st.tuples(st.just("wait"), st.integers(1, 5), st.none(), st.none()),
    ),
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_history_agrees_with_the_slow_model(steps):
    shop = shops.merchant(f"h{next(shops.NUMBERS)}")
    factories.program(shop)
    till, slow, day = Till(factories.membership(factories.member(shop))), SlowAccount(), 0

    for kind, number, option, life in steps:
        at = AT + day * DAY
        if kind == "wait":
            day += number
        elif kind == "earn":
            slow.earn(number, day, option, life)
            available = at + option * DAY
            expires = None if life is None else available + life * DAY
            ledger.post([till.posting(number, at=at, available_at=available, expires_at=expires)], at=at)
        elif kind == "take":
            slow.take(number, day, option)
            ledger.post([till.posting(-number, at=at, forgive=option)], at=at)
        else:
            slow.expire(day)
            ledger.expire(at=at)

        assert_agree(till, slow, day)


def assert_agree(till, slow, day):
    """The account, its lots, today's, tomorrow's and next week's balance, computed both ways."""
    account = PointsAccount.objects.get(pk=till.place.account_id)
    at = AT + day * DAY
    assert (account.balance, account.deficit) == (slow.entries, slow.deficit)
    remaining = Lot.objects.filter(account=account).order_by("pk").values_list("remaining", flat=True)
    assert list(remaining) == [lot.remaining for lot in slow.lots]
    for later in (0, 1, 7):
        found = ledger.balance(account.pk, at=at + later * DAY, now=at)
        assert found.available == slow.available(day + later)
    now, past = (ledger.balance(account.pk, at=at, now=at + wait) for wait in (timedelta(0), timedelta(seconds=1)))
    assert now == past
    assert list(ledger.differences(till.place.program.merchant)) == []
