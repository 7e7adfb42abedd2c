"""Closing a program over the API: announced, refused with the place named, and taken back."""

import csv
import io
from datetime import date

import pytest
from django.utils import timezone

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused
from rewards import programs
from rewards.models import Membership, ProgramClosing

pytestmark = pytest.mark.django_db
DAYS = {"last_earning_on": "2030-01-31", "last_spending_on": "2030-02-28"}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


def test_program_is_closed_and_says_so(till, shop):
    path = f"programs/{factories.program(shop).public_id}"

    answer = till.post(f"{path}/close", {**DAYS, "notice": "We move to stamps."})

    body = answer.json()
    assert (answer.status_code, body["status"]) == (200, "closing")
    told = body["closing"]
    assert told["announced_at"].endswith("Z")
    assert told == {**DAYS, "notice": "We move to stamps.", "announced_at": told["announced_at"]}
    assert till.get(path).json() == body
    assert ProgramClosing.objects.get().actor.startswith("key_")


def test_lots_of_a_closing_program_end_with_it(till, shop):
    program, buyer = factories.program(shop), factories.customer(shop)
    sold = till.post("purchases", {"customer": buyer.public_id, "amount": 500}).json()
    till.post(f"programs/{program.public_id}/close", DAYS)

    member = Membership.objects.get().public_id

    ends = "2030-02-28T23:00:00Z"
    assert till.get(f"memberships/{member}/lots").json()["data"][0]["expires_at"] == ends
    assert till.get(f"purchases/{sold['id']}").json()["earned"][0]["expires_at"] == ends
    assert till.get(f"memberships/{member}").json()["balance"]["next_expiry"] == {"points": 5, "at": ends}
    assert till.get(f"memberships/{member}", at=ends).json()["balance"]["available"] == 0


def test_closed_program_says_closed_and_earns_nothing(till, shop):
    program, buyer = factories.program(shop), factories.customer(shop)
    programs.close(
        program=program, last_earning_on=date(2026, 3, 10), last_spending_on=date(2026, 3, 10), at=factories.AT
    )

    sold = till.post("purchases", {"customer": buyer.public_id, "amount": 500}).json()

    assert till.get(f"programs/{program.public_id}").json()["status"] == "closed"
    assert sold["earned"] == []
    assert refused(till.post(f"programs/{program.public_id}/pause")) == (409, "wrong_status")


def test_closing_is_taken_back_and_who_came_meanwhile_joins(till, shop):
    program = factories.program(shop)
    till.post(f"programs/{program.public_id}/close", DAYS)
    factories.customer(shop, at=timezone.now())

    answer = till.delete(f"programs/{program.public_id}/close")

    assert (answer.status_code, answer.json()["status"], answer.json()["closing"]) == (200, "active", None)
    assert Membership.objects.count() == 1


def test_nobody_joins_a_closing_program(till, shop):
    program, buyer = factories.program(shop, auto_enrol=False), factories.customer(shop)
    till.post(f"programs/{program.public_id}/close", DAYS)

    answer = till.post("memberships", {"customer": buyer.public_id, "program": program.public_id})

    assert refused(answer) == (409, "program_closing")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("days", "code", "field"),
    [
        ({"last_earning_on": "2020-01-31"}, "wrong_days", "last_earning_on"),
        ({"last_spending_on": "2030-01-30"}, "wrong_days", "last_spending_on"),
        ({"last_spending_on": "9999-12-31"}, "wrong_days", "last_spending_on"),
        ({"last_spending_on": "soon"}, "invalid", "last_spending_on"),
        ({"last_spending_on": None}, "null", "last_spending_on"),
        ({"last_day": "2030-01-30"}, "unknown_field", "last_day"),
        ({"notice": "x" * 501}, "max_length", "notice"),
    ],
)
def test_days_that_cannot_be_are_refused_with_their_place(till, shop, days, code, field):
    answer = till.post(f"programs/{factories.program(shop).public_id}/close", {**DAYS, **days})

    assert answer.status_code == 400
    assert places(answer) == [(field, code)]
    assert ProgramClosing.objects.count() == 0


def test_dry_run_closes_nothing(till, shop):
    path = f"programs/{factories.program(shop).public_id}/close"

    answer = till.post(f"{path}?dry_run=true", DAYS)

    assert (answer.status_code, answer.json()["status"], ProgramClosing.objects.count()) == (200, "closing", 0)


def test_program_that_is_not_closing_is_not_reopened(till, shop):
    answer = till.delete(f"programs/{factories.program(shop).public_id}/close")

    assert refused(answer) == (409, "wrong_status")


def test_rows_of_programs_have_the_days_of_those_that_close(till, shop):
    factories.program(shop, name="Stays")
    till.post(f"programs/{factories.program(shop, name='Ends').public_id}/close", DAYS)

    answer = till.get("programs", csv=True)

    found = {row["name"]: row for row in csv.DictReader(io.StringIO(answer.getvalue().decode()))}
    assert found["Ends"]["closing.last_earning_on"] == "2030-01-31"
    assert found["Stays"]["closing.last_earning_on"] == ""
