"""The same shop as a plain file, as a European spreadsheet saves it, and with six bad rows."""

from datetime import date

import pytest

from loyalty_site import imports
from loyalty_site.tests import factories
from loyalty_site.tests.files import MISSING, SHARED, said, send_path, wrong
from segments.overview import overview

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not SHARED.exists(), reason=MISSING)]

WHOLE = (6919, 6919, 0, 0, 2357, 2357, 24409194)


def figures(shop) -> tuple:
    found = overview(shop, as_of=date(1998, 6, 30))
    return found.customers, found.purchases, found.revenue, found.lapsed_90d


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["v1_plain.csv", "v2_european.csv"])
def test_plain_and_european_files_say_the_same(name):
    shop = factories.merchant(currency="USD")

    summary = imports.summary(send_path(shop, SHARED / name))

    assert said(summary) == WHOLE
    assert figures(shop) == (2357, 6919, 24409194, 2057)


@pytest.mark.any_database
def test_six_bad_rows_are_named_and_the_plain_file_adds_exactly_them():
    shop = factories.merchant(currency="USD")

    bad = imports.summary(send_path(shop, SHARED / "v5_bad_rows.csv"))
    rest = imports.summary(send_path(shop, SHARED / "v1_plain.csv"))

    assert said(bad)[:4] == (6919, 6913, 0, 6)
    assert [line for line, __, __ in wrong(bad)] == [7, 19, 102, 202, 302, 402]
    assert said(rest)[:4] == (6919, 6, 6913, 0)
    assert figures(shop) == (2357, 6919, 24409194, 2057)
