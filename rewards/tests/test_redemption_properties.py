"""Random redemptions, holds, captures and cancellations, against a model that counts by hand."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.merchants.refusals import Refusal
from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import ledger, redemption
from rewards.models import Lot, Program, Redemption, Reward
from rewards.tests import factories
from rewards.tests.factories import Till

pytestmark = pytest.mark.django_db
COST, POINTS, STOCK, LIMIT, MINUTES = 10, 65, 5, 4, 15
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("redeem"), st.integers(1, 3), st.booleans()),
        st.tuples(st.just("capture"), st.integers(0, 5)),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.integers(1, 10)),
    ),
    max_size=14,
)


@dataclass
class Taken:
    """A redemption in plain values."""

    quantity: int
    state: str
    until: int


class Model:
    """Points, stock and limit of one member and one reward, counted anew each time."""

    def __init__(self):
        self.now, self.taken = 0, []

    def standing(self) -> int:
        for one in self.taken:
            if one.state == "held" and one.until <= self.now:
                one.state = "expired"
        return sum(one.quantity for one in self.taken if one.state in ("held", "captured"))

    def redeem(self, quantity, capture):
        out = self.standing()
        if out + quantity > STOCK:
            return "out_of_stock"
        if out + quantity > LIMIT:
            return "limit_reached"
        if (out + quantity) * COST > POINTS:
            return "insufficient_points"
        self.taken.append(Taken(quantity, "captured" if capture else "held", self.now + MINUTES))
        return "done"

    def capture(self, number):
        self.standing()
        one = self.taken[number]
        if one.state in ("cancelled", "expired"):
            return "hold_over"
        one.state = "captured"
        return "done"

    def cancel(self, number):
        self.standing()
        one = self.taken[number]
        one.state = "expired" if one.state == "expired" else "cancelled"
        return "done"


class Shop:
    """The same through the verbs."""

    def __init__(self, merchant):
        program = factories.program(merchant, name=f"P{Program.objects.count()}")
        self.place = factories.membership(factories.member(merchant), program)
        till = Till(self.place)
        ledger.post([till.posting(25, expires_at=AT + timedelta(days=1)), till.posting(POINTS - 25)], at=AT)
        self.reward = factories.reward(program, stock=STOCK, per_customer=LIMIT)
        self.now, self.made = 0, []

    @property
    def at(self):
        return AT + timedelta(minutes=self.now)

    def redeem(self, quantity, capture):
        one = redemption.redeem(
            membership=self.place, reward=self.reward, quantity=quantity, capture=capture, at=self.at
        )
        self.made.append(one)

    def capture(self, number):
        redemption.capture(redemption=self.made[number], at=self.at)

    def cancel(self, number):
        redemption.cancel(redemption=self.made[number], at=self.at)


def said(work, what) -> str:
    """What somebody is told."""
    try:
        work(*what)
    except Refusal as refusal:
        return refusal.code
    return "done"


@pytest.fixture
def merchant():
    return shops.merchant()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_points_stock_and_limits_are_what_one_counts_by_hand(merchant, steps):
    model, shop = Model(), Shop(merchant)
    for kind, *what in steps:
        if kind == "wait":
            model.now = shop.now = model.now + what[0]
        elif kind == "redeem" or what[0] < len(model.taken):
            assert said(getattr(shop, kind), what) == getattr(model, kind)(*what)
        compare(model, shop)
    for one in shop.made:
        redemption.cancel(redemption=one, at=shop.at)
    left = Lot.objects.filter(account=shop.place.account_id).order_by("pk").values_list("remaining", flat=True)
    assert list(left) == [25, POINTS - 25]
    assert [*ledger.differences(), *redemption.differences()] == []


def compare(model, shop):
    """The shop's books say what was counted."""
    out = model.standing()
    made = Redemption.objects.filter(reward=shop.reward).order_by("pk")
    lapsed = sum(made.lapsed(shop.at).values_list("quantity", flat=True))
    assert ledger.balance(shop.place.account_id, at=shop.at, now=shop.at).available == POINTS - out * COST
    assert Reward.objects.get(pk=shop.reward.pk).stock + lapsed == STOCK - out >= 0
    assert [redemption.status(one, at=shop.at) for one in made] == [one.state for one in model.taken]
