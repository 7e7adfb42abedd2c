"""Predictions over the API: the document, a row per customer, and what they cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty_site.tests import api_client, going
from loyalty_site.tests.api_client import refused, rows
from segments.models import CustomerScore

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="read")


@pytest.fixture
def people(shop):
    return going.slipping(shop, at=timezone.now())


def test_predictions_are_those_of_the_night(till, people):
    body = till.get("reports/predictions").json()

    today = timezone.localdate()
    definitions = body.pop("definitions")
    since = body["save_list"].pop("since")
    until = body.pop("first_baskets_to")
    assert (since[-2:], until) == ("01", str(today - timedelta(days=90)))
    assert body.pop("first_baskets_from") is not None
    assert body == {
        "as_of": str(today),
        "due": {"within_7d": 1, "later": 0, "overdue": 2, "lost": 0, "unknown": 0},
        "save_list": {"customers": 2, "at_stake": 12000, "weighed": False},
        "first_baskets": [],
    }
    assert [name for name, text in definitions.items() if not text] == []
    assert {"expected_on", "range", "at_stake", "yearly_value", "first_baskets_sure"} <= set(definitions)


def test_csv_has_everybody_with_their_next_visit(till, people):
    CustomerScore.objects.filter(customer=people[2]).update(state="lost")
    today = timezone.localdate()

    ana, ben, cleo = rows(till.get("reports/predictions", csv=True))

    due = str(today - timedelta(days=5))
    assert ana == {
        "customer": people[0].public_id, "external_id": "", "state": "late", "last_on": str(today - timedelta(days=12)),
        "expected_on": due, "expected_from": due, "expected_to": due, "own_gaps": "True", "p_alive": "",
        "clv_status": "unidentified", "yearly_value": "8000", "at_stake": "8000",
    }  # fmt: skip
    assert (ben["external_id"], ben["state"], ben["at_stake"]) == ("ben", "at_risk", "4000")
    assert (cleo["expected_on"], cleo["yearly_value"], cleo["at_stake"]) == ("", "", "")


def test_before_the_first_night_nothing_is_known(till):
    body = till.get("reports/predictions").json()

    assert (body["as_of"], body["save_list"]["since"], body["save_list"]["at_stake"]) == (None, None, 0)
    assert rows(till.get("reports/predictions", csv=True)) == []


def test_name_that_no_report_reads_is_refused(till):
    assert refused(till.get("reports/predictions", nights="3")) == (400, "unknown_field")


@pytest.mark.parametrize("number", [1, 30])
def test_predictions_take_the_same_queries(shop, till, django_assert_num_queries, number):
    for __ in range(number):
        going.weekly(shop, last=timezone.now() - timedelta(days=12))
    going.scores.refresh(merchant=shop, at=timezone.now())

    with django_assert_num_queries(7):  # key; night, scores, what they brought; due; newcomers, lines
        till.get("reports/predictions")
    with django_assert_num_queries(6):  # key; night, scores, what they brought; purchases, cards
        till.get("reports/predictions", csv=True).getvalue()
