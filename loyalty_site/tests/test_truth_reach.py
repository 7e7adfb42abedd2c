"""The figures beside the cohorts on the bakery's published year, against its truth file and a slow reading of it."""

import csv
import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from customers.merchants import shops
from loyalty_site.demo import building
from loyalty_site.tests import factories
from loyalty_site.tests.files import send_path
from loyalty_site.tests.lasting import lasting
from segments.deciles import POINTS, VALUE, deciles, deciles_before
from segments.lapsed import lapsed
from segments.recent import recent
from segments.returning import returning
from segments.second_visit import WITHIN, second_visits

FILE = building.DATA.with_name("bakery_deli_orders.csv")
LAST = date(2017, 12, 31)

pytestmark = pytest.mark.django_db  # each test within the module's own transaction


@pytest.fixture(scope="module")
def shop(django_db_setup, django_db_blocker):
    """One import for all tests of the module, rolled back behind them."""
    with lasting(django_db_blocker):
        shop, __ = shops.open_shop(
            name="Shop", slug="a", currency="USD", country="US", timezone="America/New_York", owner_email="alice@a.test"
        )
        factories.program(shop, starts_at=factories.AT.replace(year=1990))
        send_path(shop, FILE)
        yield shop


@pytest.fixture(scope="module")
def true():
    told = json.loads(Path(__file__).with_name("bakery_truth.json").read_text())
    return {name: figure["value"] for name, figure in told["figures"].items()}


@pytest.fixture(scope="module")
def receipts():
    """Day, customer and cents of each receipt."""
    with FILE.open() as file:
        return [
            (datetime.fromisoformat(row["ts"]).date(), row["customer_id"], int(Decimal(row["amount"]) * 100))
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def visits(receipts):
    """The days of each customer, earliest first."""
    days = defaultdict(set)
    for day, customer, __ in receipts:
        days[customer].add(day)
    return {customer: sorted(found) for customer, found in days.items()}


def test_returning_customers_are_those_of_the_month_less_the_new_ones(shop, true):
    found = {
        f"{one.month:%Y-%m}": (one.customers, one.returning)
        for one in returning(shop, since=LAST.replace(month=1), until=LAST)
    }

    assert found == {
        month: (figures["customers"], figures["customers"] - figures["new_customers"])
        for month, figures in true["by_month"].items()
    }


def test_second_visits_are_those_of_a_slow_reading(shop, visits):
    slow = defaultdict(lambda: dict.fromkeys(WITHIN, 0))
    for days in visits.values():
        for within in WITHIN:
            slow[days[0].replace(day=1)][within] += len(days) > 1 and (days[1] - days[0]).days <= within

    found = second_visits(shop, since=LAST.replace(month=1), until=LAST)

    assert len(found) == 12
    assert {one.month: one.within for one in found[:9]} == {one.month: slow[one.month] for one in found[:9]}
    assert [one.within[90] for one in found[9:]] == [None, None, None]


@pytest.mark.parametrize("days", [30, 60, 90])
def test_lapsed_at_the_end_of_the_year(shop, true, days):
    assert lapsed(shop, day=LAST).counts[days] == true[f"lapsed_{days}d_customers"]


def test_lapsed_30_days_before(shop, visits):
    day = LAST - timedelta(days=30)
    silent = [(day - [one for one in days if one <= day][-1]).days for days in visits.values() if days[0] <= day]

    assert lapsed(shop, day=day).counts == {days: sum(one > days for one in silent) for days in (30, 60, 90)}


def test_first_groups_are_the_best_customers(shop, true):
    found = deciles(shop, day=LAST)

    worth = sum(one.net_value for one in found)
    assert found[0].net_value / worth == pytest.approx(true["top10_revenue_share"], abs=1e-6)
    assert sum(one.net_value for one in found[:2]) / worth == pytest.approx(true["top20_revenue_share"], abs=1e-6)
    assert sum(one.customers for one in found) == true["customers"]
    assert sum(one.lapsed for one in found) == true["lapsed_60d_customers"]


def test_groups_by_points_hold_the_points_of_a_slow_reading(shop, receipts):
    points = defaultdict(int)
    for __, customer, cents in receipts:
        points[customer] += cents // 100
    ranked = sorted(points.values(), reverse=True)

    found = deciles(shop, day=LAST, by=POINTS)

    slow = defaultdict(int)
    for rank, earned in enumerate(ranked):
        slow[rank * 10 // len(ranked) + 1] += earned
    assert {one.number: one.earned for one in found} == slow
    assert sum(one.earned for one in deciles(shop, day=LAST, by=VALUE)) == sum(ranked)


def test_groups_before_hold_the_value_and_the_points_of_a_slow_reading(shop, receipts):
    day = LAST - timedelta(days=30)
    value, points = defaultdict(int), defaultdict(int)
    for on, customer, cents in receipts:
        if on <= day:
            value[customer] += cents
            points[customer] += cents // 100

    found = {by: deciles_before(shop, day=day, by=by) for by in (VALUE, POINTS)}

    slow = defaultdict(lambda: [0, 0])
    for name, ranked in ((VALUE, value), (POINTS, points)):
        for rank, figure in enumerate(sorted(ranked.values(), reverse=True)):
            slow[name, rank * 10 // len(ranked) + 1][0] += 1
            slow[name, rank * 10 // len(ranked) + 1][1] += figure
    assert {(VALUE, one.number): [one.customers, one.net_value] for one in found[VALUE]} | {
        (POINTS, one.number): [one.customers, one.earned] for one in found[POINTS]
    } == slow


def test_december_beside_the_days_before(shop, receipts):
    found = recent(shop, today=LAST)

    for period in (found.now, found.before):
        inside = [(customer, cents) for day, customer, cents in receipts if period.first <= day <= period.last]
        assert (period.purchases, period.revenue) == (len(inside), sum(cents for __, cents in inside))
        assert period.customers == len({customer for customer, __ in inside})
