"""Memberships over the API: joining, balances at any moment, the ledger and its lots."""

from datetime import timedelta

import pytest

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused

pytestmark = pytest.mark.django_db

AT = factories.AT  # 2026-03-10 13:00 in Madrid
HELD = {"hold_days": 2, "expiry": {"kind": "days", "days": 30}}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def member(shop):
    """Ten points, held for two days and usable through the 30th day after."""
    factories.program(shop, policies=HELD)
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer)
    return buyer.memberships.get().public_id


@pytest.mark.any_database
def test_membership_shows_its_balance(till, shop):
    program, buyer = factories.program(shop), factories.customer(shop)
    factories.purchase(shop, buyer)

    [found] = till.get("memberships", customer=buyer.public_id).json()["data"]

    assert found == {
        "id": buyer.memberships.get().public_id,
        "customer": buyer.public_id,
        "program": program.public_id,
        "tier": None,
        "tier_until": None,
        "joined_at": "2026-03-10T12:00:00Z",
        "balance": {
            "available": 10,
            "pending": 0,
            "held": 0,
            "lifetime_earned": 10,
            "lifetime_redeemed": 0,
            "expired": 0,
            "next_expiry": None,
        },
        "to_next_tier": None,
    }


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("moment", "available", "pending", "expired"),
    [
        ("2026-03-10T11:59:59Z", 0, 0, 0),
        ("2026-03-10T12:00:00Z", 0, 10, 0),
        ("2026-03-11T22:59:59Z", 0, 10, 0),
        ("2026-03-11T23:00:00Z", 10, 0, 0),
        ("2026-03-12T00:00:00", 10, 0, 0),
        ("2026-04-09T21:59:59Z", 10, 0, 0),
        ("2026-04-09T22:00:00Z", 0, 0, 10),
        ("2199-01-01T00:00:00Z", 0, 0, 10),
    ],
)
def test_balance_at_any_moment(till, member, moment, available, pending, expired):
    held = till.get(f"memberships/{member}", at=moment).json()["balance"]

    assert (held["available"], held["pending"], held["expired"]) == (available, pending, expired)


def test_balance_says_what_expires_next(till, member):
    held = till.get(f"memberships/{member}", at="2026-03-20T00:00:00Z").json()["balance"]

    assert held["next_expiry"] == {"points": 10, "at": "2026-04-09T22:00:00Z"}


def test_balance_in_the_future_knows_what_is_pending_now(till, shop):
    factories.program(shop, policies={"hold_days": 10, "expiry": {"kind": "days", "days": 30}})
    buyer = factories.customer(shop)
    bought = till.post("purchases", {"customer": buyer.public_id, "amount": 500}).json()
    [gain], path = bought["earned"], f"memberships/{buyer.memberships.get().public_id}"

    now, open_, over = (
        till.get(path, **moment).json()["balance"]
        for moment in ({}, {"at": gain["available_at"]}, {"at": gain["expires_at"]})
    )

    assert [(one["available"], one["pending"], one["expired"]) for one in (now, open_, over)] == [
        (0, 5, 0),
        (5, 0, 0),
        (0, 0, 5),
    ]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("moment", "code"),
    [("soon", "invalid"), ("", "invalid"), ("0001-01-01T00:00:00+14:00", "far"), ("9999-12-31T23:59:59-14:00", "far")],
)
def test_balance_at_no_moment_is_refused(till, member, moment, code):
    assert places(till.get(f"memberships/{member}", at=moment)) == [("at", code)]


def test_membership_is_made_once(till, shop):
    program, buyer = factories.program(shop, auto_enrol=False), factories.customer(shop)
    body = {"customer": buyer.public_id, "program": program.public_id}

    first, again = till.post("memberships", body, once=None), till.post("memberships", body, once=None)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_membership_of_a_program_that_is_not_active_is_refused(till, shop):
    program, buyer = factories.program(shop), factories.customer(shop)
    till.post(f"programs/{program.public_id}/pause")

    response = till.post("memberships", {"customer": buyer.public_id, "program": program.public_id})

    assert refused(response) == (409, "program_not_active")


@pytest.mark.parametrize("missing", ["customer", "program"])
def test_membership_of_nobody_or_nothing_is_404(till, shop, missing):
    known = {"customer": factories.customer(shop).public_id, "program": factories.program(shop).public_id}

    assert refused(till.post("memberships", {**known, missing: "cus_nobody"})) == (404, "not_found")


def test_list_is_filtered_by_program_and_customer(till, shop):
    first, second = factories.program(shop), factories.program(shop, name="Second")
    ann, jo = factories.customer(shop), factories.customer(shop)

    by_program = till.get("memberships", program=second.public_id).json()["data"]
    by_both = till.get("memberships", program=first.public_id, customer=jo.public_id).json()["data"]

    assert [one["customer"] for one in by_program] == [jo.public_id, ann.public_id]
    assert [(one["program"], one["customer"]) for one in by_both] == [(first.public_id, jo.public_id)]


def test_entries_tell_what_was_earned_and_why(till, shop):
    factories.program(shop)
    buyer = factories.customer(shop)
    bought = factories.purchase(shop, buyer, amount=1250).draft.public_id

    [entry] = till.get(f"memberships/{buyer.memberships.get().public_id}/entries").json()["data"]

    assert entry["id"].startswith("ent_")
    assert {name: entry[name] for name in ("kind", "points", "balance_after", "purchase", "refund", "occurred_at")} == {
        "kind": "earn",
        "points": 12,
        "balance_after": 12,
        "purchase": bought,
        "refund": None,
        "occurred_at": "2026-03-10T12:00:00Z",
    }
    assert entry["breakdown"] == [
        {"rule": "1 per euro", "points": 12, "base": 1250, "why": "1 for each full €1.00 of €12.50"}
    ]


def test_lots_tell_when_points_can_be_spent(till, member):
    [lot] = till.get(f"memberships/{member}/lots").json()["data"]
    [entry] = till.get(f"memberships/{member}/entries").json()["data"]

    assert lot == {
        "entry": entry["id"],
        "points": 10,
        "remaining": 10,
        "available_at": "2026-03-11T23:00:00Z",
        "expires_at": "2026-04-09T22:00:00Z",
        "purchase": entry["purchase"],
    }


@pytest.mark.any_database
def test_balance_of_the_past_does_not_know_later_purchases(till, shop):
    factories.program(shop)
    buyer = factories.customer(shop)
    for days in (0, 1):
        factories.purchase(shop, buyer, at=AT + timedelta(days=days))

    path = f"memberships/{buyer.memberships.get().public_id}"
    balances = [
        till.get(path, at=(AT + timedelta(hours=hours)).isoformat()).json()["balance"]["available"]
        for hours in (-1, 0, 23, 24)
    ]

    assert balances == [0, 10, 10, 20]
