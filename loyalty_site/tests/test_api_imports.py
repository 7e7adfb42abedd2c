"""Files over the API: sent, read by the worker, answered for, and taken back."""

import threading

import pytest
from django.core.files.base import ContentFile
from django_tasks_db.models import DBTaskResult

from customers.models import Customer, Import, Purchase
from loyalty_site.jobs import worker
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows
from rewards.models import Entry, Lot

pytestmark = pytest.mark.django_db(transaction=True)

SALES = """date,customer,receipt,amount
2026-03-01,C1,R1,12.50
2026-03-02,C2,R2,8.00
not a day,C3,R3,5.00
2026-03-02,C2,R2,8.00
"""


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def send(till, text: str = SALES, *, kind: str = "purchases", once: str | None = None, **fields):
    file = ContentFile(text.encode() if isinstance(text, str) else text, name="sales.csv")
    return till.upload("imports", {"kind": kind, "file": file, **fields}, once=once)


def drain() -> int:
    return worker.work(once=True, stop=threading.Event())


def done(till, text: str = SALES, **fields) -> dict:
    sent = send(till, text, **fields).json()
    drain()
    return till.get(f"imports/{sent['id']}").json()


def test_import_is_accepted_and_waits_for_the_worker(till):
    response = send(till)

    body = response.json()
    assert response.status_code == 202
    assert body["id"].startswith("imp_")
    assert {name: body[name] for name in ("kind", "filename", "status", "progress", "rows", "finished_at")} == {
        "kind": "purchases",
        "filename": "sales.csv",
        "status": "queued",
        "progress": 0.0,
        "rows": 0,
        "finished_at": None,
    }
    assert Purchase.objects.count() == 0


@pytest.mark.any_database
def test_import_is_done_by_the_worker(till, shop):
    factories.program(shop, starts_at=factories.AT.replace(month=1))

    body = done(till)

    assert {name: body[name] for name in ("status", "progress", "message", "dry_run")} == {
        "status": "done",
        "progress": 1.0,
        "message": "",
        "dry_run": False,
    }
    assert {
        name: body[name]
        for name in ("rows", "accepted", "duplicates", "rejected", "customers", "new_customers", "value")
    } == {
        "rows": 4,
        "accepted": 2,
        "duplicates": 1,
        "rejected": 1,
        "customers": 2,
        "new_customers": 2,
        "value": 2050,
    }
    assert sorted(Entry.objects.values_list("points", flat=True)) == [8, 12]


def test_import_answers_for_every_bad_cell_as_csv(till):
    body = done(till)

    response = till.get(f"imports/{body['id']}/errors")

    [fault] = rows(response)
    assert list(fault) == ["line", "column", "value", "message"]
    assert (fault["line"], fault["column"], fault["value"]) == ("4", "date", "not a day")
    assert [{**fault, "line": 4}] == body["errors"]


def test_import_answers_for_every_bad_cell_as_json_when_asked(till):
    body = done(till)

    found = till.get(f"imports/{body['id']}/errors", headers={"Accept": "application/json"}).json()

    assert found == {"data": body["errors"], "has_more": False, "next_cursor": None}


@pytest.mark.any_database
def test_import_without_faults_has_an_empty_csv_with_a_header(till):
    body = done(till, "date,customer,amount\n2026-03-01,C1,5.00\n")

    assert till.get(f"imports/{body['id']}/errors").getvalue() == b"line,column,value,message\r\n"


def test_same_file_again_adds_nothing(till):
    done(till)

    again = done(till)

    assert (again["accepted"], again["duplicates"], again["rejected"]) == (0, 3, 1)
    assert Purchase.objects.count() == 2


@pytest.mark.any_database
def test_dry_run_of_a_file_counts_and_writes_nothing(till):
    body = done(till, dry_run="true")

    assert (body["status"], body["dry_run"], body["accepted"], body["value"]) == ("done", True, 2, 2050)
    assert (Purchase.objects.count(), Customer.objects.count()) == (0, 0)


def test_dry_run_in_the_address_is_a_dry_run_of_the_file(till):
    file = ContentFile(SALES.encode(), name="sales.csv")

    response = till.upload("imports?dry_run=true", {"kind": "purchases", "file": file})

    assert (response.status_code, response.json()["dry_run"]) == (202, True)
    assert (Import.objects.get().dry_run, DBTaskResult.objects.count()) == (True, 1)


@pytest.mark.any_database
def test_anonymous_rows_are_accepted_when_asked(till):
    text = "date,customer,amount\n2026-03-01,,5.00\n"

    rejected, accepted = done(till, text), done(till, text, anonymous="accept")

    assert (rejected["rejected"], accepted["accepted"]) == (1, 1)
    assert Purchase.objects.get().customer is None


@pytest.mark.any_database
def test_mapping_names_the_columns(till):
    text = "when,who,paid\n2026-03-01,C1,5.00\n"

    body = done(till, text, mapping='{"date": "when", "customer": "who", "amount": "paid"}')

    assert (body["status"], body["accepted"], body["value"]) == ("done", 1, 500)


@pytest.mark.any_database
@pytest.mark.parametrize("mapping", ["[]", "{", '{"amount": 5}', '{"amount": "a\\u0000"}', "[" * 100_000])
def test_mapping_that_is_none_is_refused(till, mapping):
    assert places(send(till, mapping=mapping)) == [("mapping", "mapping")]


def test_kind_that_is_unknown_is_refused(till):
    response = send(till, kind="recipes")

    assert refused(response) == (400, "unknown_kind")
    assert places(response) == [("kind", "unknown_kind")]
    assert Import.objects.count() == 0


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"kind": "purchases"}, "file", "required"),
        ({"kind": "purchases", "file": "text"}, "file", "invalid"),
        ({"file": ContentFile(b"a", name="a.csv")}, "kind", "required"),
        (
            {"kind": "purchases", "file": ContentFile(b"a", name="a.csv"), "anonymous": "x"},
            "anonymous",
            "invalid_choice",
        ),
        ({"kind": "purchases", "file": ContentFile(b"a", name="a.csv"), "colour": "x"}, "colour", "unknown_field"),
    ],
)
def test_form_that_makes_no_sense_is_refused(till, fields, place, code):
    response = till.upload("imports", fields)

    assert response.status_code == 400
    assert places(response) == [(place, code)]


def test_body_that_is_no_form_is_415(till):
    assert refused(till.post("imports", {"kind": "purchases"})) == (415, "unsupported_media_type")


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"])
def test_file_that_cannot_be_read_fails_with_a_sentence(till, content):
    body = done(till, content)

    assert body["status"] == "failed"
    assert body["message"].endswith(".")
    assert list(DBTaskResult.objects.exclude(status="SUCCESSFUL")) == []


def test_key_sends_a_file_once(till):
    first, again = send(till, once="k1"), send(till, once="k1")

    assert first.content == again.content
    assert Import.objects.count() == 1


def test_key_of_another_file_is_reused(till):
    send(till, once="k1")

    assert refused(send(till, SALES + "2026-03-03,C9,R9,1.00\n", once="k1")) == (422, "idempotency_key_reused")


def test_undo_takes_everything_back(till, shop):
    factories.program(shop, starts_at=factories.AT.replace(month=1))
    body = done(till)

    response = till.post(f"imports/{body['id']}/undo")

    assert (response.status_code, response.json()["status"]) == (200, "undone")
    assert (Customer.objects.count(), Purchase.objects.count(), Lot.objects.count()) == (0, 0, 0)
    assert done(till)["accepted"] == 2


@pytest.mark.any_database
def test_undo_needs_a_key(till):
    body = done(till)

    assert refused(till.post(f"imports/{body['id']}/undo", once=None)) == (400, "idempotency_key_required")


def test_undo_of_what_is_not_done_is_refused(till):
    sent = send(till).json()

    assert refused(till.post(f"imports/{sent['id']}/undo")) == (409, "not_undoable")


@pytest.mark.any_database
def test_undo_happens_once_and_is_replayed(till):
    body = done(till)

    first, again = (till.post(f"imports/{body['id']}/undo", once="k1") for __ in range(2))
    another = till.post(f"imports/{body['id']}/undo")

    assert (first.status_code, again.content) == (200, first.content)
    assert refused(another) == (409, "not_undoable")
