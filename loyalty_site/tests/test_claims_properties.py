"""Random baskets with random claims, given back and voided in any order, against a slow and obvious model."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.merchants.refusals import Refusal
from customers.models import Purchase
from customers.purchases import LineDraft, PurchaseDraft, Wishes
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.claims import Shop, percent
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, points
from rewards.models import Voucher

pytestmark = pytest.mark.django_db
RULES = [
    {"name": "all", "award": {"per_amount": {"points": 2, "every": 100}}},
    {"name": "cake", "award": {"per_amount": {"points": 3, "every": 100}}, "when": {"categories": ["cake"]}},
]
OPENING, CARD = 40, 900
LINES = st.lists(
    st.tuples(st.integers(0, 700), st.integers(1, 3), st.sampled_from(["coffee", "cake"])), min_size=1, max_size=3
)
CLAIMS = st.lists(st.sampled_from(["half", "fixed", "coffee", "dear", "cheap", "card"]), max_size=4, unique=True)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("amount"), st.integers(1, 500)),
        st.tuples(st.just("line"), st.integers(0, 2), st.integers(1, 3)),
        st.tuples(st.just("void")),
    ),
    max_size=5,
)


def half_up(exact) -> int:
    return floor(Fraction(exact) + Fraction(1, 2))


class Model:
    """A purchase by the contract's words: what is left of the money, and of the units of every line."""

    def __init__(self, lines, draft, costs, paid, full_price):
        self.lines = [[one.amount, one.discount, units, units, one.category] for one, (__, units, ___) in
                      zip(draft.lines, lines, strict=True)]  # fmt: skip
        self.net = self.left = draft.amount
        self.costs, self.paid, self.full_price, self.voided = costs, paid, full_price, False

    def shares(self):
        """Of each line: what is left of its price after discounts, of its discount, units left, and its category."""
        return [
            (half_up(Fraction(net * left, units)), half_up(Fraction(off * left, units)), left, name)
            for net, off, units, left, name in self.lines
        ]

    def give_back_amount(self, wish):
        if self.voided or wish > self.left:
            return False
        self.left -= wish
        return True

    def give_back_line(self, place, units):
        if self.voided or place >= len(self.lines) or units > self.lines[place][3] or (self.net and not self.left):
            return False
        before = sum(net for net, *__ in self.shares())
        self.lines[place][3] -= units
        after = sum(net for net, *__ in self.shares())
        self.left = half_up(Fraction(self.left * after, before)) if before else 0
        return True

    def void(self):
        self.voided = True
        return True

    def deserved(self):
        rest = [one for one in self.shares() if one[2]]
        if self.voided or not rest or (self.net and not self.left):
            return 0
        whole = sum(net for net, *__ in rest)
        part = Fraction(self.left, whole) if whole else 1
        price = [((net + off if self.full_price else net) * part, name) for net, off, __, name in rest]
        return 2 * floor(sum(one for one, __ in price) / 100) + 3 * floor(
            sum(one for one, name in price if name == "cake") / 100
        )

    def back(self, paid):
        """How much of what was paid has come back."""
        if self.voided or not any(left for *__, left, ___ in self.lines) or (self.net and not self.left):
            return paid
        if self.net:
            return paid * (self.net - self.left) // self.net
        full = sum(net + off for net, off, *__ in self.lines)
        left = sum(half_up(Fraction((net + off) * rest, units)) for net, off, units, rest, __ in self.lines)
        return paid * (full - left) // full if full else 0


def wishes(shop, claims):
    """What is claimed, by the names of this page."""
    made = {
        "half": shop.voucher(percent(50)),
        "fixed": shop.voucher(250),
        "coffee": shop.voucher({"kind": "free_product", "category": "coffee", "quantity": 2}),
        "card": shop.gift_card(CARD),
    }
    rewards = {"dear": shop.reward(cost=27, amount=100), "cheap": shop.reward(cost=5, benefit=percent(10))}
    return Wishes(
        rewards=[rewards[one] for one in claims if one in rewards],
        vouchers=[made[one] for one in claims if one in made],
    )


def do(shop, model, key, step) -> tuple[bool, bool]:
    """Whether the model and whether the product did a step."""
    kind, *what = step
    call = {"merchant": shop.merchant, "purchase_id": key, "at": AT}
    said = {"amount": model.give_back_amount, "line": model.give_back_line, "void": model.void}[kind](*what)
    try:
        if kind == "void":
            flows.void_purchase(**call)
        elif kind == "amount":
            flows.refund_purchase(**call, amount=what[0])
        else:
            flows.refund_purchase(**call, lines=[(what[0] + 1, Decimal(what[1]))])
    except Refusal:
        return said, False
    return said, True


@pytest.mark.parametrize("base", ["after_discounts", pytest.param("before_discounts", marks=pytest.mark.any_database)])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, claims=CLAIMS, steps=STEPS)
def test_points_stored_value_and_vouchers_are_what_the_rest_of_a_purchase_says(base, lines, claims, steps):
    shop = Shop(rules=RULES, policies={"earning_base": base})
    factories.purchase(shop.merchant, shop.person, amount=100 * OPENING // 2)
    drafts = [LineDraft(amount=worth, quantity=Decimal(units), category=name) for worth, units, name in lines]
    amount = sum(worth for worth, *__ in lines)
    draft = PurchaseDraft(
        amount=amount, occurred_at=AT, customer_id=shop.person.pk, lines=drafts, wishes=wishes(shop, claims) or None
    )
    try:
        flows.record_once(merchant=shop.merchant, drafts=[draft], at=AT)
    except Refusal:
        assert points(shop.person) == OPENING
        assert set(Voucher.objects.filter(merchant=shop.merchant).values_list("status", flat=True)) == {"open"}
        return
    bought = Purchase.objects.get(pk=draft.pk)
    costs = [one.points for one in bought.redemptions.all()]
    model = Model(lines, draft, costs, bought.prepaid, base == "before_discounts")

    for step in steps:
        said, done = do(shop, model, draft.pk, step)
        assert said == done, step
        back = sum(model.back(cost) for cost in costs)
        assert points(shop.person) == OPENING + model.deserved() - sum(costs) + back, step
        card = Voucher.objects.get(merchant=shop.merchant, benefit__kind="gift_card")
        assert card.balance == CARD - model.paid + model.back(model.paid), step

    assert_sound(shop.merchant)
