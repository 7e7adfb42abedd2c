from datetime import UTC, date, datetime

import pytest

from customers.models import Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.files import rehearsed, said, wrong

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "at", "day"),
    [
        ("2026-01-05", datetime(2026, 1, 5, 11, tzinfo=UTC), date(2026, 1, 5)),
        ("2026-07-05", datetime(2025, 7, 5, 10, tzinfo=UTC), date(2025, 7, 5)),
        ("2026-01-05 18:30", datetime(2026, 1, 5, 17, 30, tzinfo=UTC), date(2026, 1, 5)),
        ("2026-01-05 00:15", datetime(2026, 1, 4, 23, 15, tzinfo=UTC), date(2026, 1, 5)),
        ("2026-01-05T23:30:00Z", datetime(2026, 1, 5, 23, 30, tzinfo=UTC), date(2026, 1, 6)),
        ("2026-01-05T23:30:00-05:00", datetime(2026, 1, 6, 4, 30, tzinfo=UTC), date(2026, 1, 6)),
        ("2024-02-29 23:59", datetime(2024, 2, 29, 22, 59, tzinfo=UTC), date(2024, 2, 29)),
    ],
)
def test_moment_is_of_the_shops_zone_and_a_date_alone_is_noon(text, at, day):
    shop = factories.merchant()
    text = text.replace("2026-07", "2025-07")  # in summer Madrid is two hours ahead

    rehearsed(shop, f"Customer,Receipt,Date,Amount\nC1,R1,{text},10\n")

    assert Purchase.objects.values_list("occurred_at", "occurred_on").get() == (at, day)


@pytest.mark.any_database
def test_time_may_have_a_column_of_its_own():
    shop = factories.merchant()

    rehearsed(shop, "Customer,Receipt,Date,Time,Amount\nC1,R1,05/01/2026,18:30,10\n")

    assert Purchase.objects.get().occurred_at == datetime(2026, 1, 5, 17, 30, tzinfo=UTC)


@pytest.mark.any_database
def test_a_future_date_is_rejected():
    shop = factories.merchant()

    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-03-11,10\nC1,R2,2026-03-10,10\n")

    assert said(summary) == (2, 1, 0, 1, 1, 1, 1000)
    assert wrong(summary) == [(2, "Date", "2026-03-11")]
    assert summary["errors"][0]["message"] == "The date is in the future. Check day, month and year."


def test_a_clock_that_is_minutes_ahead_counts_as_now():
    shop = factories.merchant()

    rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-03-10T12:04:00Z,10\n")

    assert Purchase.objects.get().occurred_at == factories.AT


@pytest.mark.any_database
def test_a_day_that_does_not_exist_is_rejected():
    shop = factories.merchant()

    summary = rehearsed(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-02-29,10\n")

    assert wrong(summary) == [(2, "Date", "2026-02-29")]
