"""What a promise would mean, worked out by hand, and what is said against it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from loyalty_site.tests.receipts import rule
from loyalty_site.wizard import forecast as wizard
from loyalty_site.wizard.forecast import Forecast
from rewards import rules
from rewards.programs import DEFAULT_POLICIES
from segments.habits import Habits

BAKERY = Habits(
    months=6, basket=850, regulars=200, visits=Fraction(4), customers=700, purchases=6000, revenue=5_400_000
)


def forecast(*wanted, habits=BAKERY, reward=100, value=5):
    return wizard.forecast(rules.parse(list(wanted)), habits, point_value=Fraction(value), reward_points=reward)


def test_bakery_is_reckoned_by_hand():
    found = forecast(rule(1))

    # 8 points for 8.50, four visits a month, 1,000 purchases a month at 5 cents a point, of 9,000 a month
    assert found == Forecast(per_visit=8, a_month=32, visits_to_reward=13, cost=40_000, share=Fraction(2, 45))


def test_rules_for_some_purchases_add_nothing():
    happy = rule({"multiply": "2"}, "happy", when={"weekdays": [2]})
    large = rule({"fixed": 5}, "large", when={"min_amount": 851})

    assert forecast(rule(1), happy, large).per_visit == 8
    assert forecast(rule(1), rule({"fixed": 5}, "some", when={"min_amount": 850})).per_visit == 13


def test_shop_without_sales_is_not_guessed():
    assert forecast(rule(1), habits=Habits()) == Forecast(None, None, None, None, None)


def objections(*wanted, habits=BAKERY, reward=50, value=5, **policies):
    found = forecast(*wanted, habits=habits, reward=reward, value=value)
    return [said.partition(".")[0] for said in wizard.objections(found, habits, {**DEFAULT_POLICIES, **policies})]


def test_good_promise_meets_no_objection():
    assert objections(rule(1)) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"habits": replace(BAKERY, visits=Fraction(1, 3))}, "People buy here too seldom for a program of visits: even "
         "regulars come less than every second month"),
        ({"habits": replace(BAKERY, regulars=0, visits=None)}, "People buy here too seldom for a program of visits: "
         "even regulars come less than every second month"),
        ({"habits": replace(BAKERY, regulars=19)}, "Only 19 customers come regularly"),
        ({"reward": 100}, "The first reward takes 13 visits"),
        ({"reward": 8}, "One visit reaches the reward: that is a discount, and nobody comes back for it"),
        ({"expiry": {"kind": "days", "days": 30}}, "Points of a regular expire before the first reward is reached"),
        ({"hold_days": 8}, "Points are still on hold when a regular comes again"),
        ({"value": 12}, "It gives back more than a tenth of what customers spend"),
    ],
)  # fmt: skip
def test_promise_that_contradicts_itself_or_the_shop_is_objected_to(more, said):
    assert objections(rule(1), **more) == [said]
