from datetime import date, timedelta

import pytest

from customers import rhythm
from customers.rhythm import Rhythm
from customers.tests import factories
from customers.tests.factories import AT

TUESDAY = date(2026, 3, 10)


def ago(*days):
    return [TUESDAY - timedelta(days=number) for number in days]


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([], Rhythm(0, None, None)),
        (ago(0), Rhythm(1, None, None)),
        (ago(0, 7), Rhythm(2, None, None)),
        (ago(0, 7, 14), Rhythm(3, 7.0, None)),
        (ago(0, 7, 14, 21), Rhythm(4, 7.0, 1, 4)),
        (ago(0, 1, 2, 9), Rhythm(4, 1.0, 6, 2)),
        (ago(0, 7, 8, 15), Rhythm(4, 7.0, None)),
        (ago(0, 3, 10), Rhythm(3, 5.0, None)),
    ],
)
def test_rhythm_is_known_once_there_are_visits_enough(days, found):
    assert rhythm.measured(days) == found


@pytest.mark.django_db
def test_rhythm_counts_days_and_not_receipts(django_assert_num_queries):
    shop = factories.merchant()
    ana = factories.customer(shop)
    for days in (0, 0, 7, 14, 21):
        factories.purchase(shop, ana, at=AT - timedelta(days=days))
    back = factories.purchase(shop, ana, at=AT - timedelta(days=1))
    factories.refund(shop, back, amount=1000)

    with django_assert_num_queries(1):
        assert rhythm.of(ana) == Rhythm(4, 7.0, 1, 4)
