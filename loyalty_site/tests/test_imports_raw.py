"""UCI Online Retail as it was published: 541,909 rows, cancellations and rows without a customer among them."""

import csv
import gzip
import json
from datetime import date
from itertools import islice

import pytest
from django.db import connection

from loyalty_site import imports
from loyalty_site.tests import factories
from loyalty_site.tests.files import MISSING, SHARED, counts, said, send_path
from loyalty_site.tests.lasting import swept
from rewards import ledger
from segments.overview import overview

RAW = SHARED / "online_retail_raw.csv.gz"
LAST = date(2011, 12, 9)

pytestmark = pytest.mark.skipif(not RAW.exists(), reason=MISSING)


@pytest.fixture(scope="module", autouse=True)
def _sweep(django_db_setup, django_db_blocker):
    with swept(django_db_blocker):
        yield


def truth() -> dict:
    """Figure by name, money in minor units."""
    found = json.loads((SHARED.parent / "truth" / "online_retail_import.json").read_text())["figures"]
    return {name: figure["value"] for name, figure in found.items()}


def first_rows(path):
    """The first rows of the file, as one of its own: how many, how many name nobody, and the people of the others."""
    with gzip.open(RAW, "rt", newline="") as source, path.open("w", newline="") as target:
        head, *rows = islice(csv.reader(source), 20_001)
        csv.writer(target).writerows([head, *rows])
    people = [row[head.index("CustomerID")] for row in rows]
    return len(rows), people.count(""), len(set(people) - {""})


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="half a million rows are imported on the other lane")
def test_published_file_without_its_anonymous_rows():
    true = truth()
    shop = factories.merchant(currency="GBP")
    factories.program(shop, starts_at=factories.AT.replace(year=2010, month=1))

    summary = imports.summary(send_path(shop, RAW))

    known = true["rows"] - true["rows_without_customer"]
    worth = summary["value"]
    assert said(summary) == (true["rows"], known, 0, true["rows_without_customer"], 4372, 4372, worth)
    assert abs(worth - round(100 * true["net_revenue_customers"])) <= 2
    assert len(summary["errors"]) == 1000
    assert list(ledger.differences()) == []
    found = overview(shop, as_of=LAST)
    assert (found.revenue, found.anonymous_purchases, found.anonymous_revenue) == (worth, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("anonymous", ["accept", "reject"])
def test_file_sent_twice_adds_nothing(tmp_path, anonymous):
    path = tmp_path / "first.csv"
    rows, nameless, people = first_rows(path)
    shop = factories.merchant(currency="GBP")
    factories.program(shop, starts_at=factories.AT.replace(year=2010, month=1))

    summary = imports.summary(send_path(shop, path, anonymous=anonymous))
    after, again = counts(), imports.summary(send_path(shop, path, anonymous=anonymous))

    known, left_out = (rows, 0) if anonymous == "accept" else (rows - nameless, nameless)
    assert said(summary) == (rows, known, 0, left_out, people, people, summary["value"])
    assert (said(again), counts()) == ((rows, 0, known, left_out, 0, 0, 0), after)
    assert list(ledger.differences()) == []
