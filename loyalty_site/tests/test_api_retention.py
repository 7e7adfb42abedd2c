"""The retention report by quarter, by what came first, by second visits, and beside other times."""

from datetime import UTC, datetime

import pytest

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="read")


@pytest.fixture
def history(shop):
    """Ann came in January and in March, Jo in February over the web."""
    ann, jo = factories.customer(shop), factories.customer(shop)
    for buyer, amount, (month, day), channel in [
        (ann, 1000, (1, 20), "store"), (jo, 2000, (2, 1), "web"), (ann, 1500, (3, 1), "web"),
    ]:  # fmt: skip
        at = datetime(2026, month, day, 12, tzinfo=UTC)
        factories.purchase(shop, buyer, amount=amount, at=at, channel=channel)


def test_by_quarter(till, history):
    body = till.get("reports/retention", resolution="quarter").json()

    assert body["cohorts"] == [{"month": "2026-01", "size": 2, "retained": [2], "revenue": [4500]}]
    assert (body["pooled"], body["partial_month"]) == ([1.0], "2026-01")
    assert set(body) == {"cohorts", "pooled", "partial_month", "as_of", "definitions"}


def test_by_first_channel(till, history):
    body = till.get("reports/retention", by="channel").json()

    assert body["groups"] == [
        {"group": "store", "size": 1, "bases": [1, 1, 1], "retained": [1, 0, 1], "revenue": [1000, 0, 1500]},
        {"group": "web", "size": 1, "bases": [1, 1], "retained": [1, 0], "revenue": [2000, 0]},
    ]
    assert set(body) == {"by", "groups", "partial_month", "as_of", "definitions"}


def test_by_first_channel_as_csv(till, history):
    found = rows(till.get("reports/retention", by="channel", csv=True))

    assert found[0] == {"group": "store", "size": "1", "k": "0", "base": "1", "retained": "1", "revenue": "1000"}
    assert len(found) == 5


def test_curve_of_second_visits(till, history):
    body = till.get("reports/retention", by="second_visit", as_of="2026-03-10").json()

    assert (body["customers"], body["returned"], body["median_days"]) == (2, 1, 40)
    assert body["curve"] == [{"day": 40, "at_risk": 1, "returned": 1, "share": 1.0, "low": 1.0, "high": 1.0}]
    assert set(body["definitions"]) >= set(body["curve"][0])


def test_curve_as_csv(till, history):
    [row] = rows(till.get("reports/retention", by="second_visit", csv=True))

    assert (row["day"], row["returned"]) == ("40", "1")


def test_compared_with_the_months_before(till, history):
    body = till.get("reports/retention", **{"from": "2026-02", "to": "2026-02", "compare": "previous"}).json()

    assert body["compare"] == {
        "kind": "previous", "from": "2026-01", "to": "2026-01", "pooled": [1.0], "partial_month": None,
        "cohorts": [{"month": "2026-01", "size": 1, "retained": [1], "revenue": [1000]}],
    }  # fmt: skip


def test_compared_with_a_year_without_anybody(till, history):
    body = till.get("reports/retention", compare="year", by="channel").json()

    assert body["compare"] == {"kind": "year", "from": "2025-01", "to": "2025-03", "groups": [], "partial_month": None}


def test_an_empty_shop_has_nothing_to_compare(till):
    assert till.get("reports/retention", compare="year").json()["compare"] is None


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["by", "resolution", "compare"])
def test_other_choices_are_refused(till, name):
    response = till.get("reports/retention", **{name: "colour"})

    assert refused(response) == (400, "invalid_choice")
    assert places(response) == [(name, "invalid_choice")]
