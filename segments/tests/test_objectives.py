"""The metric of an objective by month, and whether it is on its way; by hand."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.tests import factories
from segments import objectives
from segments.objectives import Course, Point, on_the_line, progress

TODAY = date(2026, 6, 15)


def bought(shop, buyer, *days, amount=1000):
    for month, day in days:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, day, 12, tzinfo=UTC))


@pytest.fixture
def shop():
    """In April Ana comes twice for 10.00 and Ben once for 40.00; in May nobody; in June Ana once."""
    shop = factories.merchant()
    ana, ben = factories.customer(shop), factories.customer(shop)
    bought(shop, ana, (4, 1), (4, 20), (6, 2))
    bought(shop, ben, (4, 3), amount=4000)
    return shop


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("metric", "values"),
    [
        ("average_purchase", [Fraction(2000), None, Fraction(1000)]),
        ("visits_per_month", [Fraction(3, 2), None, Fraction(1)]),
        ("active_customers", [Fraction(2), Fraction(0), Fraction(1)]),
        ("revenue_per_month", [Fraction(6000), Fraction(0), Fraction(1000)]),
    ],
)
def test_months_of_a_metric(shop, metric, values, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = objectives.points(shop, metric, today=TODAY, first_day=date(2026, 4, 1))

    assert [one.month.month for one in found] == [4, 5, 6]
    assert [one.value for one in found] == values
    assert [one.partial for one in found] == [False, False, True]


@pytest.mark.django_db
def test_month_in_which_the_record_begins_is_not_whole(shop):
    found = objectives.points(shop, "active_customers", today=TODAY, first_day=date(2026, 4, 2))

    assert [one.partial for one in found] == [True, False, True]


@pytest.mark.django_db
def test_who_comes_back_is_known_after_ninety_days(django_assert_num_queries):
    shop = factories.merchant()
    people = [factories.customer(shop) for __ in range(3)]
    bought(shop, people[0], (1, 5), (2, 5))
    bought(shop, people[1], (1, 9))
    bought(shop, people[2], (3, 5), (6, 10))

    with django_assert_num_queries(2):
        found = objectives.points(shop, "repeat_rate_90d", today=TODAY, first_day=None)

    assert found == [Point(date(2026, 1, 1), Fraction(1, 2))]


@pytest.mark.django_db
def test_recommendations_are_not_measured_yet():
    assert [metric for metric in ("referred_customers", "active_customers") if objectives.is_measured(metric)] == [
        "active_customers"
    ]


def known(*values):
    return [Point(date(2026, month, 1), Fraction(value)) for month, value in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("values", "course", "expected"),
    [
        ([], Course.UNKNOWN, None),
        ([10, 10], Course.UNKNOWN, 10),  # began in March: February is where the line starts
        ([10, 10, 11], Course.ON_COURSE, 11),
        ([10, 10, 12, 11], Course.BEHIND, 12),
        ([10, 10, 12, 20], Course.REACHED, 12),
        ([10, 10] + [11] * 10, Course.MISSED, 20),
    ],
)
def test_course_goes_by_a_straight_line_from_before_the_program(values, course, expected):
    found = progress(known(*values), target=Fraction(20), by=date(2026, 12, 31), began=date(2026, 3, 20))

    assert (found.course, found.expected) == (course, expected)


def test_present_month_says_nothing_yet():
    points = [*known(10, 15), Point(date(2026, 3, 1), Fraction(2), partial=True)]

    found = progress(points, target=Fraction(20), by=date(2026, 12, 31), began=date(2026, 2, 1))

    assert found.now == points[1]


@settings(max_examples=50)
@given(st.integers(0, 100), st.integers(1, 100), st.integers(0, 30))
def test_line_begins_at_the_start_and_ends_at_the_target(start, target, months):
    point, by = Point(date(2026, 1, 1), Fraction(start)), date(2026, 11, 5)
    month = date(2026 + months // 12, months % 12 + 1, 1)

    found = on_the_line(point, month, target=Fraction(target), by=by)

    low, high = sorted([Fraction(start), Fraction(target)])
    assert low <= found <= high
    assert (months, found) != (0, found) or found == start
    assert months < 10 or found == target
