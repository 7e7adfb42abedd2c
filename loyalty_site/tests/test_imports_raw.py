"""UCI Online Retail as it was published: 541,909 rows, cancellations and rows without a customer among them."""

import json
from datetime import date

import pytest

from loyalty_site import imports
from loyalty_site.tests import factories
from loyalty_site.tests.files import MISSING, SHARED, counts, said, send_path
from rewards import ledger
from segments.overview import overview

RAW = SHARED / "online_retail_raw.csv.gz"
LAST = date(2011, 12, 9)

pytestmark = pytest.mark.skipif(not RAW.exists(), reason=MISSING)


def truth() -> dict:
    """Figure by name, money in minor units."""
    found = json.loads((SHARED.parent / "truth" / "online_retail_import.json").read_text())["figures"]
    return {name: figure["value"] for name, figure in found.items()}


@pytest.mark.django_db
def test_the_published_file_without_its_anonymous_rows():
    true = truth()
    shop = factories.merchant(currency="GBP")
    factories.program(shop, starts_at=factories.AT.replace(year=2010, month=1))

    summary = imports.summary(send_path(shop, RAW))
    after, again = counts(), imports.summary(send_path(shop, RAW))

    known = true["rows"] - true["rows_without_customer"]
    worth = summary["value"]
    assert said(summary) == (true["rows"], known, 0, true["rows_without_customer"], 4372, 4372, worth)
    assert abs(worth - round(100 * true["net_revenue_customers"])) <= 2
    assert len(summary["errors"]) == 1000
    assert (said(again), counts()) == ((true["rows"], 0, known, true["rows_without_customer"], 0, 0, 0), after)
    assert list(ledger.differences()) == []
    found = overview(shop, as_of=LAST)
    assert (found.revenue, found.anonymous_purchases, found.anonymous_revenue) == (worth, 0, 0)


@pytest.mark.django_db
def test_the_published_file_with_its_anonymous_rows():
    true = truth()
    shop = factories.merchant(currency="GBP")

    summary = imports.summary(send_path(shop, RAW, anonymous="accept"))

    worth = summary["value"]
    assert said(summary) == (true["rows"], true["rows"], 0, 0, true["customers"], true["customers"], worth)
    assert abs(worth - round(100 * true["total_amount"])) <= 2
    assert summary["errors"] == []
    found = overview(shop, as_of=LAST)
    assert found.revenue == worth
    assert abs(worth - found.anonymous_revenue - round(100 * true["net_revenue_customers"])) <= 2
