"""The rows that were left out: downloaded, mended, sent again."""

import pytest
from django.utils import translation

from customers.merchants.models import User
from customers.models import Customer, Import, Purchase
from loyalty_site.tests import files
from loyalty_site.tests.import_pages import (
    BAD,
    SALES,
    as_file,
    downloaded,
    imported,
    rehearse,
    said,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.mark.any_database
def test_rows_left_out_come_back_as_they_were_with_what_is_wrong(alice):
    url = imported(alice, BAD)

    assert downloaded(alice, url) == [
        ["Customer", "Receipt", "Date", "Amount", "Ficha: what is wrong"],
        ["2", "B", "2024-02-31", "7.25", "Date: This day does not exist in the calendar. Check day and month."],
        [
            *("", "C", "2024-02-01", "abc"),
            "Customer: The customer is missing. Fill the cell, or accept anonymous sales when you import."
            " Amount: This is not a number. Write it like 12.50 or 12,50, without words.",
        ],
    ]


@pytest.mark.any_database
def test_rows_left_out_are_divided_as_the_file_was(alice):
    url = imported(alice, "Customer;Date;Amount\n1;2024-01-31;12,50\n2;2024-01-31;x\n")

    content = b"".join(alice.get(f"{url}left-out.csv").streaming_content).decode("utf-8-sig")

    assert content.splitlines()[0] == "Customer;Date;Amount;Ficha: what is wrong"
    assert content.splitlines()[1].startswith("2;2024-01-31;x;")


def test_mended_rows_are_sent_again_and_add_what_was_missing(alice):
    url = imported(alice, BAD)
    rows = downloaded(alice, url)
    rows[1][2], rows[2][0], rows[2][3] = "2024-02-28", "3", "1.00"

    again = imported(alice, as_file(rows), name="mended.csv")

    assert sorted(Purchase.objects.values_list("external_id", "amount")) == [("A", 1250), ("B", 725), ("C", 100)]
    assert "wrong in the file" not in said(alice.get(again))
    assert Import.objects.latest("pk").ignored == []


@pytest.mark.any_database
def test_mended_customers_do_not_keep_the_sentence(alice):
    url = imported(alice, "Id,Name,Birthday\nA1,Ana,1990-02-31\nA2,Ben,1990-02-28\n", kind="customers")
    rows = downloaded(alice, url)
    rows[1][2] = "1990-02-28"

    imported(alice, as_file(rows), kind="customers")

    ana = Customer.objects.get(external_id="A1")
    assert (ana.birthday, ana.attributes) == ("02-28", {})


def test_mended_rows_are_read_as_the_whole_file_proved(alice):
    whole = "Customer,Date,Amount\n1,01/31/2024,5.00\n2,03/04/2024,x\n"  # Spain writes the day first
    url = imported(alice, whole)
    rows = downloaded(alice, url)
    rows[1][2] = "1,234"

    imported(alice, as_file(rows), name="mended.csv")

    late = Purchase.objects.latest("occurred_at")
    assert (late.occurred_at.month, late.occurred_at.day, late.amount) == (3, 4, 123400)


def test_rows_that_wait_with_a_bad_one_of_their_receipt_come_too(alice):
    url = imported(
        alice,
        "Customer,Receipt,Date,Amount,Product\n1,A,2024-01-31,1,Tea\n1,B,2024-01-31,x,Tea\n2,C,2024-01-31,2,Tea\n"
        "1,B,2024-01-31,2,Cake\n",
    )

    rows = downloaded(alice, url)

    assert [row[1:5] for row in rows[1:]] == [["B", "2024-01-31", "x", "Tea"], ["B", "2024-01-31", "2", "Cake"]]
    assert rows[2][5] == "Nothing is wrong here: this row waits for the others of its receipt."
    assert len(rows) - 1 == Import.objects.get().rejected


def test_row_with_too_many_cells_keeps_them_all(alice):
    url = imported(alice, "Customer,Date,Amount\n1,2024-01-31,12,50\n")

    rows = downloaded(alice, url)

    assert rows[1][:4] == ["1", "2024-01-31", "12", "50"]
    assert rows[1][4].startswith("column 4: The row has more cells")


@pytest.mark.any_database
def test_nothing_left_out_is_no_file(alice):
    url = imported(alice, SALES)

    assert alice.get(f"{url}left-out.csv").status_code == 404


@pytest.mark.any_database
def test_rows_of_a_stored_file_that_is_gone_are_answered_with_a_sentence(alice):
    url = imported(alice, BAD)
    found = Import.objects.get()
    found.file.storage.delete(found.file.name)

    response = alice.get(f"{url}left-out.csv")

    assert response.status_code == 409
    assert response.content.decode().startswith("The file cannot be opened")


@pytest.mark.any_database
@pytest.mark.skipif(not files.SHARED.is_dir(), reason=files.MISSING)
def test_rows_left_out_of_a_real_file_are_as_many_as_were_rejected(alice):
    url = sent(alice, (files.SHARED / "v5_bad_rows.csv").read_bytes())
    rehearse(alice, url)

    assert (Import.objects.get().rejected, len(downloaded(alice, url)) - 1) == (6, 6)


@pytest.mark.any_database
def test_faults_are_said_in_the_language_of_the_sender(alice):
    User.objects.filter(email="alice@a.test").update(language="es")
    with translation.override("es"):
        expected = translation.gettext("This day does not exist in the calendar. Check day and month.")
    url = sent(alice, BAD)
    with translation.override("en"):
        rehearse(alice, url)

    assert Import.objects.get().faults.first().message == expected
    assert expected in said(alice.get(url))


def test_faults_come_in_pages(alice):
    url = sent(alice, "Customer,Date,Amount\n" + "1,2024-01-31,x\n" * 60)
    rehearse(alice, url)

    first, third = alice.get(url), alice.get(url, {"page": 3})

    assert "60 things are wrong in the file" in said(first)
    assert [len(page.context["page"]) for page in (first, third)] == [25, 10]
