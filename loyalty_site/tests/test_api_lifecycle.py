"""The life cycle over the API: states, flows by month, and everybody's state as CSV."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows

pytestmark = pytest.mark.django_db
ON = "2026-03-10"


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="read")


@pytest.fixture
def people(shop):
    """Ann comes every 7 days; Jo came once, 40 days ago."""
    ann, jo = (factories.customer(shop, external_id=name) for name in ("=ann", "jo"))
    for buyer, ago, amount in [(ann, 21, 500), (ann, 14, 500), (ann, 7, 500), (jo, 40, 9000), (ann, -1, 100)]:
        at = datetime(2026, 3, 10, 12, tzinfo=UTC) - timedelta(days=ago)
        factories.purchase(shop, buyer, amount=amount, at=at)
    return ann, jo


def test_lifecycle_gives_states_and_flows(till, people):
    body = till.get("reports/lifecycle", as_of=ON).json()

    definitions = body.pop("definitions")
    states = {one.pop("state"): one for one in body.pop("states")}
    assert {name: one for name, one in states.items() if one["customers"]} == {
        "active": {"customers": 1, "share": 0.5, "revenue": 1500},
        "lost": {"customers": 1, "share": 0.5, "revenue": 9000},
    }
    assert body == {
        "as_of": ON, "customers": 2, "revenue": 10500, "median_gap_days": 7.0, "partial_month": "2026-03",
        "flows": [
            {"month": "2026-01", "before": None, "now": "new", "customers": 1},
            {"month": "2026-02", "before": None, "now": "active", "customers": 1},
            {"month": "2026-02", "before": "new", "now": "lost", "customers": 1},
            {"month": "2026-03", "before": "active", "now": "active", "customers": 1},
            {"month": "2026-03", "before": "lost", "now": "lost", "customers": 1},
        ],
    }  # fmt: skip
    assert list(states) == ["new", "active", "won_back", "late", "at_risk", "lost"]
    assert {*states, "gap", "revenue", "flows"} == set(definitions)


def test_flows_are_of_the_months_asked_for(till, people):
    body = till.get("reports/lifecycle", as_of=ON, **{"from": "2026-02", "to": "2026-02"}).json()

    assert {one["month"] for one in body["flows"]} == {"2026-02"}
    assert (body["partial_month"], body["customers"]) == (None, 2)


def test_lifecycle_as_csv_has_a_row_per_customer(till, people):
    ann, jo = people

    assert [list(row.values()) for row in rows(till.get("reports/lifecycle", as_of=ON, csv=True))] == [
        [ann.public_id, "'=ann", "active", "7", "3", "7.0", "True"],
        [jo.public_id, "jo", "lost", "40", "1", "7.0", "False"],
    ]


def test_lifecycle_without_data(till):
    body = till.get("reports/lifecycle").json()

    assert (body["customers"], body["median_gap_days"], body["flows"]) == (0, None, [])
    assert rows(till.get("reports/lifecycle", csv=True)) == []


@pytest.mark.parametrize(
    ("asked", "code", "where"),
    [
        ({"as_of": "x"}, "invalid_date", "as_of"),
        ({"from": "x"}, "invalid_month", "from"),
        ({"as_of": ON, "to": "2026-04"}, "invalid_month", "to"),
        ({"from": "2026-03", "to": "2026-02"}, "invalid_month", "from"),
    ],
)
def test_lifecycle_of_days_that_cannot_be_is_refused(till, asked, code, where):
    response = till.get("reports/lifecycle", **asked)

    assert refused(response) == (400, code)
    assert places(response) == [(where, code)]


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize(("csv", "queries"), [(False, 10), (True, 8)])
def test_lifecycle_takes_the_same_queries(shop, till, django_assert_num_queries, number, csv, queries):
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop))

    with django_assert_num_queries(queries):  # key; first month, value or cards; gaps and rhythms: six
        till.get("reports/lifecycle", csv=csv).getvalue()
