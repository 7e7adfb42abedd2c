"""Reports over the API: figures with their definitions, and CSV."""

from datetime import UTC, datetime

import pytest

from customers.models import Purchase
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows

pytestmark = pytest.mark.django_db

FIGURES = {
    "customers": 2,
    "purchases": 4,
    "anonymous_purchases": 1,
    "revenue": 4600,
    "anonymous_revenue": 100,
    "average_purchase": 1150,
    "repeat_customers": 1,
    "repeat_rate": 0.5,
    "lapsed_30d": 1,
    "lapsed_60d": 0,
    "lapsed_90d": 0,
    "lapsed_30d_rate": 0.5,
    "lapsed_60d_rate": 0.0,
    "lapsed_90d_rate": 0.0,
    "top_20_share": 2500 / 4500,
    "top_10_share": 2500 / 4500,
    "median_gap_days": 40.0,
}
NOTHING = {name: 0 if type(value) is int and name != "average_purchase" else None for name, value in FIGURES.items()}


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="read")


@pytest.fixture
def history(shop):
    """Ann came in January and in March, Jo in February, and somebody bought without a card."""
    ann, jo = factories.customer(shop), factories.customer(shop)
    for buyer, amount, (month, day) in [(ann, 1000, (1, 20)), (jo, 2000, (2, 1)), (ann, 1500, (3, 1))]:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, day, 12, tzinfo=UTC))
    factories.purchase(shop, None, amount=100, at=datetime(2026, 3, 2, 12, tzinfo=UTC))


def test_overview_gives_plain_figures_with_their_definitions(till, history):
    body = till.get("reports/overview", as_of="2026-03-10").json()

    definitions = body.pop("definitions")
    assert body == {"as_of": "2026-03-10", **FIGURES}
    assert set(definitions) == set(FIGURES)


def test_overview_of_the_past_knows_nothing_later(till, history):
    body = till.get("reports/overview", as_of="2026-02-01").json()

    assert [body[name] for name in ("customers", "purchases", "revenue", "repeat_rate")] == [2, 2, 3000, 0.0]


def test_overview_without_data_has_no_rates(till):
    body = till.get("reports/overview", as_of="2026-03-10").json()

    assert {name: body[name] for name in FIGURES} == NOTHING


def test_overview_is_of_today_by_default(till, history):
    assert till.get("reports/overview").json()["purchases"] == 4


def test_overview_as_csv_is_one_row(till, history):
    [row] = rows(till.get("reports/overview", as_of="2026-03-10", csv=True))

    assert list(row) == ["as_of", *FIGURES]
    assert (row["as_of"], row["revenue"], row["repeat_rate"]) == ("2026-03-10", "4600", "0.5")


@pytest.mark.any_database
@pytest.mark.parametrize(
    "day", ["", "x", "2026-02-30", "2026-13-01", "20260301", "2026-W01-1", "0001-01-01", "9999-12-31", "2026-03-01\n"]
)
def test_overview_of_no_day_is_refused(till, history, day):
    response = till.get("reports/overview", as_of=day)

    assert refused(response) == (400, "invalid_date")
    assert places(response) == [("as_of", "invalid_date")]


def test_retention_gives_cohorts_by_month(till, history):
    body = till.get("reports/retention").json()

    assert body["cohorts"] == [
        {"month": "2026-01", "size": 1, "retained": [1, 0, 1], "revenue": [1000, 0, 1500]},
        {"month": "2026-02", "size": 1, "retained": [1, 0], "revenue": [2000, 0]},
    ]
    assert body["pooled"] == [1.0, 0.0, 1.0]
    assert body["partial_month"] == "2026-03"
    assert set(body) == {"cohorts", "pooled", "partial_month", "as_of", "definitions"}


def test_retention_is_bounded_by_from_and_to(till, history):
    body = till.get("reports/retention", **{"from": "2026-02", "to": "2026-04"}).json()

    assert body["cohorts"] == [{"month": "2026-02", "size": 1, "retained": [1, 0, 0], "revenue": [2000, 0, 0]}]


def test_retention_without_data_is_empty(till):
    body = till.get("reports/retention").json()

    assert (body["cohorts"], body["pooled"], body["partial_month"]) == ([], [], None)


def test_retention_as_csv_has_a_row_for_each_month(till, history):
    found = rows(till.get("reports/retention", csv=True))

    assert found == [
        {"month": "2026-01", "size": "1", "k": "0", "retained": "1", "revenue": "1000"},
        {"month": "2026-01", "size": "1", "k": "1", "retained": "0", "revenue": "0"},
        {"month": "2026-01", "size": "1", "k": "2", "retained": "1", "revenue": "1500"},
        {"month": "2026-02", "size": "1", "k": "0", "retained": "1", "revenue": "2000"},
        {"month": "2026-02", "size": "1", "k": "1", "retained": "0", "revenue": "0"},
    ]


@pytest.mark.any_database
@pytest.mark.parametrize(
    "month", ["", "x", "2026-13", "2026-00", "202601", "0000-01", "0001-01", "9999-12", "2026-01\n"]
)
@pytest.mark.parametrize("name", ["from", "to"])
def test_retention_of_no_month_is_refused(till, name, month):
    response = till.get("reports/retention", **{name: month})

    assert refused(response) == (400, "invalid_month")
    assert places(response) == [(name, "invalid_month")]


def test_retention_that_ends_before_it_begins_is_refused(till, history):
    response = till.get("reports/retention", **{"from": "2026-03", "to": "2026-02"})

    assert refused(response) == (400, "invalid_month")
    assert places(response) == [("from", "invalid_month")]


def test_reports_of_a_shop_know_nothing_of_another(history):
    stranger = api_client.api(factories.merchant(slug="b", owner="charlie@b.test"))

    assert stranger.get("reports/overview").json()["purchases"] == 0
    assert stranger.get("reports/retention").json()["cohorts"] == []
    assert Purchase.objects.count() == 4
