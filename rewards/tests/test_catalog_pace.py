"""How far a reward is: at a member's pace, and with what a purchase would earn."""

from datetime import timedelta
from itertools import count

import pytest

from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import catalog, ledger
from rewards.catalog.pace import Pace, pace, paces
from rewards.tests import factories
from rewards.tests.factories import Till

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NUMBERS = count(1)


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def program(shop):
    return factories.program(shop)


@pytest.fixture
def ana(program):
    return factories.membership(factories.member(program.merchant))


def give(member, points, at=AT, **fields):
    """Points, earned at a moment."""
    ledger.post([Till(member, [None] * next(NUMBERS)).posting(points, at=at, **fields)], at=at)


def found(member, at=AT, **more):
    """Reason and missing by the reward's name."""
    return {one.reward.name: (one.reason, one.missing) for one in catalog.options(membership=member, at=at, **more)}


@pytest.mark.parametrize(
    ("recent", "points", "since", "missing", "days"),
    [
        (90, 90, 400, 10, 10),  # one a day
        (90, 180, 400, 1, 1),
        (45, 45, 400, 10, 20),
        (60, 60, 60, 10, 10),  # earning for 60 days
        (30, 30, 1, 10, 10),  # since today: as if it were over 30 days
        (0, 18, 180, 10, 100),  # nothing lately: the last 180 days
        (-5, -5, 100, 10, None),
        (0, 0, 1, 10, None),
        (7, 7, 90, 3, 39),  # rounded up
        (7, 7, 90, 0, 0),
    ],
)
def test_a_pace_says_how_long_points_take(recent, points, since, missing, days):
    assert pace(recent, points, since).days_to(missing) == days


def test_a_pace_counts_what_was_earned_less_what_came_back(program, ana):
    give(ana, 60, AT - 100 * DAY)
    give(ana, 90, AT - 89 * DAY)
    give(ana, -45, AT - DAY)
    give(ana, 1000, AT, kind="adjust")

    assert paces([ana.account_id], at=AT) == {ana.account_id: Pace(45, 90)}
    assert paces([ana.account_id], at=AT + 90 * DAY) == {ana.account_id: Pace(45, 180)}


def test_days_to_reach_follow_from_the_pace(program, ana):
    factories.reward(program, cost=100)
    assert catalog.options(membership=ana, at=AT)[0].days_to_reach is None

    give(ana, 45, AT - 89 * DAY)

    [option] = catalog.options(membership=ana, at=AT)
    assert (option.missing, option.days_to_reach) == (55, 110)


def test_an_amount_counts_as_if_it_were_bought_now(shop):
    program = factories.program(shop)
    ana = factories.membership(factories.member(shop))
    factories.reward(program, name="Coffee", cost=20)
    factories.reward(program, name="Five off", cost=20, benefit={"kind": "amount_off", "amount": 500})
    factories.reward(program, name="Half off", cost=20, benefit={"kind": "percent_off", "percent": 50})
    factories.reward(
        program, name="A bit off", cost=20, benefit={"kind": "percent_off", "percent": 50, "max_amount": 100}
    )
    give(ana, 5)

    # 5 points, and 1 for each euro of 17.00 that is left to pay beside the reward.
    assert found(ana, amount=1700) == {
        "Coffee": (None, 0),
        "Five off": ("insufficient_points", 3),
        "Half off": ("insufficient_points", 7),
        "A bit off": (None, 0),
    }
    assert found(ana)["Coffee"] == ("insufficient_points", 15)


@pytest.mark.parametrize("policies", [{"redeem_same_purchase": False}, {"hold_days": 1}])
def test_points_of_the_same_purchase_count_only_where_they_can_be_used_in_it(shop, policies):
    program = factories.program(shop, policies=policies)
    ana = factories.membership(factories.member(shop))
    factories.reward(program, cost=10)

    assert found(ana, amount=5000)["Coffee"] == ("insufficient_points", 10)


def test_an_amount_is_multiplied_by_the_tier_and_the_first_purchase_is_the_first(shop):
    hello = {"name": "First", "trigger": "purchase", "award": {"fixed": 3}, "when": {"first_purchase": True}}
    levels = [{"name": "All", "threshold": 0, "multiply": "2"}]
    factories.program(shop, rules=[*factories.RULES, hello], tiers=levels)
    ana = factories.membership(factories.member(shop))
    factories.reward(ana.program, cost=30)

    assert found(ana, amount=1000)["Coffee"] == ("insufficient_points", 7)
    factories.judged(shop, ana.customer, amount=100)
    assert found(ana, amount=0)["Coffee"] == ("insufficient_points", 30 - 5)


def test_before_the_discount_the_whole_amount_earns(shop):
    program = factories.program(shop, policies={"earning_base": "before_discounts"})
    ana = factories.membership(factories.member(shop))
    factories.reward(program, cost=10, benefit={"kind": "amount_off", "amount": 1000})

    assert found(ana, amount=1000)["Coffee"] == (None, 0)
