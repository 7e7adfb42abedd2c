"""The inbox of alerts, what is watched, the log, and people's customer cards."""

import csv
import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from customers import staff_cards
from customers.merchants import pins
from customers.merchants.models import PinEventKind, Role
from customers.models import LogEntry, StaffCard
from loyalty_site import flows
from loyalty_site.selectors import home
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from rewards import watching
from rewards.models import Alert

pytestmark = pytest.mark.django_db
INBOX, WATCH, PEOPLE = "/m/a/alerts/", "/m/a/settings/watch/", "/m/a/settings/staff/"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def gus(client, shop):
    """A browser in which a manager has signed in."""
    client.force_login(factories.clerk(shop, email="gus@a.test", role=Role.MANAGER).user)
    return client


def alert(shop, by, **more) -> Alert:
    what = {"kind": "adjustments", "key": f"k{Alert.objects.count()}", "count": 12, "limit": 10}
    what |= {"happened_on": AT.date(), "person": by.public_id, "found_at": AT}
    return Alert.objects.create(merchant=shop, **{**what, **more})


def sentences(response) -> list[str]:
    return re.findall(r'<li class="toast notice \w+"><p[^>]*>(.*?)</p>', response.content.decode())


def test_empty_inbox_teaches(gus):
    assert "Nothing to look at An example: the same person records five purchases" in text(gus.get(INBOX))


def test_inbox_looks_for_itself_and_says_who_did_what_with_whom(gus, shop):
    dora, ana, now = factories.clerk(shop, email="dora@a.test"), factories.customer(shop, name="Ana"), timezone.now()
    for __ in range(4):
        factories.purchase(shop, ana, staff_id=dora.pk, actor=dora.public_id, at=now)

    page = text(gus.get(INBOX))

    assert "Dora recorded 4 purchases of Ana on" in page
    assert "Same customer, same person, one day. Told from 4 on." in page
    assert "To the customer Ana" in page
    assert Alert.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("customer_week", {}, "Dora recorded 12 purchases of Ana in the week from 10 Mar 2026."),
        ("adjustments", {}, "Dora asked for 12 adjustments on 10 Mar 2026."),
        ("returns", {}, "Dora took back 12 things without a receipt in the week from 10 Mar 2026."),
        ("unusual", {"unit": "points"}, "Dora gave Ana 12\u00a0points at once on 10 Mar 2026."),
        ("self_credit", {"unit": "stamps"}, "Dora gave 12\u00a0stamps to their own card on 10 Mar 2026."),
    ],
)
def test_every_kind_has_its_sentence(gus, shop, kind, more, expected):
    dora, ana = factories.clerk(shop, email="dora@a.test"), factories.customer(shop, name="Ana")
    alert(shop, dora, kind=kind, customer=ana, **more)

    assert expected.replace("\u00a0", " ") in text(gus.get(INBOX)).replace("\u00a0", " ")


def test_alert_about_returns_leads_to_what_was_taken_back(gus, shop):
    dora, ana, now = factories.clerk(shop, email="dora@a.test"), factories.customer(shop, name="Ana"), timezone.now()
    for amount in (500, 700, 900):
        flows.take_return(merchant=shop, customer_id=ana.pk, amount=amount, at=now, actor=dora.public_id)
    flows.take_return(merchant=shop, customer_id=ana.pk, amount=1100, at=now, actor="key_till")

    page = gus.get(INBOX)

    assert "Dora took back 3 things without a receipt" in text(page)
    assert re.findall(r"<li>(\d+\.00)\xa0€ <a href=\"/m/a/customers/(\w+)/ledger/", page.content.decode()) == [
        (amount, ana.public_id) for amount in ("9.00", "7.00", "5.00")
    ]


@pytest.mark.parametrize(("word", "said"), [("accept", "Accepted: somebody looks"), ("dismiss", "Dismissed: nothing")])
def test_word_is_said_with_a_note_and_found_under_its_state(gus, shop, word, said):
    found = alert(shop, factories.clerk(shop, email="dora@a.test"))

    answer = gus.post(f"{INBOX}{found.public_id}/{word}/", {"note": "asked her"}, follow=True)

    assert [one.startswith(said) for one in sentences(answer)] == [True]
    assert "Nothing to look at" in text(answer)
    state = {"accept": "accepted", "dismiss": "dismissed"}[word]
    assert f"{state} by Gus" in text(gus.get(INBOX, {"state": state}))
    assert "Dora · “asked her”" in text(gus.get("/m/a/settings/log/"))


def test_own_alert_waits_for_somebody_else(gus, shop):
    found = alert(shop, factories.clerk(shop, email="gus@a.test", role=Role.MANAGER))

    assert "This is about yourself. Somebody else with the right to manage decides." in text(gus.get(INBOX))
    answer = gus.post(f"{INBOX}{found.public_id}/dismiss/", follow=True)

    assert sentences(answer)[0].startswith("This is about yourself, so you cannot decide on it.")
    assert Alert.objects.get().state == "open"


def test_note_that_is_too_long_is_refused(gus, shop):
    found = alert(shop, factories.clerk(shop, email="dora@a.test"))

    answer = gus.post(f"{INBOX}{found.public_id}/accept/", {"note": "x" * 301}, follow=True)

    assert sentences(answer) == ["A note has at most 300 characters. Shorten it."]
    assert Alert.objects.get().state == "open"


@pytest.mark.parametrize("rows", [1, 30])
def test_inbox_costs_the_same_for_one_and_for_many(gus, shop, django_assert_num_queries, rows):
    dora, ana = factories.clerk(shop, email="dora@a.test"), factories.customer(shop)
    for __ in range(rows):
        alert(shop, dora, customer=ana)

    # session, user, place; savepoint and release, watch, days, weeks, adjustments, returns, what is usual, cards;
    # count, page; people, keys, own card
    with django_assert_num_queries(17):
        assert gus.get(INBOX).status_code == 200


def test_file_has_all_of_them_and_runs_nothing(gus, shop):
    dora = factories.clerk(shop, email="dora@a.test")
    alert(shop, dora, customer=factories.customer(shop, name="=1+1"), kind="customer_day")
    alert(shop, dora)

    rows = list(csv.reader(gus.get("/m/a/alerts.csv", {"state": "all"}).content.decode().splitlines()))

    assert rows[0][:6] == ["Found", "Kind", "Day", "What", "By", "Customer"]
    assert [row[1] for row in rows[1:]] == ["adjustments", "customer_day"]
    assert rows[2][5] == "'=1+1"


def test_home_says_how_many_wait_but_not_those_about_oneself(shop):
    owner, dora, mine = factories.place(shop), factories.clerk(shop, email="dora@a.test"), factories.customer(shop)
    staff_cards.link(staff=owner, customer=mine, by=owner, at=AT)
    alert(shop, dora)
    alert(shop, owner)
    alert(shop, dora, customer=mine)
    factories.purchase(shop, mine, at=timezone.now())

    titles = [todo.title for todo in home.home(owner, at=timezone.now()).todos]

    assert "1 alert waits for a look" in titles


def test_owner_sets_what_is_watched(alice, shop):
    sent = {"self_credit": "queued", **dict.fromkeys(watching.NUMBERS, "7")}

    answer = alice.post(WATCH, sent, follow=True)

    assert sentences(answer) == ["What is watched is changed."]
    assert (watching.watch(shop).self_credit, watching.watch(shop).returns_week) == ("queued", 7)
    assert "same customer, same person, a day: 4 → 7" in text(alice.get("/m/a/settings/log/"))


@pytest.mark.any_database
@pytest.mark.parametrize("number", ["-1", "1001", "", "many"])
def test_number_that_cannot_be_is_said_beside_its_field(alice, shop, number):
    sent = {"self_credit": "blocked", **dict.fromkeys(watching.NUMBERS, "7"), "returns_week": number}

    assert "Write a whole number from 0 to 1,000; 0 means: do not watch for it." in text(alice.post(WATCH, sent))


def test_manager_sees_what_is_watched_and_changes_nothing(gus, shop):
    page = text(gus.get(WATCH))

    assert "Refused: a colleague does it" in page
    assert "Only an owner changes these" in page
    sent = {"self_credit": "allowed", **dict.fromkeys(watching.NUMBERS, "0")}
    assert "Only an owner changes what is watched" in text(gus.post(WATCH, sent))
    assert watching.watch(shop).self_credit == "blocked"


def test_card_with_the_same_e_mail_is_suggested_and_linked_with_one_press(gus, shop):
    dora = factories.clerk(shop, email="dora@a.test")
    ana = factories.customer(shop, name="Dora Doe", email="Dora@a.test")
    assert "Dora has the card Dora Doe" in text(gus.get(PEOPLE))

    answer = gus.post(f"{PEOPLE}{dora.public_id}/card/", {"to": ana.public_id}, follow=True)

    assert sentences(answer) == ["Dora is linked to the customer card of Dora Doe."]
    assert StaffCard.objects.get().customer == ana
    assert "has the card" not in text(gus.get(PEOPLE))
    assert "customer card: Dora Doe" in text(gus.get(PEOPLE))


def test_card_is_found_by_name_and_taken_away_again(gus, shop):
    dora, ana = factories.clerk(shop, email="dora@a.test"), factories.customer(shop, name="Ana")
    page = f"{PEOPLE}{dora.public_id}/card/"
    assert "Customers called" not in text(gus.get(page))
    namesake = factories.customer(shop, name="Dora Buyer")
    assert f"Customers called Dora: {namesake}" in text(gus.get(page))

    assert "Link this card" in gus.get(page, {"q": "ana"}).content.decode()
    assert "Nobody answers to" in gus.get(page, {"q": "zoe"}, headers={"HX-Request": "true"}).content.decode()
    gus.post(page, {"to": ana.public_id})
    answer = gus.post(f"{page}unlink/", follow=True)

    assert sentences(answer)[-1] == "Dora has no customer card any more."
    assert not StaffCard.objects.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_log_costs_the_same_for_one_and_for_many(gus, shop, django_assert_num_queries, rows):
    ana, about = factories.customer(shop), {"person": factories.place(shop).public_id}
    for __ in range(rows):
        about = {**about, "customer": ana.public_id}
        LogEntry.objects.create(merchant=shop, actor="stf_x", deed="card_linked", at=AT, about=about)

        pins.note(factories.place(shop), PinEventKind.WRONG, at=AT, by=factories.place(shop))

    # session, user, place; count, page; decisions, events of PINs; people, keys, cards
    with django_assert_num_queries(10):
        assert gus.get("/m/a/settings/log/").status_code == 200


def test_log_tells_what_happened_with_pins_and_who_was_signed_in(gus, shop):
    alice, dora = factories.place(shop), factories.clerk(shop, email="dora@a.test")
    pins.choose(place=dora, pin="4826", at=AT)
    with pytest.raises(pins.WrongPin):
        pins.stand(place=dora, pin="0000", by=alice, at=AT)
    pins.stand(place=dora, pin="4826", by=alice, at=AT)
    pins.note(dora, PinEventKind.LOCKED, at=AT, by=dora)
    pins.clear(place=dora, by=alice, at=AT)
    LogEntry.objects.create(merchant=shop, actor=alice.public_id, deed="watch_changed", at=AT)

    def rows(kind):
        page = gus.get("/m/a/settings/log/", {"kind": kind}).content.decode()
        table = re.findall(r"<td[^>]*>(.*?)</td>", page[page.index("<tbody>") :], re.DOTALL)
        cells = [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in table]
        return list(zip(cells[::3], cells[1::3], cells[2::3], strict=True))

    told = [
        ("Alice", "cleared a PIN", "Dora"),
        ("Dora", "locked the till", ""),
        ("Dora", "took over the till", "signed in: Alice"),
        ("Alice", "typed a wrong PIN", "Dora"),
        ("Dora", "chose a PIN", ""),
    ]
    assert rows("pins") == told
    assert rows("decided") == [("Alice", "changed what is watched", "")]
    assert sorted(rows("all")) == sorted([*told, *rows("decided")])


def test_api_lists_what_is_open_in_words_and_by_pages(shop):
    dora, ana = factories.clerk(shop, email="dora@a.test"), factories.customer(shop, name="Ana")
    first = alert(shop, dora, kind="customer_day", customer=ana, found_at=AT - timedelta(days=1))
    second = alert(shop, dora)
    alert(shop, dora, state="dismissed", decided_by="stf_x", decided_at=AT)
    till = api_client.api(shop, scope="read")

    page = till.get("alerts?limit=1").json()
    rest = till.get(f"alerts?limit=1&cursor={page['next_cursor']}").json()

    assert [one["id"] for one in (*page["data"], *rest["data"])] == [second.public_id, first.public_id]
    assert rest["data"][0] | {"message": ""} == {
        "kind": "customer_day", "program": None, "month": None, "granted": None, "worth": None, "budget": None,
        "message": "", "id": first.public_id, "state": "open", "day": "2026-03-10", "person": dora.public_id,
        "customer": ana.public_id, "purchase": None, "count": 12, "limit": 10,
    }  # fmt: skip
    assert rest["data"][0]["message"] == "Dora recorded 12 purchases of Ana on 10 Mar 2026."
    assert (rest["has_more"], len(till.get("alerts?state=dismissed").json()["data"])) == (False, 1)
    assert till.get("alerts?state=lost").json()["code"] == "invalid_state"
