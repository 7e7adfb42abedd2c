"""The page where a file is checked: what was found, and what somebody knows better."""

import pytest
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from customers.models import Customer, Import, Purchase
from loyalty_site.imports import drafts
from loyalty_site.tests.import_pages import (
    BAD,
    HTMX,
    SALES,
    as_shown,
    rehearse,
    said,
    sent,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


def test_check_shows_what_was_found_and_the_first_rows_as_read(alice):
    url = sent(alice, "Cliente;Ticket;Fecha;Importe\n7;T1;31/01/2024;1.234,50\n8;T2;01/02/2024;9,99\n")

    page = alice.get(f"{url}check/")

    assert "as found: semicolon ( ; )" in said(page)
    assert "as found: UTF-8" in said(page)
    assert "as found: comma, as in 1.234,56" in said(page)
    assert "as found: day first, as in 31/01/2026" in said(page)
    assert "2 7 T1 31 Jan 2024, 12:00 1,234.50 € 3 8 T2 1 Feb 2024, 12:00 9.99 €" in said(page)
    assert [field.value() for field in page.context["form"].of_columns()] == ["customer", "receipt", "date", "amount"]


def test_check_shows_at_most_eight_rows(alice):
    rows = "".join(f"{number},R{number},2024-01-31,1\n" for number in range(2500))

    page = alice.get(f"{sent(alice, 'Customer,Receipt,Date,Amount' + chr(10) + rows)}check/")

    assert [line for line, __ in page.context["check"].rows] == [2, 3, 4, 5, 6, 7, 8, 9]


def test_bad_cell_of_the_first_rows_says_what_is_wrong(alice):
    page = said(alice.get(f"{sent(alice, BAD)}check/"))

    assert "2024-02-31 ✕ This day does not exist in the calendar." in page
    assert "abc ✕ This is not a number." in page


def test_change_is_read_at_once_by_htmx(alice):
    url = sent(alice, 'Customer,Date,Amount\n1,03/04/2024,"1,234"\n')

    part = alice.post(f"{url}check/", {**as_shown(alice, url), "order": "month", "mark": "."}, headers=HTMX)

    assert "<html" not in part.content.decode()
    assert "2 1 4 Mar 2024, 12:00 1,234.00 €" in said(part)


@pytest.mark.any_database
@pytest.mark.parametrize(("mark", "shown"), [(",", "1.23 €"), (".", "1,230.00 €")])
def test_decimal_mark_is_the_users(alice, mark, shown):
    url = sent(alice, 'Customer,Date,Amount\n1,2024-04-03,"1,230"\n')

    alice.post(f"{url}check/", {**as_shown(alice, url), "mark": mark})

    assert shown in said(alice.get(f"{url}check/"))


@pytest.mark.parametrize(("order", "shown"), [("day", "3 Apr 2024"), ("month", "4 Mar 2024")])
def test_date_order_is_the_users_also_where_both_occur(alice, order, shown):
    url = sent(alice, "Customer,Date,Amount\n1,03/04/2024,1\n1,31/01/2024,1\n1,01/31/2024,1\n")
    assert "both occur: choose one" in said(alice.get(f"{url}check/"))

    alice.post(f"{url}check/", {**as_shown(alice, url), "order": order})

    assert shown in said(alice.get(f"{url}check/"))


@pytest.mark.any_database
def test_encoding_is_the_users(alice):
    url = sent(alice, "Customer,Date,Amount,Product\n1,2024-04-03,1,Café\n".encode("cp850"))
    assert "Café" not in said(alice.get(f"{url}check/"))

    alice.post(f"{url}check/", {**as_shown(alice, url), "encoding": "cp850"})
    assert "Café" in said(alice.get(f"{url}check/"))

    rehearse(alice, url)
    alice.post(f"{url}start/")
    work()
    assert Purchase.objects.get().lines.get().name == "Café"


def test_wrong_encoding_is_said_beside_it_and_not_kept(alice):
    url = sent(alice, "Customer,Date,Amount,Product\n1,2024-04-03,1,Café\n".encode("cp1252"))

    page = alice.post(f"{url}check/", {**as_shown(alice, url), "encoding": "utf-8-sig"})

    assert page.context["form"].errors["encoding"] == ["The file is not written in UTF-8. Choose another encoding."]
    assert Import.objects.get().choices == {}


def test_other_delimiter_guesses_the_columns_anew(alice):
    url = sent(alice, "Customer;Date;Amount|x,y\n1;2024-04-03;5|6,7\n")

    alice.post(f"{url}check/", {**as_shown(alice, url), "delimiter": "comma"})

    page = alice.get(f"{url}check/")
    assert [field.label for field in page.context["form"].of_columns()] == ["Customer;Date;Amount|x", "y"]
    assert "No column is read as the date." in said(page)


def test_other_delimiter_that_leaves_nothing_to_read_is_not_tried_out(alice):
    url = sent(alice, "Customer;Date;Amount|x,y\n1;2024-04-03;5|6,7\n")

    page = alice.post(f"{url}check/", {**as_shown(alice, url), "delimiter": "comma", "rehearse": "1"}, follow=True)

    assert "No column is read as the date." in said(page)
    assert DBTaskResult.objects.count() == 0


def test_rehearsal_without_a_needed_column_is_refused(alice):
    sent(alice, "Customer,Date\n1,2024-04-03\n")

    with pytest.raises(drafts.ColumnsMissing):
        drafts.rehearse(imported=Import.objects.get())


@pytest.mark.any_database
def test_column_is_read_as_the_user_says(alice):
    url = sent(alice, "Wer;Wann;Was\nA1;31.01.2024;12,50\n")
    assert "No column is read as the date." in said(alice.get(f"{url}check/"))

    rehearse(alice, url, column_0="customer", column_1="date", column_2="amount")
    alice.post(f"{url}start/")
    work()

    assert Purchase.objects.get().amount == 1250
    assert Customer.objects.get().external_id == "A1"


@pytest.mark.any_database
def test_column_that_is_not_to_be_read_stays_unread(alice):
    url = sent(alice, "Id,Name,Shoe size,Tea\nA1,Ana,38,Green\n", kind="customers")

    rehearse(alice, url, column_1="", column_2="")
    alice.post(f"{url}start/")
    work()

    ana = Customer.objects.get()
    assert (ana.name, ana.attributes) == ("", {"tea": "Green"})


def test_two_columns_for_one_thing_are_refused_beside_the_second(alice):
    url = sent(alice, "Customer,Date,Amount,Net\n1,2024-04-03,5,4\n")

    page = alice.post(f"{url}check/", {**as_shown(alice, url), "column_3": "amount"})

    assert "Two columns are read as the same thing" in str(page.context["form"].errors["column_3"])


def test_file_without_a_needed_column_is_not_tried_out(alice):
    url = sent(alice, "Customer,Date,Amount\n1,2024-04-03,5\n")

    page = alice.post(f"{url}check/", {**as_shown(alice, url), "column_2": "", "rehearse": "1"}, follow=True)

    assert page.redirect_chain == [(f"{url}check/", 302)]
    assert "No column is read as the amount." in said(page)
    assert DBTaskResult.objects.count() == 0


def test_stored_file_that_is_gone_is_answered_on_the_list(alice):
    url = sent(alice, SALES)
    found = Import.objects.get()
    found.file.storage.delete(found.file.name)

    page = alice.get(f"{url}check/", follow=True)

    assert page.redirect_chain == [("/m/a/imports/", 302)]
    assert "The file cannot be opened" in said(page)


def test_field_that_does_not_exist_is_refused(alice):
    url = sent(alice, SALES)

    page = alice.post(f"{url}check/", {**as_shown(alice, url), "column_3": "shoe_size"})

    assert page.status_code == 200
    assert "does not know" in said(page)


@pytest.mark.any_database
def test_file_with_the_same_columns_is_read_as_before(alice):
    url = sent(alice, "Wer;Wann;Was\nA1;31.01.2024;12,50\n")
    rehearse(alice, url, column_0="customer", column_1="date", column_2="amount")
    alice.post(f"{url}start/")
    work()

    again = sent(alice, "Wer;Wann;Was\nA2;01.02.2024;1,50\n", name="more.csv")

    page = alice.get(f"{again}check/")
    assert [field.value() for field in page.context["form"].of_columns()] == ["customer", "date", "amount"]
    assert "Read as “sales.csv”, which has the same columns." in said(page)
