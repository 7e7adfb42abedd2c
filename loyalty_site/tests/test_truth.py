"""Figures of three published data sets, imported with a points program, against independent calculations.

The bakery's figures lie beside the test; the others come from the shared folder beside the repository. The largest is
imported on SQLite; PostgreSQL imports the raw file from which it was taken (test_imports_raw).
"""

import csv
import gzip
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from customers.merchants import shops
from customers.merchants.models import Merchant
from loyalty_site import imports
from loyalty_site.demo import building
from loyalty_site.tests import factories
from loyalty_site.tests.files import MISSING, SHARED, said, send_path
from loyalty_site.tests.lasting import lasting
from rewards import ledger
from rewards.models import Entry, PointsAccount
from segments import lifecycle, rfv
from segments.cohorts import Retention, retention, settle
from segments.overview import Overview, overview

HERE = Path(__file__).parent / "bakery_truth.json"
TRUTH = SHARED.parent / "truth"
SETS = {
    "bakery": (building.DATA.with_name("bakery_deli_orders.csv"), HERE, "USD", "America/New_York"),
    "cdnow": (SHARED / "cdnow_sample.csv.gz", TRUTH / "cdnow_sample.json", "USD", "America/New_York"),
    "online retail": (SHARED / "online_retail.csv.gz", TRUTH / "online_retail.json", "GBP", "Europe/London"),
}
SCORES = {
    "bakery": TRUTH / "rfm" / "demo_bakery_deli.csv.gz",
    "cdnow": TRUTH / "rfm" / "cdnow_sample.csv.gz",
    "online retail": TRUTH / "rfm" / "online_retail.csv.gz",
}

pytestmark = pytest.mark.django_db  # each test within the module's own transaction


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"


@dataclass
class History:
    """A shop with a published history, what its file said, and what is true of it."""

    shop: Merchant
    path: Path
    summary: dict
    true: dict
    last: date
    scores: Path

    @property
    def overview(self) -> Overview:
        return overview(self.shop, as_of=self.last)

    @property
    def retention(self) -> Retention:
        return retention(self.shop)


@pytest.fixture(scope="module", params=[name for name in SETS if name != "online retail" or on_sqlite()])
def history(request, django_db_setup, django_db_blocker):
    """One import for all tests of the module, rolled back behind them."""
    path, truth, currency, zone = SETS[request.param]
    if not (path.exists() and truth.exists()):
        pytest.skip(MISSING)
    told = json.loads(truth.read_text())
    true = {name: figure["value"] for name, figure in told["figures"].items()}
    with lasting(django_db_blocker):
        shop, __ = shops.open_shop(
            name="Shop", slug="a", currency=currency, country="US", timezone=zone, owner_email="alice@a.test"
        )
        factories.program(shop, starts_at=factories.AT.replace(year=1990))
        imported = send_path(shop, path)
        connection.check_constraints()  # nothing may be pending below
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # PostgreSQL does so by itself, but never within a transaction
        last = date.fromisoformat(told["date_last"])
        yield History(shop, path, imports.summary(imported), true, last, SCORES[request.param])


def cents(amount: float | str) -> int:
    """An amount of the truth files in minor units."""
    return int((Decimal(str(amount)) * 100).to_integral_value())


def month(text: str) -> date:
    return date.fromisoformat(text + "-01")


def test_import_takes_every_row(history):
    rows = history.true["lines"] if history.path.suffix == ".gz" else history.true["purchases"]

    customers, worth = history.true["customers"], cents(history.true["revenue"])
    assert said(history.summary) == (rows, rows, 0, 0, customers, customers, worth)


def test_customers_purchases_and_revenue(history):
    found, true = history.overview, history.true

    assert (found.customers, found.purchases) == (true["customers"], true["purchases"])
    assert found.revenue == cents(true["revenue"])
    assert abs(found.average_purchase - 100 * true["average_order_value"]) <= 0.5
    assert (found.anonymous_purchases, found.anonymous_revenue) == (0, 0)


def test_repeat_customers(history):
    found, true = history.overview, history.true

    assert found.repeat_customers == true["repeat_customers"]
    assert found.repeat_rate == pytest.approx(true["repeat_purchase_rate"], abs=1e-6)


@pytest.mark.parametrize("days", [30, 60, 90])
def test_lapsed_customers(history, days):
    found, true = history.overview.figures(), history.true

    assert found[f"lapsed_{days}d"] == true[f"lapsed_{days}d_customers"]
    assert found[f"lapsed_{days}d_rate"] == pytest.approx(true[f"lapsed_{days}d_rate"], abs=1e-6)


@pytest.mark.parametrize("percent", [10, 20])
def test_share_of_the_best_customers(history, percent):
    found = history.overview.figures()[f"top_{percent}_share"]

    assert found == pytest.approx(history.true[f"top{percent}_revenue_share"], abs=1e-6)


def test_median_gap(history):
    assert history.overview.median_gap_days == history.true["interpurchase_days"]["median"]


def test_cohorts(history):
    found = {cohort.month: (cohort.size, cohort.retained) for cohort in history.retention.cohorts}

    true = history.true["cohort_retention"]
    assert found == {month(name): (cohort["size"], cohort["retained"]) for name, cohort in true.items()}


def test_cohorts_that_are_kept_are_those_that_are_counted(history):
    counted = history.retention

    with transaction.atomic():
        settle(merchant=history.shop)
        kept = history.retention
        transaction.set_rollback(True)

    assert kept == counted


def test_pooled_retention(history):
    found = history.retention.pooled

    true = [1.0, *(share for __, share in sorted(history.true["cohort_retention_pooled"].items(), key=by_number))]
    assert found == pytest.approx(true, abs=1e-6)


def by_number(item: tuple) -> int:
    return int(item[0])


def test_months_of_the_cohorts_add_up_to_the_months_of_the_shop(history):
    found = history.retention
    new, revenue = {}, defaultdict(int)
    for cohort in found.cohorts:
        new[cohort.month] = cohort.size
        for place, value in enumerate(cohort.revenue):
            number = cohort.month.year * 12 + cohort.month.month - 1 + place
            revenue[date(number // 12, number % 12 + 1, 1)] += value

    true = {month(name): figures for name, figures in history.true["by_month"].items()}
    assert revenue == {name: cents(figures["revenue"]) for name, figures in true.items()}
    assert new == {name: figures["new_customers"] for name, figures in true.items() if figures["new_customers"]}


def test_recency_frequency_value_and_scores(history):
    """The truth counts recency from the day after; its `ties` are the scores of the contract."""
    if not history.scores.exists():
        pytest.skip(MISSING)

    found = {
        one.external_id: (
            one.recency_days + 1, one.frequency, one.value, one.recency_score, one.frequency_score, one.value_score,
        )
        for one in rfv.rows(history.shop, day=history.last)
    }  # fmt: skip

    with gzip.open(history.scores, "rt") as file:
        true = {
            row["customer_id"]: (
                int(row["recency_days"]), int(row["frequency"]), cents(row["monetary"]),
                int(row["R_ties"]), int(row["F_ties"]), int(row["M_ties"]),
            )
            for row in csv.DictReader(file)
        }  # fmt: skip
    assert found == true
    board = rfv.board(history.shop, day=history.last)
    cells = Counter((row[3], row[4]) for row in true.values())
    assert {place: cell.customers for place, cell in board.cells.items() if cell.customers} == cells
    assert board.revenue == sum(row[2] for row in true.values())


def test_states_of_the_life_cycle_are_those_of_a_slow_reading_of_the_file(history):
    """By medians of the standard library; the shop's gap is the published one."""
    days = defaultdict(dict)
    with gzip.open(history.path, "rt") if history.path.suffix == ".gz" else history.path.open() as file:
        for row in csv.DictReader(file):
            if row["order_id"] not in days[row["customer_id"]]:
                days[row["customer_id"]][row["order_id"]] = datetime.fromisoformat(row["ts"]).date()
    usual = history.true["interpurchase_days"]["median"]
    expected = Counter(slow_state(sorted(bought.values()), usual, history.last) for bought in days.values())

    read = lifecycle.lifecycle(history.shop, day=history.last)
    kept = lifecycle.keep(merchant=history.shop)
    again = lifecycle.lifecycle(history.shop, day=history.last)

    assert {state: group.customers for state, group in read.groups.items() if group.customers} == expected
    assert read.twice_gap == 2 * usual
    assert read.revenue == cents(history.true["revenue"])
    assert kept == len(days)
    assert again == read


def slow_state(bought: list[date], usual: float, end: date) -> str:
    """Where somebody with these purchases stands, by the words of the contract."""
    days = sorted(set(bought))
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    gap, silence = median(gaps) if len(gaps) > 1 else usual, (end - days[-1]).days
    if silence > 1.5 * gap:
        return "lost" if silence > 3 * gap else "at_risk" if silence > 2 * gap else "late"
    if len(bought) == 1:
        return "new"
    then = median(gaps[:-1]) if len(gaps) > 2 else usual
    return "won_back" if gaps and gaps[-1] > 3 * then and silence <= gap else "active"


def test_points_are_those_of_a_slow_calculation_from_the_file(history):
    expected = slow_points(history.path)

    entered = Entry.objects.aggregate(total=Sum("points"))["total"]
    held = dict(PointsAccount.objects.values_list("memberships__customer__external_id", "balance"))
    assert entered == sum(expected.values())
    assert held == expected
    assert list(ledger.differences()) == []


def slow_points(path: Path) -> dict[str, int]:
    """Points of each customer: one for each full unit of each receipt, by the csv module and decimals."""
    totals, owners = defaultdict(Decimal), {}
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for row in csv.DictReader(file):
            totals[row["order_id"]] += Decimal(row["amount"])
            owners[row["order_id"]] = row["customer_id"]
    points = defaultdict(int)
    for receipt, total in totals.items():
        points[owners[receipt]] += int(total)
    return dict(points)


def test_an_earlier_day_is_the_history_until_then(history):
    """The middle of the history, counted from the file."""
    day = date.fromordinal(history.last.toordinal() - 120)
    receipts = {}
    with gzip.open(history.path, "rt") if history.path.suffix == ".gz" else history.path.open() as file:
        for row in csv.DictReader(file):
            bought = datetime.fromisoformat(row["ts"]).date()
            if bought <= day:
                receipts.setdefault(row["order_id"], [row["customer_id"], Decimal()])[1] += Decimal(row["amount"])

    found = overview(history.shop, as_of=day)

    assert found.purchases == len(receipts)
    assert found.customers == len({customer for customer, __ in receipts.values()})
    assert found.revenue == int(sum(amount for __, amount in receipts.values()) * 100)
