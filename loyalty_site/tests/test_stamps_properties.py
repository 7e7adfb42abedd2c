"""Stamp cards over random purchases, refunds, voids and used rewards, against a model that counts by hand."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Purchase
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.receipts import assert_sound, points
from rewards import vouchers
from rewards.models import Voucher

pytestmark = pytest.mark.django_db

SIZE = 3
RULES = [{"name": "Stamp", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]
STAMPS = {"size": SIZE, "reward": {"name": "Tea", "benefit": {"kind": "free_shipping"}}}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 8)),
        st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 4)),
        st.tuples(st.just("void"), st.integers(0, 9)),
        st.tuples(st.just("use")),
    ),
    max_size=14,
)


@dataclass
class Model:
    """A card as one would keep it on paper: stamps on it, and the rewards handed out (True while unused)."""

    clamp: bool
    stamps: int = 0
    rewards: list = field(default_factory=list)

    def earn(self, count):
        self.stamps += count
        while self.stamps >= SIZE:
            self.stamps -= SIZE
            self.rewards.append("open")

    def take(self, count):
        while self.stamps < count and "open" in self.rewards:
            self.rewards[len(self.rewards) - 1 - self.rewards[::-1].index("open")] = "cancelled"
            self.stamps += SIZE
        self.stamps -= min(count, max(self.stamps, 0)) if self.clamp else count

    def use(self):
        if "open" in self.rewards:
            self.rewards[self.rewards.index("open")] = "used"


@pytest.mark.parametrize("clawback", ["allow_negative", pytest.param("clamp", marks=pytest.mark.any_database)])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_cards_are_what_one_would_count_by_hand(shop, clawback, steps):
    program = factories.program(
        shop, name=f"P{factories.Program.objects.count()}", kind="stamps", rules=RULES, stamps=STAMPS,
        policies={"clawback": clawback}, auto_enrol=False,
    )  # fmt: skip
    buyer = factories.customer(shop)
    flows.join_program(program=program, customer=buyer, at=factories.AT)
    model, bought, at = Model(clawback == "clamp"), [], factories.AT
    for step in steps:
        at += timedelta(minutes=1)
        take(step, shop, buyer, model, bought, at)

    found = Voucher.objects.filter(customer=buyer).order_by("pk").values_list("status", flat=True)
    assert (points(buyer), list(found)) == (model.stamps, model.rewards)
    assert_sound(shop)


def take(step, shop, buyer, model, bought, at):
    """One step, in the shop and in the model; `bought` has the purchases that stand, with what is left of each."""
    if step[0] == "buy":
        draft = factories.purchase(shop, buyer, amount=step[1] * 100, at=at).draft
        bought.append([draft.pk, step[1]])
        model.earn(step[1])
    elif step[0] == "use":
        if unused := Voucher.objects.filter(customer=buyer, status="open").order_by("pk").first():
            vouchers.use(voucher=unused, at=at)
        model.use()
    elif step[1] < len(bought):
        purchase = bought[step[1]]
        back = min(step[2], purchase[1]) if step[0] == "refund" else purchase[1]
        if step[0] == "void":
            flows.void_purchase(merchant=shop, purchase_id=purchase[0], at=at)
        elif back:
            assert Purchase.objects.get(pk=purchase[0]).remaining >= back * 100
            flows.refund_purchase(merchant=shop, purchase_id=purchase[0], amount=back * 100, at=at)
        purchase[1] -= back
        model.take(back)
