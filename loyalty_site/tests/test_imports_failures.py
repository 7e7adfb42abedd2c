import io
import sqlite3
import zipfile

import pytest
from django.db import OperationalError, connection

from customers.models import Customer, Import, Purchase
from loyalty_site import imports
from loyalty_site.tests import factories
from loyalty_site.tests.files import send
from rewards import ledger
from rewards.models import Entry

FULL = "The disk is full. Make room and send the file again: what is recorded already will not count twice."


def workbook() -> bytes:
    """What a spreadsheet program saves."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return content.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty. Its first line must name the columns."),
        (b"\r\n \r\n", "The file is empty. Its first line must name the columns."),
        (bytes(range(256)) * 20, "This is not a text file. Export the data as CSV in UTF-8 and import that."),
        (workbook(), "This is a spreadsheet, not a CSV file. Open it and save it as CSV first."),
        (
            b"Dear customers\nthank you for a wonderful year\n",
            "This file is no table: no comma, semicolon, tab or bar divides its lines into columns. Its first line must"
            " name the columns. In a spreadsheet, save it as CSV.",
        ),
        (
            b'Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,"' + b"x" * 10_000_000,
            "A cell in line 2 has more than 100000 characters. Perhaps a quotation mark is opened there and never"
            " closed; correct the line and import the file again.",
        ),
        (
            b"Fruit,Colour\napple,red\n",
            "The file has no column for: date; amount (or quantity + unit_price); customer (or phone, email, card_code)"
            ". Its first line names: Fruit, Colour. Rename a column, or say which one it is with --mapping"
            ' \'{"date": "name of the column"}\'.',
        ),
    ],
    ids=["empty", "blank", "binary", "xlsx", "prose", "endless cell", "unknown columns"],
)
def test_what_is_no_table_fails_with_a_sentence(content, message):
    shop = factories.merchant()

    imported = send(shop, content)

    assert (imported.state, imported.message) == ("failed", message)
    assert (imported.rows, imported.position, imported.finished_at) == (0, 0, factories.AT)
    assert not Customer.objects.exists()


@pytest.mark.django_db
def test_a_header_alone_is_a_table_of_no_rows():
    shop = factories.merchant()

    imported = send(shop, "Customer,Receipt,Date,Amount\n")

    assert imported.state == "done"
    assert imports.summary(imported) == {
        "rows": 0,
        "accepted": 0,
        "duplicates": 0,
        "rejected": 0,
        "customers": 0,
        "new_customers": 0,
        "value": 0,
        "errors": [],
    }


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_before_anything_is_stored():
    shop = factories.merchant()

    with pytest.raises(imports.UnknownKind) as refusal:
        send(shop, "member,referrer\nA,B\n", kind="referrals")

    assert str(refusal.value) == (
        "Files of the kind 'referrals' cannot be read in this version. Use one of: purchases, customers, balances."
    )
    assert not Import.objects.exists()


@pytest.mark.django_db
def test_no_more_than_a_thousand_errors_are_shown_and_all_are_kept():
    shop = factories.merchant()

    imported = send(shop, "Customer,Receipt,Date,Amount\n" + "C1,R1,2026-01-05,oops\n" * 1003)

    assert len(imports.summary(imported)["errors"]) == 1000
    assert (imported.rejected, imported.faults.count()) == (1003, 1003)


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        OperationalError("database or disk is full"),
        sqlite3.OperationalError("database or disk is full"),  # the scratch file of the reader
        OperationalError('could not extend file "base/1/2": No space left on device'),
    ],
)
def test_a_full_disk_is_explained_wherever_it_is(error):
    assert imports.explain(error) == FULL


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite can be told how large it may grow")
@pytest.mark.django_db(transaction=True)
def test_a_full_disk_fails_with_a_sentence_and_the_same_file_adds_the_rest():
    shop = factories.merchant()
    factories.program(shop, starts_at=factories.AT.replace(year=2020))
    text = "Customer,Receipt,Date,Amount\n" + "".join(f"C{n % 500},R{n},2026-01-05,10\n" for n in range(4000))

    with largest_database(extra_pages=500):
        stopped = send(shop, text)
    whole, part = Purchase.objects.count(), stopped.accepted
    again = send(shop, text)

    assert (stopped.state, stopped.message) == ("failed", FULL)
    assert (whole, part % 1000, 0 < part < 4000) == (part, 0, True)
    assert (again.state, again.accepted, again.duplicates) == ("done", 4000 - part, part)
    assert (Purchase.objects.count(), Entry.objects.count(), Customer.objects.count()) == (4000, 4000, 500)
    assert list(ledger.differences()) == []


class largest_database:  # noqa: N801 - reads as the context manager that it is
    """SQLite may grow by some pages and no more."""

    def __init__(self, *, extra_pages: int):
        self.extra_pages = extra_pages

    def __enter__(self):
        pages, free = (self.ask(f"PRAGMA {name}") for name in ("page_count", "freelist_count"))
        self.before = self.ask("PRAGMA max_page_count")
        self.ask(f"PRAGMA max_page_count = {pages - free + self.extra_pages}")

    def __exit__(self, *exception):
        self.ask(f"PRAGMA max_page_count = {self.before}")

    def ask(self, pragma: str) -> int:
        with connection.cursor() as cursor:
            return cursor.execute(pragma).fetchone()[0]
