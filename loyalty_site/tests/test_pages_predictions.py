"""Whom to save, and first baskets: what the pages show, to whom, and what their files hold."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from customers.merchants.models import Role
from customers.purchases import LineDraft
from customers.tastes import Item
from loyalty_site.selectors import first_baskets as baskets
from loyalty_site.tests import factories, going
from segments.intervals import z_of
from segments.models import CustomerScore
from segments.predictions.first_baskets import Compared, FirstBaskets

pytestmark = pytest.mark.django_db
PAGE, FILE = "/m/a/retention/next/", "/m/a/retention/next.csv"


@pytest.fixture
def people(shop):
    return going.slipping(shop, at=timezone.now())


def lines(response):
    return list(csv.reader(io.StringIO(response.content.decode())))


def test_list_shows_who_slips_away_with_reason_and_stake(alice, people):
    page = alice.get(PAGE).content.decode()

    assert "2 customers are slipping away, and 120.00\xa0€ of a year&#x27;s sales" in page
    assert page.index(people[0].public_id) < page.index(people[1].public_id)
    assert people[2].public_id not in page
    assert "Usually comes every 7 days. Came 12 days ago, more than one and a half times as long." in page
    assert "It is not weighed" in page


def test_ways_to_speak_are_those_agreed_to(alice, shop, people):
    page = alice.get(PAGE).content.decode()
    assert ("tel:" in page, "mailto:" in page, page.count("no yes to messages yet")) == (False, False, 2)

    said = {"purpose": "marketing", "recorded_at": timezone.now()}
    for channel, granted in [("phone", True), ("email", True), ("sms", True), ("sms", False)]:
        people[0].consents.create(channel=channel, granted=granted, **said)
    people[0].consents.create(channel="sms", purpose="reminders", granted=True, recorded_at=timezone.now())

    page = alice.get(PAGE).content.decode()
    assert ('href="tel:+34600111222"' in page, 'href="mailto:ana@x.test"' in page) == (True, True)
    assert ("sms:" in page, page.count("no yes to messages yet")) == (False, 1)


def test_those_who_manage_are_led_to_a_segment_of_the_same_people(alice, client, shop, people):
    link = "/m/a/segments/new/?ready=at_risk"
    assert f'href="{link}"' in alice.get(PAGE).content.decode()

    asked = alice.get(link).content.decode()
    assert all(f'value="{state}"' in asked for state in ("late", "at_risk"))
    client.force_login(factories.staff(shop, email="bob@a.test", role=Role.ANALYST))
    assert link not in client.get(PAGE).content.decode()


def test_probability_is_shown_where_the_models_hold(alice, people):
    CustomerScore.objects.update(clv_status="ok", p_alive=0.5, clv_12m=100)

    page = alice.get(PAGE).content.decode()

    assert "80.00\xa0€ × 50%" in page
    assert "times the probability that they are still customers" in page


def test_file_has_a_row_for_each_and_only_what_was_agreed_to(alice, shop, people):
    people[0].consents.create(channel="phone", purpose="marketing", granted=True, recorded_at=timezone.now())
    today = timezone.localdate()

    head, ana, ben = lines(alice.get(FILE))

    assert head[:5] == ["customer", "external_id", "name", "state", "last_on"]
    assert dict(zip(head, ana, strict=True)) == {
        "customer": people[0].public_id, "external_id": "", "name": "Ana", "state": "late",
        "last_on": str(today - timedelta(days=12)), "expected_on": str(today - timedelta(days=5)),
        "expected_from": str(today - timedelta(days=5)), "expected_to": str(today - timedelta(days=5)),
        "own_gaps": "True", "yearly_value": "8000", "p_alive": "", "at_stake": "8000", "phone": "'+34600111222",
        "sms": "", "email": "",
        "reason": "Usually comes every 7 days. Came 12 days ago, more than one and a half times as long.",
    }  # fmt: skip
    assert ben[:4] == [people[1].public_id, "ben", "'=Ben", "at_risk"]


def test_before_the_first_night_and_with_nobody_to_save_the_page_teaches(alice, shop):
    assert "The list is made every night" in alice.get(PAGE).content.decode()
    assert len(lines(alice.get(FILE))) == 1

    going.weekly(shop, last=timezone.now())
    going.scores.refresh(merchant=shop, at=timezone.now())
    assert "Nobody is slipping away" in alice.get(PAGE).content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_save_list_costs_literally(alice, shop, django_assert_num_queries, number):
    # session, user, place; night, scores, what they brought; due; cards, consents, gaps, purchases
    for __ in range(number):
        going.weekly(shop, last=timezone.now() - timedelta(days=12))
    going.scores.refresh(merchant=shop, at=timezone.now())

    with django_assert_num_queries(11):
        alice.get(PAGE)
    with django_assert_num_queries(10):
        alice.get(FILE)


def newcomers(shop, number, *, name, back):
    """So many customers who first came 200 days ago with something in the basket; `back` came again."""
    at = timezone.now() - timedelta(days=200)
    for place in range(number):
        buyer = factories.customer(shop)
        factories.purchase(shop, buyer, at=at, lines=[LineDraft(name=name, amount=1000)])
        if place < back:
            factories.purchase(shop, buyer, at=at + timedelta(days=10))


def test_first_baskets_say_what_is_sure_and_its_file_agrees(alice, shop, django_assert_num_queries):
    newcomers(shop, 30, name="Croissant", back=25)
    newcomers(shop, 30, name="Bread", back=5)

    with django_assert_num_queries(5):  # session, user, place; newcomers, lines
        page = alice.get("/m/a/retention/first-baskets/").content.decode()

    assert "Who had Croissant in the first basket came back more often: 83%, against 17% of the others" in page
    head, first, second = lines(alice.get("/m/a/retention/first-baskets.csv"))
    assert [first[:5], second[:5]] == [
        ["product", "Croissant", "30", "25", "0.833333"], ["product", "Bread", "30", "5", "0.166667"],
    ]  # fmt: skip
    assert (head[-1], first[-1], second[-1]) == ("sure", "True", "True")


def found(*compared, customers=150):
    today = timezone.localdate()
    return FirstBaskets(today, today, customers, customers, 100, list(compared))


def test_nothing_sure_is_said_so():
    item = Compared(Item.product("Bread"), "Bread", 40, 21, 110, 55, z_of(1))

    assert baskets.finding(found(item)) == "Nothing is sure: no difference is larger than chance makes among so many."
    assert baskets.finding(found()) == (
        "Not known yet: it needs 30 new customers with the same thing in their first basket."
    )
    assert baskets.finding(found(customers=0)) == "Not known yet: it needs purchases that name their products."


def test_what_is_surely_worse_brings_nobody_back():
    worse = Compared(Item.product("Cake"), "Cake", 50, 5, 100, 80, z_of(1))

    assert worse.is_sure
    assert baskets.finding(found(worse)).startswith("Nothing is sure to bring people back")


def test_customers_page_and_counter_say_when_somebody_is_expected(alice, shop, people):
    expected = timezone.localdate() - timedelta(days=5)
    day = f"{expected.day} {expected:%b %Y}"

    page = alice.get(f"/m/a/customers/{people[0].public_id}/").content.decode()
    counter = alice.get(f"/m/a/counter/{people[0].public_id}/").content.decode()

    assert f"Was expected around {day}; by half of their gaps between {day} and {day}." in page
    assert f"Was expected around {day}" in counter
