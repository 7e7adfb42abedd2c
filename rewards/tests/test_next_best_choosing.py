"""What is proposed to somebody with a history, among people with theirs."""

from datetime import timedelta

import pytest

from customers.purchases import LineDraft
from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import catalog, next_best, redemption
from rewards.tests import factories

pytestmark = pytest.mark.django_db
BUN, COFFEE = {"kind": "free_product", "sku": "bun"}, {"kind": "free_product", "sku": "coffee"}


@pytest.fixture
def program():
    return factories.program(shops.merchant(), at=AT - timedelta(days=60))


@pytest.fixture
def ana(program):
    return factories.member(program.merchant, at=AT - timedelta(days=60))


def buy(shop, person, *skus, amount=500, days=1):
    lines = [LineDraft(amount=amount, sku=sku) for sku in skus]
    return factories.judged(shop, person, amount=amount * len(skus), lines=lines, at=AT - timedelta(days=days))


def proposed(person):
    """Names and reasons, the best first."""
    found = catalog.options(membership=factories.membership(person), at=AT)
    return [(one.reward.name, one.why) for one in next_best.suggestions(customer=person, options=found, at=AT)]


def test_what_somebody_buys_comes_before_what_they_do_not(program, ana):
    factories.reward(program, name="A coffee", cost=5, benefit=COFFEE, at=AT)
    factories.reward(program, name="A bun", cost=5, benefit=BUN, at=AT)
    buy(program.merchant, ana, "bun")

    assert proposed(ana) == [
        ("A bun", "Bought bun on 1 of the last 1 visit. Enough points now."),
        ("A coffee", "Something new: not bought so far. Enough points now."),
    ]


def test_people_who_buy_alike_make_something_new_worth_proposing(program, ana):
    shop = program.merchant
    factories.reward(program, name="A coffee", cost=1, benefit=COFFEE, at=AT)
    for days in (1, 2):
        buy(shop, ana, "bun", days=days)
    for __ in range(4):
        buy(shop, factories.member(shop), "bun", "coffee", days=3)
    buy(shop, factories.member(shop), "bun", days=3)
    buy(shop, factories.member(shop), "coffee", days=3)

    assert proposed(ana) == [("A coffee", "4 of 5 customers who buy alike buy it. Enough points now.")]


def test_what_no_patience_helps_is_not_proposed(program, ana):
    factories.reward(program, name="Gone", cost=1, stock=0, at=AT)
    factories.reward(program, name="Over", cost=1, ends_at=AT, at=AT)
    factories.reward(program, name="Shipping", cost=0, benefit={"kind": "free_shipping"}, at=AT)

    assert proposed(ana) == []


def test_what_is_missing_is_said_in_the_words_of_the_program(program, ana):
    factories.reward(program, name="Money", cost=20, benefit={"kind": "amount_off", "amount": 100}, at=AT)
    buy(program.merchant, ana, "bun", amount=1500)

    assert proposed(ana) == [("Money", "Of use to anybody. 5 points short: about 10 days at this pace.")]


def test_what_somebody_took_before_is_remembered(program, ana):
    made = factories.reward(program, name="Money", cost=5, benefit={"kind": "amount_off", "amount": 100}, at=AT)
    buy(program.merchant, ana, "bun", amount=1500)
    redemption.redeem(membership=factories.membership(ana), reward=made, quantity=2, at=AT)

    assert proposed(ana) == [("Money", "Has taken it 2 times before. Enough points now.")]


def test_proposing_costs_the_same_for_any_number_of_rewards(program, ana, django_assert_num_queries):
    for place in range(4):
        factories.reward(program, name=f"Bun {place}", cost=5, benefit=BUN, at=AT)
    for days in (1, 2):
        buy(program.merchant, ana, "bun", days=days)
    buy(program.merchant, factories.member(program.merchant), "bun")
    found = catalog.options(membership=factories.membership(ana), at=AT)

    with django_assert_num_queries(5):
        assert len(next_best.suggestions(customer=ana, options=found, at=AT)) == 4
