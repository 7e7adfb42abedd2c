"""The pages of imports: send a file, try it out, start it; the list; whose it is."""

import pytest
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from customers.merchants.models import User
from customers.models import Customer, Import, Purchase
from customers.models.imports import State
from loyalty_site.imports import drafts
from loyalty_site.tests import factories, files
from loyalty_site.tests.import_pages import (
    BAD,
    HTMX,
    SALES,
    as_shown,
    imported,
    rehearse,
    said,
    sent,
    upload,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with translation.override("en"):
        yield


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"  \n \n", "The file is empty."),
        (b"PK\x03\x04 xl/workbook.xml", "This is a spreadsheet, not a CSV file."),
        (bytes(range(256)) * 9, "This is not a text file."),
        (b"Dear reader\nthis is a letter\n", "This file is no table"),
        (b"Customer,Date,Amount\n1,2024-01-01," + b"x" * 10_000_000, "A cell in line 2 has more than 100000"),
        (
            b'Customer,Date,Amount\n1,2024-01-01,"5\n2,2024-01-01,5\n',
            "A quotation mark that is opened in line 2 is never closed",
        ),
        (b"\x1f\x8b\x08 not gzip", "The compressed file is damaged"),
    ],
)
def test_file_that_cannot_be_read_is_answered_beside_the_field_and_not_kept(alice, tmp_path, content, sentence):
    response = upload(alice, content)

    assert response.status_code == 200
    assert sentence in str(response.context["form"].errors["file"])
    assert Import.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.any_database
def test_no_file_is_answered_beside_the_field(alice):
    response = alice.post("/m/a/imports/new/", {"kind": "purchases"})

    assert "Choose the file that your till or spreadsheet exported." in said(response)


def test_file_is_kept_to_be_checked_and_nothing_is_recorded(alice):
    url = sent(alice, SALES)

    found = Import.objects.get()
    assert (found.state, found.filename, found.user.email) == (State.CHECKING, "sales.csv", "alice@a.test")
    assert alice.get(url)["Location"] == f"{url}check/"
    assert DBTaskResult.objects.count() == 0
    assert Purchase.objects.count() == 0


@pytest.mark.any_database
def test_rehearsal_says_what_will_happen_and_writes_nothing(alice):
    url = sent(alice, BAD)
    rehearse(alice, url)

    page = said(alice.get(url))

    assert "What will happen" in page
    assert "1 row of 3 in the file" in page
    assert "3 things are wrong in the file" in page
    assert "2024-02-31 This day does not exist in the calendar." in page
    assert "Start the import" in page
    assert (Purchase.objects.count(), Customer.objects.count()) == (0, 0)


@pytest.mark.any_database
def test_rehearsal_of_nothing_new_offers_no_start(alice):
    imported(alice, SALES)
    url = sent(alice, SALES)
    rehearse(alice, url)

    page = said(alice.get(url))

    assert "Everything in this file is known already." in page
    assert "Start the import" not in page


@pytest.mark.any_database
def test_progress_survives_a_reload_and_polls(alice):
    url = sent(alice, SALES)
    alice.post(f"{url}check/", {**as_shown(alice, url), "rehearse": "1"})

    page, part = alice.get(url), alice.get(url, headers=HTMX)

    assert "Waiting for its turn" in said(page)
    assert "<html" not in part.content.decode()
    assert 'hx-trigger="every 1s"' in part.content.decode()
    work()
    assert "hx-trigger" not in alice.get(url, headers=HTMX).content.decode()


@pytest.mark.parametrize(
    ("fields", "percent", "words"),
    [
        ({"state": "reading", "rows": 0}, 0, "Looking through the whole file first."),
        ({"state": "reading", "rows": 1000, "read": 500}, 25, "500 of 1,000 rows read"),
        ({"state": "posting", "rows": 1000, "accepted": 400, "rejected": 100}, 75, "500 of 1,000 rows"),
    ],
)
def test_progress_says_how_far_it_is(alice, fields, percent, words):
    url = sent(alice, SALES)
    Import.objects.update(**fields)

    page = alice.get(url)

    assert page.context["progress"] == percent
    assert words in said(page)


@pytest.mark.any_database
def test_start_records_and_says_what_happened(alice, shop):
    url = imported(alice, SALES)

    page = said(alice.get(url))

    assert "What happened" in page
    assert "2 rows of 2 in the file" in page
    assert "2 2 of them new" in page
    assert "19.75 €" in page
    assert sorted(Purchase.objects.values_list("amount", flat=True)) == [725, 1250]


def test_start_pressed_twice_starts_once(alice):
    url = sent(alice, SALES)
    rehearse(alice, url)
    before = DBTaskResult.objects.count()

    first, second = alice.post(f"{url}start/"), alice.post(f"{url}start/")

    assert (first["Location"], second["Location"]) == (url, url)
    assert DBTaskResult.objects.count() == before + 1


@pytest.mark.any_database
@pytest.mark.parametrize("rehearsed", [False, True])
def test_start_needs_a_rehearsal(alice, rehearsed):
    url = sent(alice, SALES)
    if rehearsed:
        rehearse(alice, url)

    alice.post(f"{url}start/")
    work()

    assert (Purchase.objects.count() > 0) == rehearsed


@pytest.mark.any_database
def test_reading_can_be_changed_after_the_rehearsal(alice):
    url = sent(alice, BAD)
    rehearse(alice, url)

    alice.post(f"{url}check/", {**as_shown(alice, url), "anonymous": "on"})

    found = Import.objects.get()
    assert (found.state, found.dry_run, found.rows, found.faults.count()) == (State.CHECKING, False, 0, 0)


@pytest.mark.any_database
def test_started_file_can_neither_be_read_otherwise_nor_discarded(alice):
    url = sent(alice, SALES)
    fields = as_shown(alice, url)
    rehearse(alice, url)
    alice.post(f"{url}start/")

    assert alice.post(f"{url}check/", {**fields, "rehearse": "1"})["Location"] == url
    page = alice.post(f"{url}discard/", follow=True)
    assert "This file is being imported already" in said(page)
    assert Import.objects.get().state == State.QUEUED


def test_choice_that_comes_too_late_is_refused(alice):
    sent(alice, SALES)
    found = Import.objects.select_related("merchant").get()
    Import.objects.update(state=State.POSTING)

    with pytest.raises(drafts.AlreadyStarted):
        drafts.choose(
            imported=found,
            kind="customers",
            anonymous="reject",
            choices=drafts.Choices(),
            fields=[],
            shown_for="",
        )


def test_discarded_file_is_gone(alice, tmp_path, django_capture_on_commit_callbacks):
    url = sent(alice, SALES)

    with django_capture_on_commit_callbacks(execute=True):
        page = alice.post(f"{url}discard/", follow=True)

    assert "The file is discarded. Nothing of it was recorded." in said(page)
    assert Import.objects.count() == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.any_database
def test_file_that_cannot_be_read_to_its_end_says_so(alice):
    rows = "1,2024-04-03,5\n" * 100_000
    url = sent(alice, f'Customer,Date,Amount\n{rows}1,2024-04-03,"5\n1,2024-04-03,5\n')
    rehearse(alice, url)

    page = said(alice.get(url))

    assert "This did not work" in page
    assert "A quotation mark that is opened in line 100002 is never closed" in page
    assert "Change how it is read" in page


def test_list_teaches_where_there_is_nothing(alice):
    assert "Bring along what you have" in said(alice.get("/m/a/imports/"))


def test_list_shows_state_sender_and_counts(alice, shop):
    imported(alice, BAD)
    sent(alice, SALES, name="later.csv")
    files.send(shop, SALES)

    page = said(alice.get("/m/a/imports/"))

    assert "later.csv Purchases to be checked" in page
    assert "sales.csv Purchases done" in page
    assert "Alice 1 0 2" in page
    assert "command line" in page


def test_list_shows_only_this_shops_imports(alice, shop):
    files.send(factories.merchant(slug="b", owner="charlie@b.test"), SALES)

    assert "file.csv" not in said(alice.get("/m/a/imports/"))


@pytest.mark.parametrize(("number", "queries"), [(1, 5), (30, 5)])
def test_list_costs_the_same_for_one_and_for_many(alice, shop, django_assert_num_queries, number, queries):
    # session, user, place; how many, and the page of them
    for __ in range(number):
        files.send(shop, SALES)

    with django_assert_num_queries(queries):
        alice.get("/m/a/imports/")


@pytest.mark.parametrize(("number", "queries"), [(1, 6), (30, 6)])
def test_import_costs_the_same_for_one_fault_and_for_many(alice, shop, django_assert_num_queries, number, queries):
    # session, user, place; the import; how many faults, and the page of them
    files.send(shop, "Customer,Date,Amount\n" + "1,2024-01-31,x\n" * number)
    url = f"/m/a/imports/{Import.objects.get().public_id}/"

    with django_assert_num_queries(queries):
        alice.get(url)


@pytest.mark.parametrize("page", ["", "check/", "undo/", "left-out.csv"])
def test_import_of_another_shop_does_not_exist(alice, page):
    url = imported(alice, BAD)
    factories.merchant(slug="b", owner="charlie@b.test")
    charlie = Client()
    charlie.force_login(User.objects.get(email="charlie@b.test"))

    assert charlie.get(url.replace("/m/a/", "/m/b/") + page).status_code == 404


@pytest.mark.parametrize("page", ["check/", "start/", "discard/", "undo/"])
def test_import_of_another_shop_cannot_be_touched(alice, page):
    url = sent(alice, SALES)
    rehearse(alice, url)
    factories.merchant(slug="b", owner="charlie@b.test")
    charlie = Client()
    charlie.force_login(User.objects.get(email="charlie@b.test"))

    assert charlie.post(url.replace("/m/a/", "/m/b/") + page, {"rehearse": "1"}).status_code == 404
    assert (Import.objects.get().state, Import.objects.get().dry_run) == (State.DONE, True)
