"""Real files of shops, with the figures that were calculated from them independently."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from customers.reader import staging

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared data sets are not at {SHARED}")


def stage(name, **options):
    shop = {"at": AT, "zone": ZoneInfo("UTC"), "country": "GB", "currency": "GBP", "decimals": 2}
    return staging.stage(SHARED / "data" / name, kind="purchases", **(shop | options))


def figures(name, **options):
    """(rows, rejected, duplicates, receipts, net value, customers)."""
    with stage(name, **options) as staged:
        receipts = list(staged.receipts())
        assert sum(receipt.rows for receipt in receipts) + staged.rejected + staged.duplicates == staged.rows
        customers = {receipt.customer.external_id for receipt in receipts} - {None}
        value = sum(receipt.total for receipt in receipts)
        return staged.rows, staged.rejected, staged.duplicates, staged.receipt_count, value, len(customers)


@pytest.mark.parametrize("name", ["v1_plain.csv", "v2_european.csv", "cdnow_sample.csv.gz"])
def test_same_sales_in_every_form_give_the_same_figures(name):
    assert figures(name) == (6919, 0, 0, 6919, 24409194, 2357)


def test_european_form_holds_the_same_receipts_as_the_plain_one():
    with stage("v1_plain.csv") as plain, stage("v2_european.csv", country="ES", currency="EUR") as european:
        assert list(plain.receipts()) == list(european.receipts())


def test_bad_rows_are_rejected_by_their_lines():
    with stage("v5_bad_rows.csv") as staged:
        assert [(fault.line, fault.column, fault.value) for fault in staged.faults()] == [
            (7, "Date", "1997-02-30"),
            (19, "Date", ""),
            (102, "Amount", "abc"),
            (202, "Customer", ""),
            (302, "Amount", ""),
            (402, "Date", "2097-01-01"),
        ]
        assert (staged.rows, staged.rejected, staged.receipt_count) == (6919, 6, 6913)


def test_orders_and_lines_of_the_bakery_agree():
    assert figures("bakery_deli_orders.csv") == (9366, 0, 0, 9366, 4643439, 733)
    assert figures("bakery_deli_lines.csv") == (13047, 0, 0, 9366, 4643439, 733)
