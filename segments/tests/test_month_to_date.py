"""The month so far beside the same days before, by hand."""

from datetime import UTC, date, datetime

import pytest

from customers.models import Purchase
from customers.tests import factories
from segments.month_to_date import Stretch, month_to_date, stretches

pytestmark = pytest.mark.django_db


def at(*day):
    return datetime(*day, 12, tzinfo=UTC)


def test_same_days_end_with_a_shorter_month():
    assert [(one.first, one.last) for one in stretches(date(2026, 3, 31))] == [
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2025, 3, 1), date(2025, 3, 31)),
    ]
    assert stretches(date(2028, 2, 29))[2].last == date(2027, 2, 28)


def test_only_the_same_days_are_compared(django_assert_num_queries):
    shop = factories.merchant()
    ana = factories.customer(shop)
    days = [
        ((2025, 3, 1), 100), ((2025, 3, 10), 200), ((2025, 3, 11), 4000),
        ((2026, 2, 10), 300), ((2026, 2, 11), 4000), ((2026, 3, 1), 500), ((2026, 3, 10), 700),
    ]  # fmt: skip
    for day, amount in days:
        factories.purchase(shop, ana, amount=amount, at=at(*day))
    factories.purchase(shop, None, amount=50, at=at(2026, 3, 2))
    factories.refund(shop, buyer=ana, amount=80, at=at(2026, 2, 5))
    Purchase.objects.filter(amount=700).update(discount=30, claims=1)

    with django_assert_num_queries(5):
        found = month_to_date(shop, today=date(2026, 3, 10))

    assert found.now == Stretch(date(2026, 3, 1), date(2026, 3, 10), 1250, 3, 30)
    assert found.month_before == Stretch(date(2026, 2, 1), date(2026, 2, 10), 220, 1)
    assert found.year_before == Stretch(date(2025, 3, 1), date(2025, 3, 10), 300, 2)
    assert (found.since, found.knows(found.year_before)) == (date(2025, 3, 1), True)


def test_days_of_the_shop_are_those_of_its_own_time():
    shop = factories.merchant()
    factories.purchase(shop, None, amount=100, at=datetime(2026, 2, 28, 23, 30, tzinfo=UTC))  # 1 March in Madrid

    found = month_to_date(shop, today=date(2026, 3, 10))

    assert (found.now.revenue, found.month_before.revenue) == (100, 0)
    assert not found.knows(found.month_before)


def test_shop_without_a_purchase_knows_nothing():
    found = month_to_date(factories.merchant(), today=date(2026, 3, 10))

    assert (found.since, found.now.revenue) == (None, 0)
