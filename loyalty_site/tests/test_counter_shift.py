"""The day at the counter: by one person, at one location, by everybody; net of what came back, with its file."""

import csv
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation

from customers.merchants import shops
from customers.purchases import Wishes
from loyalty_site import flows
from loyalty_site.selectors.counter import shift
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import program_with, recorded, rule
from rewards import catalog, vouchers
from rewards.models import Voucher
from rewards.vouchers import VoucherDraft

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
NOON = datetime(2026, 3, 10, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"), timezone.override("Europe/Madrid"):
        yield


@pytest.fixture
def owner(shop):
    return factories.place(shop)


@pytest.fixture
def world(shop, owner):
    """A day: two purchases of Erin at the station, one of the owner, one voided, one given back, one yesterday."""
    factories.program(shop, at=NOON - timedelta(days=9))
    erin = factories.clerk(shop, email="erin@a.test")
    station = shops.add_location(merchant=shop, name="Station")
    ana, ben = factories.customer(shop, name="Ana", at=NOON - timedelta(days=9)), factories.customer(shop, at=NOON)
    hers = {"staff_id": erin.pk, "location_id": station.pk}
    before = recorded(shop, ana, amount=5000, at=NOON - timedelta(days=1), **hers)
    recorded(shop, ana, amount=1000, at=NOON, **hers)
    recorded(shop, ben, amount=250, at=NOON + timedelta(hours=1), **hers)
    recorded(shop, None, amount=300, at=NOON, staff_id=owner.pk)
    void = recorded(shop, ana, amount=777, at=NOON, **hers)
    flows.void_purchase(merchant=shop, purchase_id=void.pk, at=NOON)
    flows.refund_purchase(merchant=shop, purchase_id=before.pk, amount=2000, at=NOON)
    vouchers.issue(merchant=shop, drafts=[VoucherDraft("Tea", {"kind": "free_shipping"})], at=NOON)
    vouchers.use(voucher=Voucher.objects.get(), staff=erin, location=station, at=NOON)
    return erin, station


def figures(place, whose, *, here=None, day=DAY):
    found = shift.shift(place, whose=whose, here=here, day=day)
    return {figure.label: figure.value.replace("\xa0", " ") for figure in found.figures}


HERS = {
    "Purchases": "2",
    "Amount": "12.50 €",
    "Came back": "20.00 €",
    "Net": "−7.50 €",
    "Voided": "1",
    "Vouchers used": "1",
    "Rewards redeemed": "0",
    "New customers": "1",
}


@pytest.mark.any_database
def test_day_of_one_person_counts_net_what_they_recorded(world):
    erin, __ = world

    assert figures(erin, "me") == HERS


def test_day_of_a_location_is_what_was_recorded_there(world, owner):
    assert figures(owner, world[1].public_id) == HERS


def test_day_of_everybody_adds_up(world, owner):
    assert figures(owner, "all") == {**HERS, "Purchases": "3", "Amount": "15.50 €", "Net": "−4.50 €"}


@pytest.mark.any_database
def test_points_given_and_taken_are_those_of_the_day(world):
    erin, __ = world

    [moved] = shift.shift(erin, whose="me", here=None, day=DAY).moved

    assert (moved.name, moved.given, moved.taken) == ("Points", "19 points", "27 points")


def test_day_begins_at_midnight_of_the_shop(shop, owner):
    for at in ("2026-03-09T22:59:59", "2026-03-09T23:00:00", "2026-03-10T22:59:59", "2026-03-10T23:00:00"):
        recorded(shop, None, amount=100, at=datetime.fromisoformat(at + "+00:00"), staff_id=owner.pk)

    assert figures(owner, "me")["Purchases"] == "2"


@pytest.mark.any_database
def test_staff_look_at_themselves_and_their_location_only(world, owner):
    erin, station = world
    shops.add_location(merchant=erin.merchant, name="Main Street")

    seen = [key for key, __ in shift.views(erin, here=station.public_id)]

    assert seen == ["me", station.public_id]
    assert len(shift.views(owner, here=None)) == 4
    assert shift.shift(erin, whose="all", here=None, day=DAY).whose == "me"


@pytest.mark.any_database
def test_day_counts_what_was_taken_off_and_redeemed(shop, owner):
    program = program_with(shop, rule(1), at=NOON - timedelta(days=9))
    ana = factories.customer(shop, at=NOON - timedelta(days=9))
    factories.purchase(shop, ana, amount=9000, at=NOON - timedelta(days=1))
    off = {"kind": "amount_off", "amount": 500}
    fiver = catalog.create(program=program, name="Fiver", cost=10, benefit=off, at=NOON)
    recorded(shop, ana, amount=1200, at=NOON, staff_id=owner.pk, wishes=Wishes(rewards=[fiver.public_id]))
    undone = recorded(shop, ana, amount=900, at=NOON, staff_id=owner.pk, wishes=Wishes(rewards=[fiver.public_id]))
    flows.void_purchase(merchant=shop, purchase_id=undone.pk, at=NOON)
    wishes = Wishes(rewards=[fiver.public_id])
    flows.take_rewards(customer=ana, wishes=wishes, receipt="till-1", at=NOON, staff=owner, location=None)

    found = figures(owner, "me")

    named = ("Amount", "Discounts", "Vouchers used", "Rewards redeemed")
    assert [found[name] for name in named] == ["7.00 €", "5.00 €", "0", "2"]


@pytest.mark.parametrize(
    ("typed", "day"),
    [("2026-03-01", date(2026, 3, 1)), ("", DAY), ("2026-03-11", DAY), ("0001-01-01", DAY), ("yesterday", DAY)],
)
def test_day_is_the_one_named_or_today(typed, day):
    assert shift.day_of(typed, today=DAY) == day


@pytest.mark.parametrize("number", [1, 30])
def test_day_costs_the_same_for_few_and_for_many(shop, owner, django_assert_num_queries, number):
    # locations, purchases, sums, returns, vouchers, rewards, points
    ana = factories.customer(shop)
    for __ in range(number):
        recorded(shop, ana, at=NOON, staff_id=owner.pk)

    with django_assert_num_queries(7):
        shift.shift(owner, whose="all", here=None, day=DAY)


def test_file_adds_up_to_the_net(alice, world):
    response = alice.get("/m/a/counter/day.csv", {"whose": "all", "day": "2026-03-10"})

    rows = list(csv.DictReader(response.content.decode().splitlines()))
    assert [row["kind"] for row in rows] == ["purchase", "purchase", "void", "purchase", "return"]
    assert sum(float(row["amount"]) for row in rows) == -4.5
    assert rows[0]["time"] == "2026-03-10T12:00:00+01:00"
    assert rows[-1]["staff"] == "Erin"


def test_file_of_others_is_not_for_staff(dora, world):
    rows = dora.get("/m/a/counter/day.csv", {"whose": "all", "day": "2026-03-10"}).content.decode().splitlines()

    assert rows == ["kind,time,id,customer,amount,staff,location"]


@pytest.mark.any_database
def test_page_shows_figures_purchases_and_the_way_to_the_file(alice, world):
    page = alice.get("/m/a/counter/day/", {"whose": "all", "day": "2026-03-10"})

    assert "10 Mar 2026, everybody" in text(page)
    assert re.search(r"Net.*−4\.50", text(page))
    assert 'href="/m/a/counter/day.csv?whose=all&amp;day=2026-03-10"' in page.content.decode()


def test_empty_day_says_so(dora, shop):
    assert "Nothing was recorded in this view on this day." in text(dora.get("/m/a/counter/day/"))
