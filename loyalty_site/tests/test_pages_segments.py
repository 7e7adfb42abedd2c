"""Segments as pages: the list, one with its people, ready ones, uploads, and the way from the board."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from customers import audiences
from customers.merchants.models import Role
from customers.models import Customer
from loyalty_site.selectors import segments as shown
from loyalty_site.selectors.segments.one import in_words
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from rewards import catalog, programs
from segments import lists, ready, rfv, scores
from segments.models import Kind, Segment

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)
LIST, ONE = 13, 16  # queries
BUYERS = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 1}]}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    found = factories.customer(shop, name="Ana", phone="600 123 456")
    factories.purchase(shop, found, at=NOW - 20 * DAY)
    return found


@pytest.fixture
def buyers(shop, ana):
    """Everybody who bought: Ana from its beginning, ten days ago."""
    return lists.create(merchant=shop, name="Buyers", definition=BUYERS, at=NOW - 10 * DAY, reason="They bought.")


def joined(shop, segment, name, *, ago: int):
    """Somebody who came so many days ago."""
    found = factories.customer(shop, name=name)
    factories.purchase(shop, found, amount=2500, at=NOW - 20 * DAY)
    audiences.add(audience=segment.audience, customers=[found.pk], at=NOW - ago * DAY)
    return found


def page(alice, segment, **query):
    return alice.get(f"/m/a/segments/{segment.public_id}/", query)


def said(response):
    """What the messages of the page behind an answer say."""
    return [str(message) for message in response.context["messages"]]


def test_shop_without_segments_is_taught_what_they_are(alice):
    seen = text(alice.get("/m/a/segments/"))

    assert "No segment yet A segment is a question that is answered every night" in seen
    assert "Ready to use New customers They came for the first time lately." in seen
    assert "One visit short" not in seen  # nothing to collect here


def test_list_says_whom_each_means_how_many_and_what_they_are_worth(alice, shop, buyers):
    joined(shop, buyers, "Ben", ago=2)
    factories.customer(shop)

    [row] = shown.segments_page(shop, at=NOW).rows
    seen = text(alice.get("/m/a/segments/"))

    assert (row.figures.people, row.figures.entered, row.figures.value, row.revenue_share) == (2, 1, 3500, 1.0)
    assert round(row.share, 3) == 0.667
    assert "Buyers Customers who bought at least 1 time. 2 66.7% +1 −0 35.00 € 100.0%" in seen


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_the_same_queries_for_one_and_for_many(alice, shop, buyers, django_assert_num_queries, count):
    for number in range(count - 1):
        lists.create(merchant=shop, name=f"Buyers {number}", definition=BUYERS, at=NOW)

    # session, user, place; segments, figures (two), everybody (two), used definitions; for ready ones: program, and
    # whether there are points, vouchers and surveys to ask for
    with django_assert_num_queries(LIST):
        alice.get("/m/a/segments/")


@pytest.mark.parametrize("count", [1, 30])
def test_one_takes_the_same_queries_for_one_and_for_many(alice, shop, buyers, django_assert_num_queries, count):
    for number in range(count - 1):
        joined(shop, buyers, f"B {number}", ago=1)
        lists.snapshot(segment=buyers, name=f"Buyers {number}", at=NOW)
    lists.snapshot(segment=buyers, name="One more", at=NOW)

    with django_assert_num_queries(ONE):
        page(alice, buyers)


def test_one_shows_its_people_by_what_they_are_worth(alice, shop, ana, buyers):
    joined(shop, buyers, "Ben", ago=2)
    scores.refresh(merchant=shop, at=NOW)

    seen = text(page(alice, buyers))

    assert seen.index("Ben") < seen.index("Ana")
    assert "Ana New 1 10.00 €" in seen


def test_tabs_tell_who_entered_and_who_left_this_week(alice, shop, ana, buyers):
    joined(shop, buyers, "Ben", ago=2)
    joined(shop, buyers, "Cleo", ago=9)
    audiences.remove(audience=buyers.audience, customers=[ana.pk], at=NOW - DAY)

    def names(tab):
        return [one.customer.name for one in page(alice, buyers, tab=tab).context["people"]]

    assert (names(""), names("entered"), names("left"), names("nonsense")) == (
        ["Cleo", "Ben"], ["Ben"], ["Ana"], ["Cleo", "Ben"],
    )  # fmt: skip


@pytest.mark.parametrize(("tab", "names"), [("", ["Ben"]), ("entered", ["Ben"]), ("left", ["Ana"])])
def test_csv_has_the_people_of_the_tab(alice, shop, ana, buyers, tab, names):
    joined(shop, buyers, "Ben", ago=2)
    audiences.remove(audience=buyers.audience, customers=[ana.pk], at=NOW - DAY)

    response = alice.get(f"/m/a/segments/{buyers.public_id}/customers.csv", {"tab": tab})

    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert [row["name"] for row in rows] == names
    assert [bool(row["left_on"]) for row in rows] == [tab == "left"]


def test_trend_needs_a_day_on_record(alice, shop, buyers):
    young = lists.create(merchant=shop, name="Young", definition=BUYERS, at=NOW)
    joined(shop, buyers, "Ben", ago=2)

    chart = shown.segment_page(buyers, at=NOW).chart

    assert "1 person more than on" in chart.words.title
    assert [cells for __, cells in chart.table.rows][-3:] == [["2", "1", "0"], ["2", "0", "0"], ["2", "0", "0"]]
    assert "Not known yet: it needs a day on record." in text(page(alice, young))


def test_one_says_whom_it_shares_and_where_it_is_used(alice, shop, buyers):
    lists.snapshot(segment=buyers, name="Press", at=NOW)
    program = factories.program(shop)
    benefit = {"kind": "free_shipping"}
    catalog.create(program=program, name="Tea", cost=5, benefit=benefit, audience=buyers.audience, at=NOW)
    rules = [
        {"name": "Double", "trigger": "purchase", "award": {"fixed": 5}, "when": {"audiences": [buyers.public_id]}}
    ]
    programs.publish(program=program, rules=rules, at=NOW)

    seen = text(page(alice, buyers))

    assert "Press 1 100%" in seen
    assert "Rule “Double” of Points" in seen
    assert "Reward “Tea”" in seen
    assert "What is used cannot be put away." in seen


def test_ready_segment_is_used_with_one_click(alice, shop, ana):
    response = alice.post("/m/a/segments/ready/new/", follow=True)

    made = shop.segments.get()
    assert said(response) == ["“New customers” is made. It follows its criteria every night."]
    assert (made.name, made.audience.members.count(), "second visit" in made.reason) == ("New customers", 1, True)
    assert "new" not in [offer.ready.key for offer in ready.offered(shop)]


def test_ready_segment_that_cannot_be_is_refused_in_words(alice, shop):
    response = alice.post("/m/a/segments/ready/nonsense/", follow=True)

    assert said(response) == ["There is no ready segment of this name for this shop."]


@pytest.mark.parametrize(("where", "name"), [("new", "New"), ("5-1", "Recency 5, frequency 1"), ("loyal", "Loyal")])
def test_square_or_region_of_the_board_becomes_a_segment(alice, shop, ana, where, name):
    for __ in range(4):
        factories.purchase(shop, factories.customer(shop), at=NOW - 90 * DAY)
    scores.refresh(merchant=shop, at=NOW)

    alice.post("/m/a/segments/board/", {"where": where})

    made, board = shop.segments.select_related("audience").get(), rfv.board(shop, day=timezone.localdate(NOW))
    cell = board.regions[where] if where in board.regions else board.cells[5, 1]
    assert (made.name, made.audience.members.count()) == (name, cell.customers)


@pytest.mark.parametrize("key", list(rfv.REGION_NAMES))
def test_criteria_of_a_region_are_its_squares(shop, key):
    region = rfv.REGION_NAMES[key]

    def meets(part, r, f):
        if "any" in part:
            return any(meets(one, r, f) for one in part["any"])
        if "all" in part:
            return all(meets(one, r, f) for one in part["all"])
        return {"recency_score": r, "frequency_score": f}[part["field"]] in part["value"]

    found = ready.of_places(region.cells)

    assert {(r, f) for r in range(1, 6) for f in range(1, 6) if meets(found, r, f)} == region.cells


def test_square_that_is_none_is_refused_in_words(alice, shop):
    assert said(alice.post("/m/a/segments/board/", {"where": "9-9"}, follow=True)) == ["Choose a square of the board."]


def test_board_of_another_day_offers_no_segment(alice, shop, ana):
    assert "Make a segment" in text(alice.get("/m/a/rfv/"))
    assert "Make a segment" not in text(alice.get("/m/a/rfv/", {"as_of": "2026-01-01"}))


def test_upload_makes_a_list_and_says_what_became_of_the_file(alice, shop, ana):
    file = SimpleUploadedFile("press.csv", f"card\n{ana.card_code}\nnobody\n".encode())

    seen = text(alice.post("/m/a/segments/upload/", {"name": "Press", "file": file}, follow=True))

    assert "Press Customers whom a file named on" in seen
    assert "1 of 2 lines of “press.csv” are on the list. Of the others: 1 names nobody." in seen
    assert "3 Nobody has this card, number, phone or e-mail." in seen
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("", b"card\nX\n", "Give the list a name."),
        ("Press", b"", "The file is empty."),
        ("Press", b"%PDF-1.7", "This is a PDF, not a CSV file."),
        ("Press", b"card\nnobody\n", "None of the 1 lines names a customer of this shop."),
        ("Buyers", None, "There is an audience of this name already."),
    ],
)
def test_upload_that_cannot_be_says_so_beside_the_field(alice, shop, buyers, ana, name, content, sentence):
    file = SimpleUploadedFile("press.csv", content if content is not None else f"card\n{ana.card_code}\n".encode())

    seen = text(alice.post("/m/a/segments/upload/", {"name": name, "file": file}))

    assert sentence in seen
    assert Segment.objects.count() == 1


def test_words_of_a_report_leave_out_what_did_not_happen():
    report = {
        "filename": "a.csv",
        "rows": 4,
        "people": 1,
        "unknown": 0,
        "duplicate": 2,
        "ambiguous": 1,
        "unreadable": 0,
    }

    assert in_words({**report, "duplicate": 0, "ambiguous": 0}) == "1 of 4 lines of “a.csv” are on the list."
    assert in_words(report) == (
        "1 of 4 lines of “a.csv” are on the list. Of the others: 2 name somebody again, 1 names two people."
    )


def test_refresh_says_who_came_and_left(alice, shop, buyers):
    factories.purchase(shop, factories.customer(shop), at=NOW)

    response = alice.post(f"/m/a/segments/{buyers.public_id}/refresh/", follow=True)

    assert said(response) == ["Refreshed: 1 came, 0 left."]


def test_snapshot_keeps_who_is_in_it_now(alice, shop, buyers):
    response = alice.post(f"/m/a/segments/{buyers.public_id}/snapshot/", {"name": "As of today"}, follow=True)
    again = alice.post(f"/m/a/segments/{buyers.public_id}/snapshot/", {"name": "As of today"}, follow=True)

    assert said(response) == ["“As of today” keeps who is in it now."]
    assert said(again) == ["There is an audience of this name already. Choose another name."]
    assert shop.segments.filter(kind=Kind.SNAPSHOT).count() == 1


def test_one_is_put_away_and_brought_back(alice, shop, buyers):
    address = f"/m/a/segments/{buyers.public_id}/"
    alice.post(f"{address}archive/")
    seen = text(alice.get("/m/a/segments/"))

    assert "No segment yet" in seen
    assert "1 segment put away Buyers" in seen
    assert "it is refreshed no more" in text(alice.get(address))

    assert said(alice.post(f"{address}restore/", follow=True)) == ["The segment is back, filled as of now."]


def test_one_that_is_used_is_not_put_away_and_says_where(alice, shop, buyers):
    benefit = {"kind": "free_shipping"}
    catalog.create(
        program=factories.program(shop), name="Tea", cost=5, benefit=benefit, audience=buyers.audience, at=NOW
    )

    response = alice.post(f"/m/a/segments/{buyers.public_id}/archive/", follow=True)

    assert said(response) == ["“Buyers” is used by the reward “Tea”. Take it out there first."]


def test_criteria_that_make_no_sense_any_more_are_said_on_both_pages(alice, shop, buyers):
    Segment.objects.update(definition={"version": 1, "all": [{"field": "gone", "op": "eq", "value": 1}]})

    assert "Cannot be refreshed: There is no field" in text(alice.get("/m/a/segments/"))
    assert "The list stays as it was, because its criteria no longer make sense:" in text(page(alice, buyers))


def test_customer_list_shows_a_segment_and_leads_there(alice, shop, buyers):
    factories.customer(shop, name="Idle")

    seen = text(alice.get("/m/a/customers/", {"segment": buyers.public_id}))

    assert "Customers who are in the segment “Buyers”." in seen
    assert "1 customer" in seen
    assert "Everybody Segments" in seen
    assert "a group that does not exist" in text(alice.get("/m/a/customers/", {"segment": "seg_none"}))


def test_analyst_reads_and_changes_nothing(client, shop, buyers):
    client.force_login(factories.staff(shop, email="bob@a.test", role=Role.ANALYST))

    seen = text(client.get(f"/m/a/segments/{buyers.public_id}/"))

    assert ("Ana" in seen, "Take a snapshot" in seen, "Refresh" in seen) == (True, False, False)


def test_rules_and_rewards_offer_segments_but_none_put_away(alice, shop, buyers):
    away = lists.snapshot(segment=buyers, name="Away", at=NOW)
    lists.archive(segment=away, at=NOW)
    program = factories.program(shop)

    rule = text(alice.get(f"/m/a/programs/{program.public_id}/edit/"))
    reward = text(alice.get("/m/a/rewards/new/", {"program": program.public_id}))

    assert ("For customers in one of these segments Buyers" in rule, "Away" in rule) == (True, False)
    assert ("Only for the list" in reward, "Buyers" in reward, "Away" in reward) == (True, True, False)
