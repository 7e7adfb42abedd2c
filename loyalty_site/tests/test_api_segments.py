"""Segments over the API: made, filled, read, changed, put away; who is in, who came, who left."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from customers import audiences
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused
from loyalty_site.tests.factories import AT
from rewards import catalog
from segments import lists
from segments.models import Segment

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BUYERS = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 1}]}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def ana(shop):
    found = factories.customer(shop, name="Ana")
    factories.purchase(shop, found)
    return found


@pytest.fixture
def buyers(shop, ana):
    return lists.create(merchant=shop, name="Buyers", definition=BUYERS, at=AT)


def ids(response):
    return [row["id"] for row in response.json()["data"]]


def test_segment_is_made_and_says_who_is_in_it(till, ana):
    response = till.post("segments", {"name": "Buyers", "definition": BUYERS, "reason": "They bought."}, once=None)

    made = response.json()
    assert response.status_code == 201
    assert {name: value for name, value in made.items() if name not in {"id", "created_at", "refreshed_at"}} == {
        "name": "Buyers", "kind": "criteria", "definition": BUYERS, "sentence": made["sentence"], "problem": None,
        "reason": "They bought.", "people": 1, "value": 1000, "entered_7d": 0, "left_7d": 0, "source": None,
        "report": None, "archived_at": None,
    }  # fmt: skip
    assert made["sentence"].startswith("Customers who bought")
    assert made["created_at"] == made["refreshed_at"]
    assert till.get(f"segments/{made['id']}").json() == made
    assert ids(till.get("customers", segment=made["id"])) == [ana.public_id]


def test_dry_run_makes_nothing(till, ana):
    response = till.post("segments?dry_run=true", {"name": "Buyers", "definition": BUYERS}, once=None)

    assert (response.status_code, response.json()["id"], response.json()["people"]) == (200, None, 1)
    assert Segment.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"name": "X"}, 400, "required", "definition"),
        ({"name": "X", "definition": BUYERS, "colour": 1}, 400, "unknown_field", "colour"),
        ({"name": "Buyers", "definition": BUYERS}, 409, "name_taken", "name"),
        ({"name": "X", "definition": {"version": 1, "all": [{"field": "shoe"}]}}, 400, "bad_criteria",
         "definition.all[0].field"),
    ],
)  # fmt: skip
def test_segment_that_cannot_be_is_refused_with_the_place(till, buyers, body, status, code, field):
    response = till.post("segments", body, once=None)

    assert (response.status_code, places(response)) == (status, [(field, code)])
    assert Segment.objects.count() == 1


def test_list_is_newest_first_without_those_put_away(till, shop, buyers):
    taken = lists.snapshot(segment=buyers, name="As of March", at=AT + DAY)
    away = lists.snapshot(segment=buyers, name="Away", at=AT)
    lists.archive(segment=away, at=AT)

    assert ids(till.get("segments")) == [taken.public_id, buyers.public_id]
    assert ids(till.get("segments", archived="true")) == [away.public_id]
    assert ids(till.get("segments", kind="snapshot")) == [taken.public_id]
    assert refused(till.get("segments", kind="plum"))[0] == 400


@pytest.mark.parametrize("count", [1, 30])
def test_lists_take_the_same_queries_for_one_and_for_many(till, shop, buyers, django_assert_num_queries, count):
    for number in range(count - 1):
        lists.create(merchant=shop, name=f"Buyers {number}", definition=BUYERS, at=AT)
        audiences.add(audience=buyers.audience, customers=[factories.customer(shop).pk], at=AT)

    with django_assert_num_queries(4):  # key, segments, figures of those in, and of those who left
        assert len(ids(till.get("segments"))) == min(count, 25)
    with django_assert_num_queries(4):  # key, segment, members, consents
        assert len(ids(till.get(f"segments/{buyers.public_id}/customers"))) == min(count, 25)


def test_customers_of_a_segment_are_paged_in_a_stable_order(till, shop, buyers, ana):
    more = [factories.customer(shop) for __ in range(3)]
    audiences.add(audience=buyers.audience, customers=[one.pk for one in more], at=AT)
    path, found, cursor = f"segments/{buyers.public_id}/customers", [], {}

    for __ in range(2):
        page = till.get(path, limit=2, **cursor).json()
        found += [row["id"] for row in page["data"]]
        cursor = {"cursor": page["next_cursor"]}

    assert found == [one.public_id for one in [*reversed(more), ana]]
    assert page["has_more"] is False


def test_who_entered_and_who_left_are_questions(till, shop, buyers, ana):
    ben, eva = factories.customer(shop, name="Ben"), factories.customer(shop, name="Eva")
    audiences.add(audience=buyers.audience, customers=[ben.pk, eva.pk], at=AT + DAY)
    audiences.remove(audience=buyers.audience, customers=[ana.pk], at=AT + 2 * DAY)
    audiences.remove(audience=buyers.audience, customers=[eva.pk], at=AT + 2 * DAY)
    audiences.add(audience=buyers.audience, customers=[eva.pk], at=AT + 3 * DAY)

    def asked(**moments):
        return ids(till.get(f"segments/{buyers.public_id}/customers", **moments))

    assert asked() == [eva.public_id, ben.public_id]
    assert asked(entered_after="2026-03-13T00:00Z") == [eva.public_id]
    assert asked(left_after="2026-03-12T00:00Z") == [ana.public_id]  # Eva is back
    assert asked(left_after="2026-03-12T12:00:01Z") == []
    assert asked(left_after="2026-03-12T00:00Z", entered_after="2026-03-11T00:00Z") == []


@pytest.mark.parametrize("wrong", [{"entered_after": "soon"}, {"entered": "2026-03-12"}])
def test_questions_that_cannot_be_read_are_refused(till, buyers, wrong):
    assert refused(till.get(f"segments/{buyers.public_id}/customers", **wrong))[0] == 400


def test_customers_as_csv_are_complete_with_when_they_came(till, buyers, ana):
    response = till.get(f"segments/{buyers.public_id}/customers", csv=True)

    [row] = csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode()))
    assert (row["id"], row["net_value"], row["entered_at"], row["left_at"]) == (
        ana.public_id, "1000", "2026-03-10T12:00:00Z", "",
    )  # fmt: skip


def test_refresh_says_who_came_and_who_left(till, shop, buyers):
    factories.purchase(shop, factories.customer(shop))

    first, second = (till.post(f"segments/{buyers.public_id}/refresh", once=None).json() for __ in range(2))

    assert (first["entered"], first["left"], first["people"], first["entered_7d"]) == (1, 0, 2, 1)
    assert (second["entered"], second["left"]) == (0, 0)


def test_snapshot_stands_still(till, buyers):
    taken = till.post(f"segments/{buyers.public_id}/snapshot", {}, once=None).json()

    assert (taken["kind"], taken["source"], taken["people"]) == ("snapshot", buyers.public_id, 1)
    assert taken["name"].startswith("Buyers, ")
    assert refused(till.post(f"segments/{taken['id']}/refresh", once=None)) == (409, "stands_still")


def test_change_fills_the_list_anew_and_delete_puts_it_away(till, shop, buyers):
    path = f"segments/{buyers.public_id}"
    nobody = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 9}]}

    changed = till.patch(path, {"name": "Regulars", "definition": nobody}).json()
    deleted = till.delete(path)

    assert (changed["name"], changed["people"], changed["left_7d"]) == ("Regulars", 0, 1)
    assert (deleted.status_code, till.get(path).json()["archived_at"] is not None) == (204, True)
    assert refused(till.patch(path, {"name": "Other"})) == (409, "archived")
    assert till.patch(path, {"archived": False, "name": "Other"}).json()["archived_at"] is None


def test_what_is_used_is_not_deleted_and_says_where(till, shop, buyers):
    reward = catalog.create(
        program=factories.program(shop), name="Tea", cost=5, benefit={"kind": "free_shipping"},
        audience=buyers.audience, at=AT,
    )  # fmt: skip

    response = till.delete(f"segments/{buyers.public_id}")

    assert refused(response) == (409, "segment_in_use")
    assert response.json()["detail"] == "“Buyers” is used by the reward “Tea”. Take it out there first."
    assert response.json()["uses"] == [{"kind": "reward", "id": reward.public_id, "name": "Tea"}]


def test_upload_makes_a_list_and_reports_its_rows(till, ana):
    file = ContentFile(f"card\n{ana.card_code}\nnobody\n".encode(), name="press.csv")

    response = till.upload("segments/upload", {"name": "Press", "file": file})

    made = response.json()
    assert (response.status_code, made["kind"], made["people"]) == (201, "upload", 1)
    assert made["report"] == {
        "filename": "press.csv", "rows": 2, "people": 1, "unknown": 1, "duplicate": 0, "ambiguous": 0, "unreadable": 0,
        "faults": [{"line": 3, "column": "", "code": "unknown"}],
    }  # fmt: skip


def test_upload_under_the_same_key_makes_one_list(till, ana):
    def send():
        file = ContentFile(f"card\n{ana.card_code}\n".encode(), name="press.csv")
        return till.upload("segments/upload", {"name": "Press", "file": file}, once="press")

    first, again = send(), send()

    assert (again.json()["id"], again["Idempotent-Replayed"]) == (first.json()["id"], "true")


def test_upload_with_a_wrong_file_is_refused_beside_it(till, ana):
    file = ContentFile(b"%PDF-1.7", name="press.csv")

    response = till.upload("segments/upload", {"name": "Press", "file": file})

    assert refused(response) == (400, "unreadable_file")
    assert Segment.objects.count() == 0


def test_what_is_neither_yes_nor_no_is_refused(till):
    response = till.get("segments", archived="x")

    assert response.status_code == 400
    assert [field for field, __ in places(response)] == ["archived"]


def test_customers_of_an_unknown_segment_are_nobody(till, ana):
    assert ids(till.get("customers", segment="seg_none")) == []


def test_now_is_read_by_the_edge(till, buyers):
    before = timezone.now()

    refreshed = till.post(f"segments/{buyers.public_id}/refresh", once=None).json()["refreshed_at"]

    assert refreshed >= before.isoformat()[:19]
