"""How people buy: medians over the last complete months, by hand."""

from datetime import date
from fractions import Fraction

import pytest

from customers.models import CustomerMonth
from customers.tests import factories
from segments.habits import Habits, habits

pytestmark = pytest.mark.django_db
TODAY = date(2026, 7, 15)


@pytest.fixture
def shop():
    return factories.merchant()


def bought(shop, *months, person=None):
    """What somebody did: pairs of month and value a purchase, with how many purchases."""
    person = person or factories.customer(shop)
    for month, purchases, value in months:
        CustomerMonth.objects.create(
            merchant=shop, customer=person, month=date(2026, month, 1), purchases=purchases, net_value=value
        )


def test_nobody_is_nothing(shop):
    assert habits(shop, today=TODAY) == Habits()


def test_this_month_and_what_is_long_ago_do_not_count(shop):
    bought(shop, (7, 5, 500))
    assert habits(shop, today=TODAY) == Habits()

    bought(shop, (1, 1, 100), (6, 1, 900))
    assert habits(shop, today=date(2026, 8, 1)).months == 6
    assert habits(shop, today=date(2026, 8, 1)).purchases == 6


def test_medians_are_those_of_the_months(shop):
    bought(shop, (4, 2, 2000), (5, 4, 4400), (6, 3, 2400))
    bought(shop, (4, 1, 700))
    bought(shop, (5, 6, 9000))

    found = habits(shop, today=TODAY)

    assert (found.months, found.customers, found.purchases, found.revenue) == (3, 3, 16, 18500)
    assert found.basket == 1000  # of 700, 800, 1000, 1100, 1500
    assert (found.regulars, found.visits) == (2, Fraction(9, 3))  # nine and six purchases in three months
    assert found.purchases_a_month == Fraction(16, 3)


def test_returns_leave_no_basket_below_nothing(shop):
    bought(shop, (6, 1, -500))

    assert habits(shop, today=TODAY).basket == 0


@pytest.mark.parametrize("count", [1, 30])
def test_habits_take_the_same_queries(shop, count, django_assert_num_queries):
    for __ in range(count):
        bought(shop, (5, 2, 2000), (6, 2, 2000))

    with django_assert_num_queries(5):
        habits(shop, today=TODAY)
