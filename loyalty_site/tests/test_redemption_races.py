"""Fifty buyers at the same moment: exactly as many get a reward as there are, and as can be paid for."""

import pytest

from loyalty_site.tests import factories
from loyalty_site.tests.api_client import together
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound
from loyalty_site.tests.test_ledger_races import until_answered
from rewards import catalog, ledger, redemption
from rewards.models import Membership, Redemption, Reward, Voucher

pytestmark = pytest.mark.django_db(transaction=True)
COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}


@pytest.fixture
def program():
    return factories.program(factories.merchant())


def reward(program, **fields) -> Reward:
    return catalog.create(program=program, at=AT, **{"name": "Coffee", "cost": 10, "benefit": COFFEE, **fields})


def members(program, count, amount) -> list[Membership]:
    """So many people who have bought for an amount."""
    people = [factories.customer(program.merchant) for __ in range(count)]
    for person in people:
        factories.purchase(program.merchant, person, amount=amount)
    places = Membership.objects.filter(program=program, customer__in=people)
    return list(places.select_related("program__merchant").order_by("pk"))


def test_fifty_buyers_of_seven_get_seven(program):
    people, coffee = members(program, 50, 1000), reward(program, stock=7)

    def take(number):
        return until_answered(
            lambda: redemption.redeem(membership=people[number], reward=coffee, at=AT, capture=number % 2 == 0)
        )

    said = together(50, take)

    assert (said.count("done"), said.count("out_of_stock")) == (7, 43)
    assert Reward.objects.get().stock == 0
    assert Redemption.objects.count() == 7
    assert_sound(program.merchant)


def test_fifty_tills_on_one_account_redeem_exactly_what_it_can_pay(program):
    [place], coffee = members(program, 1, 10_500), reward(program)  # 105 points

    said = together(50, lambda __: until_answered(lambda: redemption.redeem(membership=place, reward=coffee, at=AT)))

    assert (said.count("done"), said.count("insufficient_points")) == (10, 40)
    assert ledger.balance(place.account_id, at=AT, now=AT).available == 5
    assert Voucher.objects.count() == 10
    assert_sound(program.merchant)


def test_a_limit_holds_against_many_tills(program):
    [place], coffee = members(program, 1, 50_000), reward(program, per_customer=3)

    said = together(12, lambda __: until_answered(lambda: redemption.redeem(membership=place, reward=coffee, at=AT)))

    assert (said.count("done"), said.count("limit_reached")) == (3, 9)


def test_captures_and_cancellations_that_cross_end_in_one_state(program):
    [place], coffee = members(program, 1, 50_000), reward(program, stock=5)
    made = [redemption.redeem(membership=place, reward=coffee, at=AT, capture=False) for __ in range(4)]

    def work(number):
        verb = redemption.capture if number % 2 else redemption.cancel
        return until_answered(lambda: verb(redemption=made[number // 2 % 4], at=AT))

    said = together(16, work)

    assert set(said) <= {"done", "hold_over"}
    taken = Redemption.objects.filter(status="captured").count()
    assert (Reward.objects.get().stock, Voucher.objects.filter(status="open").count()) == (5 - taken, taken)
    assert ledger.balance(place.account_id, at=AT, now=AT).available == 500 - 10 * taken
    assert_sound(program.merchant)
