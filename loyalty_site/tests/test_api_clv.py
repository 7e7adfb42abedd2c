"""Customer value over the API: the status first, nulls where nothing is known, and a row for each customer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows
from loyalty_site.tests.lasting import lasting
from segments.clv import memory
from segments.tests.shoppers import END, bought, simulated, stored, valued

pytestmark = pytest.mark.django_db

NAMES = {
    "as_of", "discount", "status", "warnings", "customers", "last_purchase_on", "params", "log_likelihood", "holdout",
    "total_clv_12m", "definitions",
}  # fmt: skip
HEAD = ["customer", "external_id", "x", "t_x", "T", "p_alive", "expected_purchases_12m", "clv_12m"]
SHOPPERS = simulated(150, r=0.5, alpha=4.0, a=0.8, b=2.5, seed=4)


@pytest.fixture(scope="module")
def shop(django_db_setup, django_db_blocker):
    """A small shop whose customers follow the models, for all tests of the module."""
    with lasting(django_db_blocker):
        shop = factories.merchant()
        stored(shop, SHOPPERS)
        yield shop


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="read")


def asked(till, **params) -> dict:
    return till.get("reports/clv", **{"as_of": END.isoformat(), **params}).json()


def test_report_is_that_of_the_models(till):
    body = asked(till)

    true = valued(SHOPPERS)
    assert set(body) == NAMES
    assert (body["as_of"], body["discount"], body["customers"]) == (END.isoformat(), 0.10, 150)
    assert (body["status"], len(body["warnings"])) == ("weak", len(true.warnings))
    assert body["params"] == true.buying.params | true.spending.params
    assert body["log_likelihood"] == {
        "bgnbd": true.buying.log_likelihood, "gamma_gamma": true.spending.log_likelihood,
    }  # fmt: skip
    assert body["holdout"] == {
        "starts_after": true.holdout.cut.isoformat(), "weeks": true.holdout.weeks, "actual": true.holdout.actual,
        "forecast": true.holdout.forecast, "correlation": true.holdout.correlation,
    }  # fmt: skip
    assert body["total_clv_12m"] == true.total
    assert {"status", "clv_12m", "p_alive", "total_clv_12m", "holdout"} <= set(body["definitions"])


def test_rows_are_the_customers_by_worth_and_add_up(till):
    response = till.get("reports/clv", as_of=END.isoformat(), csv=True)

    found = rows(response)
    worth = [int(row["clv_12m"]) for row in found]
    assert list(found[0]) == HEAD
    assert len(found) == 150
    assert worth == sorted(worth, reverse=True)
    assert sum(worth) == asked(till)["total_clv_12m"]
    assert all(0 <= float(row["p_alive"]) <= 1 for row in found)


def test_discount_lowers_the_worth_and_nothing_else(till):
    usual, dear = asked(till), asked(till, discount="1")

    assert dear["total_clv_12m"] < usual["total_clv_12m"] == asked(till, discount="0.1")["total_clv_12m"]
    assert dear["params"] == usual["params"]


def test_earlier_day_is_tried_against_what_came_after_it(till):
    day = END - timedelta(days=60)

    body = asked(till, as_of=day.isoformat())

    later = {(customer, bought_on) for customer, bought_on, __ in SHOPPERS if bought_on > day}
    known = {customer for customer, bought_on, __ in SHOPPERS if bought_on <= day}
    assert body["customers"] == len(known)
    assert body["holdout"]["starts_after"] == day.isoformat()
    assert body["holdout"]["actual"] == len([one for one in later if one[0] in known])


def test_purchase_shows_at_once(till, shop, monkeypatch):
    """What is kept in memory knows when it is no longer so."""
    monkeypatch.setattr(memory, "LONG", 3_600)  # on a slow machine too, no shop rests
    before = asked(till)

    factories.purchase(shop, factories.customer(shop), at=datetime.combine(END, datetime.min.time(), UTC))

    assert asked(till)["customers"] == before["customers"] + 1


def test_unidentified_gives_no_figure(till, shop):
    """Before anybody came twice."""
    day = min(one[1] for one in SHOPPERS)

    body, found = asked(till, as_of=day.isoformat()), rows(till.get("reports/clv", as_of=day.isoformat(), csv=True))

    assert (body["status"], body["total_clv_12m"]) == ("unidentified", None)
    assert body["warnings"] == ["No customer came back on another day yet, so nothing tells how often customers come."]
    assert set(body["params"].values()) == set(body["holdout"].values()) == {None}
    assert {(row["p_alive"], row["expected_purchases_12m"], row["clv_12m"]) for row in found} == {("", "", "")}
    assert [int(row["x"]) for row in found] == [0] * body["customers"]


def test_shop_without_purchases_has_nothing(till):
    rival = api_client.api(factories.merchant(slug="b", owner="charlie@b.test"), scope="read")

    body = rival.get("reports/clv").json()

    assert (body["status"], body["customers"], body["last_purchase_on"]) == ("unidentified", 0, None)
    assert body["as_of"] == timezone.localdate().isoformat()
    assert rows(rival.get("reports/clv", csv=True)) == []


@pytest.mark.parametrize("day", ["", "x", "2026-02-30", "20260301", "0001-01-01", "9999-12-31", "2199-12-31"])
def test_no_day_of_the_past_is_refused(till, day):
    response = till.get("reports/clv", as_of=day)

    assert refused(response) == (400, "invalid_date")
    assert places(response) == [("as_of", "invalid_date")]


@pytest.mark.any_database
@pytest.mark.parametrize("discount", ["", "x", "-0.1", "1.1", "10%", "0,1", "1e-1", "nan", "inf", ".", "0.1\n", "٠.١"])
def test_no_discount_is_refused(till, discount):
    response = till.get("reports/clv", discount=discount)

    assert refused(response) == (400, "invalid_discount")
    assert places(response) == [("discount", "invalid_discount")]


def test_wrong_name_is_refused(till):
    assert refused(till.get("reports/clv", discont="0.1")) == (400, "unknown_field")


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("csv", [False, True])
def test_report_costs_the_same_for_one_and_for_many(django_assert_num_queries, number, csv):
    """Key; what is kept; bounds, history and returns; the names for the CSV."""
    shop = factories.merchant(slug="b", owner="charlie@b.test")
    stored(shop, [one for customer in range(number) for one in bought(customer, 90, 40, customer % 7)])
    key = api_client.api(shop, scope="read")
    key.get("me")

    with django_assert_num_queries(6 if csv else 5):
        key.get("reports/clv", as_of=END.isoformat(), csv=csv)
