"""The first program: written in a form, started from now or from a past day, paused, and read back in words."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.merchants import shops
from loyalty_site import flows
from loyalty_site.selectors import programs as words
from loyalty_site.tests import factories
from rewards import programs
from rewards.models import Entry, Program

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Café points", "points": "1", "every": "1,00", "life": "months", "count": "12",
    "start": "now", "value": "0.015",
}  # fmt: skip


def page(response) -> str:
    return response.content.decode()


def told(response) -> list[str]:
    return re.findall(r'<li class="toast notice \w+"><p[^>]*>(.*?)</p>', page(response))


def version(shop, *, unit="points", **terms):
    """A version of a program with these policies."""
    rules = [{"name": "per euro", "trigger": "purchase", "award": {"per_amount": {"points": 2, "every": 150}}}]
    made = programs.create(merchant=shop, name="P", unit=unit, rules=rules, policies=terms, at=factories.AT)
    return made.versions.get()


def test_program_is_made_and_started(alice, shop):
    answer = alice.post("/m/a/programs/plain/", FORM, follow=True)

    made = Program.objects.get()
    wording = made.versions.get()
    assert (made.name, made.status, made.point_value) == ("Café points", "active", Decimal("1.5"))
    assert [rule["award"] for rule in wording.rules] == [{"per_amount": {"points": 1, "every": 100}}]
    assert wording.policies["expiry"] == {"kind": "months", "months": 12}
    assert answer.redirect_chain == [(f"/m/a/programs/{made.public_id}/", 302)]
    assert told(answer) == ["Café points runs: purchases earn."]


def test_form_sent_twice_makes_one_program(alice, shop):
    answers = [alice.post("/m/a/programs/plain/", FORM, follow=True) for __ in range(2)]

    made = Program.objects.get()
    assert [answer.redirect_chain for answer in answers] == [[(f"/m/a/programs/{made.public_id}/", 302)]] * 2
    assert told(answers[1]) == []


def test_program_may_stay_a_draft(alice, shop):
    alice.post("/m/a/programs/plain/", {**FORM, "draft": "1"})

    assert Program.objects.get().status == "draft"


def test_history_earns_since_the_chosen_day_of_the_shop(alice, shop):
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=500, at=datetime(2026, 1, 31, 22, 59, tzinfo=UTC))
    factories.purchase(shop, ana, amount=700, at=datetime(2026, 1, 31, 23, 0, tzinfo=UTC))

    alice.post("/m/a/programs/plain/", {**FORM, "start": "past", "since": "2026-02-01"})

    assert Program.objects.get().starts_at == datetime(2026, 1, 31, 23, tzinfo=UTC)
    assert list(Entry.objects.values_list("points", flat=True)) == [7]


def test_long_history_is_judged_by_the_worker_and_the_page_says_how_far(alice, shop, monkeypatch):
    monkeypatch.setattr(flows.activations, "HISTORY_IN_A_REQUEST", 1)
    ana = factories.customer(shop)
    for day in (1, 2, 3):
        factories.purchase(shop, ana, at=datetime(2026, 2, day, 12, tzinfo=UTC))

    answer = alice.post("/m/a/programs/plain/", {**FORM, "start": "past", "since": "2026-02-01"}, follow=True)
    flows.judge_history(program=Program.objects.get(), at=timezone.now())
    later = alice.get(f"/m/a/programs/{Program.objects.get().public_id}/")

    assert "3 purchases of the past are still to be judged." in page(answer)
    assert "still to be judged" not in page(later)


def test_draft_with_a_past_start_says_what_it_would_let_earn(alice, shop):
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 2, 1, 12, tzinfo=UTC))

    answer = alice.post(
        "/m/a/programs/plain/", {**FORM, "start": "past", "since": "2026-02-01", "draft": "1"}, follow=True
    )

    assert "1 purchase on record would earn." in page(answer)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"points": "0"}, "points"),
        ({"points": "1.5"}, "points"),
        ({"points": "100001"}, "points"),
        ({"every": "0"}, "every"),
        ({"every": "one"}, "every"),
        ({"every": "1.005"}, "every"),
        ({"life": "months", "count": ""}, "count"),
        ({"life": "days", "count": "0"}, "count"),
        ({"life": "months", "count": "1201"}, "count"),
        ({"life": "lifelong"}, "life"),
        ({"start": "past", "since": ""}, "since"),
        ({"start": "past", "since": "yesterday"}, "since"),
        ({"start": "past", "since": "2999-01-01"}, "since"),
        ({"start": "past", "since": "0001-01-01"}, "since"),
        ({"value": "a cent"}, "value"),
        ({"value": "0.0000001"}, "value"),
        ({"value": "99999999"}, "value"),
    ],
)
def test_program_that_cannot_be_is_refused_beside_the_field(alice, wrong, field):
    response = alice.post("/m/a/programs/plain/", {**FORM, **wrong})

    assert re.findall(r'id="id_(\w+)_error"', page(response)) == [field]
    assert Program.objects.count() == 0


def test_name_that_is_taken_is_refused_beside_the_field(alice, shop):
    factories.program(shop, name="Café points")

    response = alice.post("/m/a/programs/plain/", {**FORM, "points": "3"})

    assert "There is a program of this name already. Choose another name." in page(response)
    assert Program.objects.count() == 1


@pytest.mark.any_database
def test_program_is_paused_and_goes_on(alice, shop):
    path = f"/m/a/programs/{factories.program(shop).public_id}/"

    paused = alice.post(path + "pause/", follow=True)
    again = alice.post(path + "pause/", follow=True)
    running = alice.post(path + "activate/", follow=True)

    assert told(paused) == ["Points is paused: purchases earn nothing until it goes on. Points stay."]
    assert told(again) == ["Only an active program can be paused."]
    assert told(running) == ["Points runs: purchases earn."]
    assert Program.objects.get().status == "active"


def test_list_without_programs_teaches(alice):
    shown = page(alice.get("/m/a/programs/"))

    assert "No program yet" in shown
    assert 'href="/m/a/programs/new/"' in shown


def test_list_says_what_is_promised_and_to_how_many(alice, shop):
    factories.customer(shop)
    factories.program(shop, point_value=Decimal("1.5"))

    shown = page(alice.get("/m/a/programs/"))

    assert "1 point for each full 1.00\xa0€." in shown
    assert "1 customer is in." in shown
    assert "A point is worth 0.015\xa0€." in shown


def test_every_version_is_read_back(alice, shop):
    made = factories.program(shop)
    rules = [{"name": "2", "trigger": "purchase", "award": {"per_amount": {"points": 2, "every": 500}}}]
    programs.publish(program=made, rules=rules, at=datetime(2026, 4, 1, 12, tzinfo=UTC))

    shown = page(alice.get(f"/m/a/programs/{made.public_id}/"))

    assert re.findall(r"<h2[^>]*>(Version \d)</h2>", shown) == ["Version 2", "Version 1"]
    assert re.findall(r"<li>(\d points? for [^<]+)</li>", shown) == [
        "2 points for each full 5.00\xa0€.", "1 point for each full 1.00\xa0€.",
    ]  # fmt: skip


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("policies", "sentence"),
    [
        ({"expiry": {"kind": "never"}}, "Points never expire."),
        ({"expiry": {"kind": "days", "days": 1}}, "Points live for 1 day."),
        ({"expiry": {"kind": "months", "months": 12}}, "Points live for 12 months."),
        ({"expiry": {"kind": "end_of_month", "after": 1}}, "Points live to the end of their month and 1 more month."),
        ({"expiry": {"kind": "end_of_year", "after": 2}}, "Points live to the end of their year and 2 more years."),
        ({"earning_base": "before_discounts"}, "Discounts do not lower what is earned."),
        ({"hold_days": 14}, "They can be spent after 14 days."),
        ({"clawback": "clamp"}, "A return takes its points back, as far as they are still there."),
    ],
)
def test_policy_is_said_in_a_sentence(shop, policies, sentence):
    said = words.sentences(version(shop, **policies), "points", "EUR")

    assert said[0] == "2 points for each full 1.50\xa0€."
    assert sentence in said


def test_unit_of_the_program_is_its_word(shop):
    assert words.sentences(version(shop, unit="beans"), "beans", "EUR")[0] == "2\xa0beans for each full 1.50\xa0€."


@pytest.mark.parametrize(
    ("stored", "shown"), [("0", ""), ("1", "0.01\xa0€"), ("1.5", "0.015\xa0€"), ("250", "2.50\xa0€")]
)
def test_value_of_a_point_has_the_decimals_it_needs(shop, stored, shown):
    assert words.value(Program(merchant=shop, point_value=Decimal(stored)), "EUR") == shown


def test_program_is_refused_twice_active(alice, shop):
    path = f"/m/a/programs/{factories.program(shop).public_id}/activate/"

    assert told(alice.post(path, follow=True)) == ["This program is active already."]


@pytest.mark.parametrize("count", [1, 30])
def test_program_says_each_rule_in_words(alice, shop, count, django_assert_num_queries):
    street = shops.add_location(merchant=shop, name="Main Street")
    euro = {"name": "Euro", "award": {"per_amount": {"points": 1, "every": 100}}}
    happy = {"award": {"multiply": "1.5"}, "when": {"weekdays": [2], "hours": ["15:00", "17:00"]}}
    here = {"name": "Here", "award": {"fixed": 5}, "when": {"locations": [street.public_id]}}
    wanted = [euro, *({"name": f"Happy {number}", **happy} for number in range(count)), here]
    made = factories.program(shop, rules=wanted, policies={"rounding": "half_up"})

    with django_assert_num_queries(6):  # session, user, place; program, versions, locations
        said = page(alice.get(f"/m/a/programs/{made.public_id}/"))

    assert [sentence for sentence in re.findall(r"<li>(.*?)</li>", said) if "Happy" not in sentence][:2] == [
        "Euro: 1 point for each full 1.00\xa0€.",
        "Here: 5 points for a purchase at Main Street.",
    ]
    assert "<li>Happy 0: 1.5 times the points for amounts and items on Tuesdays, 15:00–17:00.</li>" in said
    assert "<li>Half a point and more makes a whole one.</li>" in said
    assert ("<li>Of several factors only the one that gives most counts.</li>" in said) == (count > 1)


@pytest.mark.parametrize(
    ("expiry", "said"),
    [
        ({"kind": "never"}, "What is earned never expires."),
        ({"kind": "days", "days": 1}, "What is earned lives for 1 day."),
        ({"kind": "months", "months": 3}, "What is earned lives for 3 months."),
        ({"kind": "end_of_year", "after": 0}, "What is earned lives to the end of its year and 0 more years."),
        ({"kind": "inactivity", "months": 3}, "What is earned is lost after 3 months without a purchase."),
    ],
)
def test_program_of_cashback_says_how_long_it_lives(alice, shop, expiry, said):
    made = factories.program(shop, kind="cashback", policies={"expiry": expiry})

    assert f"<li>{said}</li>" in page(alice.get(f"/m/a/programs/{made.public_id}/"))
