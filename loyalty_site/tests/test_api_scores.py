"""RFV over the API: the board with its movement, and everybody's scores as CSV."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows

pytestmark = pytest.mark.django_db
ON = "2026-03-10"
COLUMNS = [
    "customer", "external_id", "recency_days", "frequency", "value", "recency_score", "frequency_score", "value_score",
]  # fmt: skip


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="read")


@pytest.fixture
def people(shop):
    """Ann came three times and last on the day, Jo once, a month before and again on none."""
    ann, jo = (factories.customer(shop, external_id=name) for name in ("=ann", "jo"))
    day = datetime(2026, 3, 10, 12, tzinfo=UTC)
    for buyer, ago, amount in [(ann, 60, 500), (ann, 5, 500), (ann, 0, 500), (jo, 40, 9000)]:
        factories.purchase(shop, buyer, amount=amount, at=day - timedelta(days=ago))
    factories.purchase(shop, ann, at=day + timedelta(days=1))
    return ann, jo


def cell(body: dict, recency: int, frequency: int) -> dict:
    [found] = [
        one for one in body["board"] if (one["recency_score"], one["frequency_score"]) == (recency, frequency)
    ]  # fmt: skip
    return found


def test_rfv_gives_the_board_with_its_movement(till, people):
    body = till.get("reports/rfv", as_of=ON).json()

    assert set(body) == {
        "as_of", "compared_with", "customers", "revenue", "board", "regions", "values", "definitions",
    }  # fmt: skip
    assert (body["as_of"], body["compared_with"], body["customers"], body["revenue"]) == (ON, "2026-02-28", 2, 10500)
    assert len(body["board"]) == 25
    assert sum(one["customers"] for one in body["board"]) == sum(one["customers"] for one in body["regions"]) == 2
    assert cell(body, 3, 3) == {
        "recency_score": 3, "frequency_score": 3, "region": "loyal", "customers": 1, "share": 0.5, "revenue": 1500,
        "average_value_score": 1.0, "before": 0, "joined": 1, "left": 0,
    }  # fmt: skip
    before = {(one["recency_score"], one["frequency_score"]): one["before"] for one in body["board"] if one["before"]}
    assert before == {(3, 1): 1, (1, 1): 1}  # Jo was the later one then
    assert body["values"] == [
        {"value_score": 3, "customers": 1, "revenue": 9000, "lowest": 9000, "highest": 9000},
        {"value_score": 1, "customers": 1, "revenue": 1500, "lowest": 1500, "highest": 1500},
    ]


def test_rfv_as_csv_has_a_row_per_customer(till, people):
    response = till.get("reports/rfv", as_of=ON, csv=True)
    ann, jo = people

    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert [list(row.values()) for row in rows(response)] == [
        [ann.public_id, "'=ann", "0", "3", "1500", "3", "3", "1"],
        [jo.public_id, "jo", "40", "1", "9000", "1", "1", "3"],
    ]


def test_rfv_without_data(till):
    body = till.get("reports/rfv").json()

    assert (body["customers"], body["revenue"], body["compared_with"], body["values"]) == (0, 0, None, [])
    assert {one["average_value_score"] for one in body["board"]} == {one["joined"] for one in body["board"]} == {None}
    assert till.get("reports/rfv", csv=True).getvalue().decode().strip().split(",") == COLUMNS


def test_rfv_of_no_day_and_unknown_names_are_refused(till):
    wrong = till.get("reports/rfv", as_of="2026-02-30")

    assert refused(wrong) == (400, "invalid_date")
    assert places(wrong) == [("as_of", "invalid_date")]
    assert refused(till.get("reports/rfv", asof=ON)) == (400, "unknown_field")


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("csv", [False, True])
def test_rfv_takes_the_same_queries(shop, till, django_assert_num_queries, number, csv):
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop))

    with django_assert_num_queries(4 if csv else 3):  # key; who stands now, since; cards
        till.get("reports/rfv", csv=csv).getvalue()


def test_rfv_of_a_shop_knows_nothing_of_another(people):
    stranger = api_client.api(factories.merchant(slug="b", owner="charlie@b.test"))

    assert stranger.get("reports/rfv").json()["customers"] == 0
