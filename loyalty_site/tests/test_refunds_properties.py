"""Random promises and baskets, given back, voided and moved in any order, against the slow and obvious model."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.merchants.refusals import Refusal
from customers.models import Purchase
from customers.purchases import LineDraft
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, points
from rewards.models import Entry, PointsAccount
from rewards.tests.slow_rules import CATEGORIES, Bought, promises, slow

pytestmark = pytest.mark.django_db
LINES = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 4), st.sampled_from(CATEGORIES)), min_size=1, max_size=3)
STEP = st.one_of(
    st.tuples(st.just("amount"), st.integers(1, 700)),
    st.tuples(st.just("line"), st.integers(0, 2), st.integers(1, 4)),
    st.tuples(st.just("move"), st.integers(0, 2)),
    st.tuples(st.just("void")),
)


class Basket:
    """The rest of a purchase by the contract's words: money left, and units left of every line."""

    def __init__(self, lines):
        self.lines = [[worth, units, units, category] for worth, units, category in lines]
        self.left = self.paid = sum(worth for worth, *__ in lines)
        self.owner, self.voided = 0, False

    def list_price(self):
        """What the units left cost when they were bought, in whole minor units, half up."""
        return [int(Fraction(worth * left, units) + Fraction(1, 2)) for worth, units, left, __ in self.lines]

    def give_back_amount(self, wish):
        if self.voided or wish > self.left:
            return False
        self.left -= wish
        return True

    def give_back_line(self, place, units):
        if self.voided or place >= len(self.lines) or units > self.lines[place][2] or (self.paid and not self.left):
            return False
        before = sum(self.list_price())
        self.lines[place][2] -= units
        self.left = int(Fraction(self.left * sum(self.list_price()), before) + Fraction(1, 2)) if before else 0
        return True

    def rest(self):
        """Lines as they are left, what came back by amount taken off all in proportion."""
        prices = self.list_price()
        part = Fraction(self.left, sum(prices)) if sum(prices) else 1
        return [
            (price * part, left, category)
            for price, (__, ___, left, category) in zip(prices, self.lines, strict=True)
            if left
        ]

    def deserved(self, wanted, policies, bought_for):
        if self.voided or not self.rest() or (bought_for and not self.left):
            return 0
        return sum(slow(wanted, Bought(self.rest(), {}), policies["rounding"], policies["multipliers"]).values())


def take(shop, basket, purchase, people, step) -> tuple[bool, bool]:
    """Whether the model and whether the product did a step."""
    kind, *what = step
    call = {"merchant": shop, "purchase_id": purchase.pk, "at": AT}
    if kind == "amount":
        said, work = basket.give_back_amount(*what), lambda: flows.refund_purchase(**call, amount=what[0])
    elif kind == "line":
        place, units = what
        lines = [(place + 1, Decimal(units))]
        said, work = basket.give_back_line(place, units), lambda: flows.refund_purchase(**call, lines=lines)
    elif kind == "move":
        said, work = not basket.voided, lambda: flows.reassign_purchase(**call, customer_id=people[what[0]].pk)
        basket.owner = what[0] if said else basket.owner
    else:
        said, basket.voided = True, True
        work = lambda: flows.void_purchase(**call)  # noqa: E731
    try:
        work()
    except Refusal:
        return said, False
    return said, True


@pytest.mark.parametrize("multipliers", [pytest.param("best", marks=pytest.mark.any_database), "all"])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), lines=LINES, steps=st.lists(STEP, max_size=6), anonymous=st.booleans())
def test_whatever_happens_to_a_purchase_the_points_kept_are_those_of_its_rest(
    multipliers, data, lines, steps, anonymous
):
    policies = {"rounding": data.draw(st.sampled_from(["down", "half_up", "up"])), "multipliers": multipliers}
    wanted = data.draw(promises(multipliers=multipliers))
    number = next(factories.NUMBERS)
    shop = factories.merchant(slug=f"p{number}", owner=f"o{number}@p.test")
    factories.program(shop, rules=wanted, policies=policies)
    people = [factories.customer(shop) for __ in range(3)]
    drafts = [LineDraft(amount=worth, quantity=Decimal(units), category=name) for worth, units, name in lines]
    basket, amount = Basket(lines), sum(worth for worth, *__ in lines)
    buyer = None if anonymous else people[0]
    basket.owner = None if anonymous else 0
    purchase = factories.purchase(shop, buyer, amount=amount, lines=drafts).draft

    for step in steps:
        said, done = take(shop, basket, purchase, people, step)
        assert said == done, step
        expected = [basket.deserved(wanted, policies, amount) if place == basket.owner else 0 for place in range(3)]
        assert points_of(people) == expected, step

    assert Purchase.objects.get(pk=purchase.pk).remaining == basket.left
    accounts = [PointsAccount.objects.get(memberships__customer=person).balance for person in people]
    assert accounts == points_of(people)
    assert_sound(shop)


def points_of(people) -> list[int]:
    """The sum of entries of each person."""
    return [points(person) for person in people]


CHANGE = st.tuples(
    st.integers(0, 4), st.one_of(STEP, st.tuples(st.just("buy"), st.integers(0, 2), st.integers(0, 900)))
)
LIMITS = [{"per_customer": {"times": 1}}, {"per_customer": {"points": 7}}, {"total": {"times": 2}}]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGE, max_size=10), limits=st.sampled_from(LIMITS))
def test_limits_and_first_purchases_hold_whatever_happens_to_several_purchases(changes, limits):
    number = next(factories.NUMBERS)
    shop = factories.merchant(slug=f"q{number}", owner=f"o{number}@q.test")
    wanted = [
        {"name": "few", "award": {"per_amount": {"points": 3, "every": 100}}, "limits": limits},
        {"name": "first", "award": {"fixed": 5}, "when": {"first_purchase": True}},
    ]
    factories.program(shop, rules=wanted)
    people = [factories.customer(shop) for __ in range(3)]
    sold = [factories.purchase(shop, people[0], amount=500).draft]

    for place, (kind, *what) in changes:
        if kind == "buy":
            sold.append(factories.purchase(shop, people[what[0]], amount=what[1]).draft)
        else:
            take(shop, Basket([(500, 1, "")]), sold[place % len(sold)], people, (kind, *what))

    assert_sound(shop)
    for purchase in Purchase.objects.filter(merchant=shop):
        entries = Entry.objects.filter(purchase=purchase)
        by_person = {
            person.pk: sum(entries.filter(membership__customer=person).values_list("points", flat=True))
            for person in people
        }
        # Only who has it keeps points of it, and nobody those of what is gone.
        assert [key for key, kept in by_person.items() if kept] in ([], [purchase.customer_id])
        if purchase.voided_at or (purchase.amount and not purchase.remaining):
            assert not any(by_person.values())
