"""Random histories against `slow_ledger`: what can be spent, what waits, what is lost and every lot agree.

At every step, and later for the moments that are past by then.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from customers.merchants.models import ApiKey, Merchant
from customers.merchants.refusals import Refusal
from customers.models import Customer
from customers.tests import factories as shops
from rewards import adjustments, ledger, pools, transfers
from rewards.ledger import Posting
from rewards.models import Entry, Lot, Membership, PointsAccount
from rewards.tests import factories
from rewards.tests.factories import AT
from rewards.tests.slow_ledger import SlowLedger
from rewards.tests.slow_lots import ENDLESS, Refused

pytestmark = pytest.mark.django_db
PEOPLE = st.sampled_from(["ana", "ben", "cleo"])
POINTS = st.integers(1, 30)
DAYS = st.integers(1, 40).map(lambda days: timedelta(days=days))
LIVES = st.one_of(st.none(), DAYS, st.integers(1, 2))  # for ever, so many days, or months without a purchase


class Histories(RuleBasedStateMachine):
    """Everything that moves points, on the ledger and on the slow one. Each history begins with the same empty shop."""

    shop: Merchant
    places: dict[str, Membership]
    till: ApiKey

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.slow = SlowLedger(list(self.places), AT)
        self.real = [place.account_id for place in self.places.values()]
        self.purchases, self.spent, self.holds, self.past = [], [], [], []

    def teardown(self):
        try:
            assert list(ledger.differences(self.shop)) == []
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    @property
    def now(self):
        return self.slow.now

    def place(self, name) -> Membership:
        """A membership as it is now."""
        return Membership.objects.select_related("program__merchant").get(pk=self.places[name].pk)

    def both(self, fast, slow):
        """Do the same on both sides: both do it, or both say the same no."""
        said = []
        for work in (slow, fast):
            try:
                said.append((None, work()))
            except Refused as refused:
                said.append((str(refused), None))
            except Refusal as refusal:
                said.append((refusal.code, None))
        assert said[0][0] == said[1][0]
        return said[1][1]

    @initialize(lives=st.lists(LIVES, min_size=3, max_size=3))
    def begin_with_something(self, lives):
        for person, life in zip(("ana", "ana", "ben"), lives, strict=True):
            self.buy(person, 20, 0, life)

    @rule(person=PEOPLE, points=POINTS, hold=st.integers(0, 3), life=LIVES)
    def buy(self, person, points, hold, life):
        place, hold = self.place(person), timedelta(days=hold)
        self.slow.buy(person, points, hold, life)
        bought = shops.purchase(self.shop, Customer.objects.get(pk=place.customer_id), at=self.now)
        times = {"idle_months": life} if isinstance(life, int) else {"expires_at": life and self.now + hold + life}
        posting = self.posting(place.account_id, place, "earn", points, f"p{len(self.purchases)}", purchase=bought.pk)
        posting.available_at = self.now + hold
        for name, value in times.items():
            setattr(posting, name, value)
        ledger.post([posting], at=self.now)
        ledger.settle_idle([place.account_id], at=self.now)
        self.purchases.append((bought.pk, place.account_id, place))

    def posting(self, account, place, kind, points, key, *, purchase):
        return Posting(
            account_id=account,
            membership_id=place.pk,
            merchant_id=self.shop.pk,
            kind=kind,
            points=points,
            occurred_at=self.now,
            key=f"{self.shop.slug}:{key}",
            purchase_id=purchase,
        )

    @rule(person=PEOPLE, points=POINTS, most=st.booleans())
    def spend(self, person, points, most):
        if most:
            self.slow.sweep()
            points = max(self.slow.available(self.slow.of[person]) - points // 4, 1)
        key = f"{self.shop.slug}:s{len(self.spent)}"
        entry = self.both(
            lambda: ledger.spend(membership=self.place(person), points=points, key=key, at=self.now),
            lambda: self.slow.spend(person, points),
        )
        if entry:
            self.spent.append(entry)

    @rule(person=PEOPLE, points=POINTS, minutes=st.integers(1, 30))
    def hold(self, person, points, minutes):
        key, until = f"{self.shop.slug}:h{len(self.holds)}", self.now + timedelta(minutes=minutes)
        made = self.both(
            lambda: ledger.hold(membership=self.place(person), points=points, key=key, at=self.now, until=until),
            lambda: self.slow.hold(person, points, minutes),
        )
        if made:
            self.holds.append(made)

    @precondition(lambda self: self.holds)
    @rule(number=st.integers(0, 99))
    def capture(self, number):
        number %= len(self.holds)
        entry = self.both(
            lambda: ledger.capture(hold=self.holds[number], at=self.now), lambda: self.slow.capture(number)
        )
        if entry and entry not in self.spent:
            self.spent.append(entry)

    @precondition(lambda self: self.holds)
    @rule(number=st.integers(0, 99))
    def release(self, number):
        number %= len(self.holds)
        self.both(lambda: ledger.release(hold=self.holds[number], at=self.now), lambda: self.slow.release(number))

    @precondition(lambda self: self.spent)
    @rule(number=st.integers(0, 99), points=POINTS, some=st.booleans())
    def give_back(self, number, points, some):
        number = len(self.spent) - 1 - number % len(self.spent)
        if some:
            points = max(len(self.slow.spent[number].drawn) // 2, 1)
        key = f"{self.shop.slug}:b{Entry.objects.count()}"
        late: list[int] = []
        came = self.both(
            lambda: ledger.give_back(entry=self.spent[number], points=points, key=key, at=self.now),
            lambda: late.append(self.slow.give_back(number, points)),
        )
        if came:
            assert (came.points, [came.extended]) == (points, late)

    @precondition(lambda self: self.purchases)
    @rule(number=st.integers(0, 99), points=POINTS, forgive=st.booleans())
    def reverse(self, number, points, forgive):
        number %= len(self.purchases)
        bought, account, place = self.purchases[number]
        points = min(points, self.slow.bought[number].kept)
        self.slow.reverse(number, points, forgive)
        if points:
            key = f"r{Entry.objects.count()}"
            posting = self.posting(account, place, "reverse", -points, key, purchase=bought)
            posting.forgive = forgive
            ledger.post([posting], at=self.now)

    @rule(sender=PEOPLE, receiver=PEOPLE, points=POINTS)
    def transfer(self, sender, receiver, points):
        key = f"{self.shop.slug}:t{Entry.objects.count()}"
        one, other = self.place(sender), self.place(receiver)
        self.both(
            lambda: transfers.transfer(sender=one, receiver=other, points=points, key=key, at=self.now),
            lambda: self.slow.transfer(sender, receiver, points),
        )

    @rule(person=PEOPLE, host=PEOPLE)
    def join(self, person, host):
        self.both(
            lambda: pools.join(membership=self.place(person), host=self.place(host), at=self.now),
            lambda: self.slow.join(person, host),
        )

    @rule(person=PEOPLE)
    def leave(self, person):
        alone = self.both(
            lambda: pools.leave(membership=self.place(person), at=self.now), lambda: self.slow.leave(person)
        )
        if alone:
            self.real.append(alone.account_id)

    @rule(person=PEOPLE, points=st.integers(-30, 30).filter(bool), life=st.one_of(st.none(), DAYS))
    def adjust(self, person, points, life):
        life = life if points > 0 else None
        self.both(
            lambda: adjustments.adjust(
                membership=self.place(person),
                points=points,
                reason="why",
                by=self.till,
                at=self.now,
                expires_at=life and self.now + life,
            ),
            lambda: self.slow.adjust(person, points, life),
        )

    @rule()
    def expire(self):
        ledger.expire(at=self.now)
        booked = {one.pk: one.balance for one in PointsAccount.objects.filter(pk__in=self.real)}
        assert [booked[account] for account in self.real] == [
            sum(lot.remaining for lot in one.lots) - one.deficit for one in self.slow.accounts
        ]

    @rule(days=st.sampled_from([1, 7, 20, 25, 45]), minutes=st.integers(0, 20))
    def wait(self, days, minutes):
        self.pass_time(timedelta(days=days, minutes=minutes))

    @rule(minutes=st.integers(1, 20))
    def wait_a_little(self, minutes):
        self.pass_time(timedelta(minutes=minutes))

    def pass_time(self, wait):
        self.slow.sweep()
        self.past.append((self.now, self.seen()))
        self.slow.now += wait

    def seen(self) -> list[tuple]:
        """What the slow ledger has on each account now."""
        return [
            (self.slow.available(one), self.slow.pending(one), self.slow.held(one), one.expired, one.redeemed)
            for one in self.slow.accounts
        ]

    @invariant()
    def accounts_agree(self):
        self.slow.sweep()
        assert self.read(self.now) == self.seen()
        owed = dict(PointsAccount.objects.filter(pk__in=self.real).values_list("pk", "deficit"))
        assert [owed[account] for account in self.real] == [one.deficit for one in self.slow.accounts]
        assert self.lots() == sorted(
            (account, self.slow.over_at(lot, one), lot.available_at, lot.remaining)
            for account, one in zip(self.real, self.slow.accounts, strict=True)
            for lot in one.lots
            if lot.remaining and not lot.over
        )

    @invariant()
    def the_past_is_what_it_was(self):
        for moment, seen in self.past[-1:] + self.past[:1]:
            assert self.read(moment)[: len(seen)] == seen

    def read(self, moment) -> list[tuple]:
        """What the ledger says of each account at a moment."""
        found = ledger.balances(self.real, at=moment, now=self.now)
        return [
            (one.available, one.pending, one.held, one.expired, one.lifetime_redeemed)
            for one in (found[account] for account in self.real)
        ]

    def lots(self) -> list[tuple]:
        """The lots that are not over."""
        lots = list(Lot.objects.filter(account__in=self.real, remaining__gt=0).with_end())
        ledger.date_idle(lots)
        known = [(lot.account_id, lot.expires_at or ENDLESS, lot.available_at, lot.remaining) for lot in lots]
        return sorted(one for one in known if one[1] > self.now)


def test_any_history_agrees_with_the_slow_ledger():
    Histories.shop = shop = shops.merchant()
    factories.program(shop)
    Histories.places = {name: factories.membership(factories.member(shop)) for name in ("ana", "ben", "cleo")}
    Histories.till = ApiKey.objects.create(merchant=shop, name="till", scope="manage", hash="x", created_at=AT)

    run_state_machine_as_test(Histories, settings=settings(max_examples=15, stateful_step_count=20, deadline=None))
