from datetime import UTC, date, datetime

import pytest

from customers.tests import factories
from segments.cohorts import Cohort, months_between, pool, retention

JAN, FEB, MARCH, APRIL = (date(2024, month, 1) for month in (1, 2, 3, 4))


@pytest.fixture
def shop(db):
    return factories.merchant()


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2024, month, day, hour, minute, tzinfo=UTC)


def table(found) -> list[tuple]:
    """Month, size, retained and revenue of each cohort."""
    return [(cohort.month, cohort.size, cohort.retained, cohort.revenue) for cohort in found.cohorts]


def test_empty_shop_has_no_cohorts(shop):
    found = retention(shop)

    assert (found.cohorts, found.pooled, found.last, found.partial_month) == ([], [], None, None)


def test_three_customers_in_two_cohorts(shop):
    ana, ben, cleo = (factories.customer(shop) for __ in range(3))
    for buyer, month, day, amount in [
        (ana, 1, 5, 100),
        (ana, 1, 6, 50),
        (ana, 3, 1, 10),
        (ben, 1, 9, 7),
        (cleo, 2, 29, 5),
    ]:
        factories.purchase(shop, buyer, amount=amount, at=at(month, day))

    found = retention(shop)

    assert table(found) == [(JAN, 2, [2, 0, 1], [157, 0, 10]), (FEB, 1, [1, 0], [5, 0])]
    assert found.pooled == [1.0, 0.0, 0.5]
    assert (found.last, found.partial_month) == (MARCH, MARCH)
    assert found.cohorts[0].rates == [1.0, 0.0, 0.5]


def test_a_month_that_is_bought_in_to_its_last_day_is_whole(shop):
    factories.purchase(shop, factories.customer(shop), at=at(2, 29))

    assert retention(shop).partial_month is None


def test_a_refund_lowers_the_month_of_its_purchase(shop):
    ana = factories.customer(shop)
    bought = factories.purchase(shop, ana, amount=1000, at=at(1, 5))
    factories.purchase(shop, ana, amount=500, at=at(3, 5))
    factories.refund(shop, bought, amount=400, at=at(3, 6))

    assert table(retention(shop)) == [(JAN, 1, [1, 0, 1], [600, 0, 500])]


def test_a_purchase_refunded_whole_no_longer_counts(shop):
    ana = factories.customer(shop)
    bought = factories.purchase(shop, ana, amount=1000, at=at(1, 5))
    factories.purchase(shop, ana, amount=500, at=at(3, 5))
    factories.refund(shop, bought, amount=1000, at=at(3, 6))

    assert table(retention(shop)) == [(MARCH, 1, [1], [500])]


def test_a_return_without_purchase_lowers_value_only_in_its_own_month(shop):
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=1000, at=at(1, 5))
    factories.refund(shop, buyer=ana, amount=300, at=at(2, 5))

    found = retention(shop, until=FEB)

    assert table(found) == [(JAN, 1, [1, 0], [1000, -300])]


def test_somebody_who_only_returned_is_in_no_cohort(shop):
    factories.purchase(shop, factories.customer(shop), amount=1000, at=at(1, 5))
    factories.refund(shop, buyer=factories.customer(shop), amount=300, at=at(1, 6))

    assert table(retention(shop)) == [(JAN, 1, [1], [1000])]


def test_a_month_begins_at_the_shops_midnight(shop):
    factories.purchase(shop, factories.customer(shop), at=at(1, 31, 22, 59))
    factories.purchase(shop, factories.customer(shop), at=at(1, 31, 23, 0))

    assert [(cohort.month, cohort.size) for cohort in retention(shop).cohorts] == [(JAN, 1), (FEB, 1)]


def test_bounds_are_those_of_the_cohorts_and_the_last_column(shop):
    for month in (1, 2, 3):
        buyer = factories.customer(shop)
        factories.purchase(shop, buyer, amount=100, at=at(month, 5))
        factories.purchase(shop, buyer, amount=100, at=at(4, 30))

    found = retention(shop, since=date(2024, 2, 17), until=date(2024, 3, 2))

    assert table(found) == [(FEB, 1, [1, 0], [100, 0]), (MARCH, 1, [1], [100])]
    assert (found.pooled, found.last, found.partial_month) == ([1.0, 0.0], MARCH, None)


def test_a_last_column_in_the_future_is_partial(shop):
    factories.purchase(shop, factories.customer(shop), at=at(3, 31))

    found = retention(shop, until=APRIL)

    assert table(found) == [(MARCH, 1, [1, 0], [1000, 0])]
    assert found.partial_month == APRIL


def test_a_month_without_new_customers_has_no_cohort(shop):
    factories.purchase(shop, factories.customer(shop), at=at(1, 5))
    factories.purchase(shop, factories.customer(shop), at=at(3, 5))

    assert [cohort.month for cohort in retention(shop).cohorts] == [JAN, MARCH]


def test_anonymous_sales_and_other_shops_are_in_no_cohort(shop):
    other = factories.merchant("b")
    factories.purchase(other, factories.customer(other), at=at(1, 5))
    factories.purchase(shop, at=at(1, 5))

    assert retention(shop).cohorts == []


def test_pool_weighs_the_cohorts_that_have_such_a_month():
    cohorts = [Cohort(JAN, 10, [10, 5, 1], [0, 0, 0]), Cohort(FEB, 30, [30, 3], [0, 0])]

    assert pool(cohorts) == [1.0, 8 / 40, 1 / 10]


def test_months_between_cross_the_year():
    assert months_between(date(2023, 12, 1), FEB) == [date(2023, 12, 1), JAN, FEB]
