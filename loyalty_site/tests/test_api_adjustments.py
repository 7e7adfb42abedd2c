"""Points given or taken by hand over the API, and the second person's word."""

import pytest

from customers.merchants.models import Role
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, rows, snapshot
from loyalty_site.tests.receipts import assert_sound
from rewards import adjustments
from rewards.models import Adjustment, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def counter(shop):
    return api_client.api(shop, scope="counter")


@pytest.fixture
def ana(shop):
    factories.program(shop)
    return factories.customer(shop).memberships.get().public_id


def adjust(till, membership, points, reason="broken cup", **more):
    return till.post(f"memberships/{membership}/adjustments", {"points": points, "reason": reason, **more})


def available(till, membership):
    return till.get(f"memberships/{membership}").json()["balance"]["available"]


def test_a_membership_has_no_points_to_give(till, shop):
    factories.program(shop, kind="membership", rules=[])
    place = factories.customer(shop).memberships.get().public_id

    assert refused(adjust(till, place, 5)) == (409, "no_points")


@pytest.mark.any_database
def test_adjustment_is_posted_with_its_reason(till, shop, ana):
    response = adjust(till, ana, 50, expires_at="2199-01-01T00:00:00Z")

    body = response.json()
    [entry] = till.get(f"memberships/{ana}/entries").json()["data"]
    assert (response.status_code, body["id"][:4], body["status"]) == (201, "adj_", "posted")
    assert (body["entry"], body["points"], body["balance"]["available"]) == (entry["id"], 50, 50)
    assert (entry["kind"], entry["reason"], entry["actor"]) == ("adjust", "broken cup", body["requested_by"])
    assert body["balance"]["next_expiry"] == {"points": 50, "at": "2199-01-01T00:00:00Z"}
    assert_sound(shop)


def test_below_zero_is_refused(till, ana):
    adjust(till, ana, 50)
    before = snapshot()

    assert refused(adjust(till, ana, -51)) == (409, "insufficient_points")
    assert snapshot() == before


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"points": 0, "reason": "x"}, "points", "invalid_points"),
        ({"points": 10**30, "reason": "x"}, "points", "invalid_points"),
        ({"points": 1.5, "reason": "x"}, "points", "invalid"),
        ({"points": 5}, "reason", "required"),
        ({"points": 5, "reason": "  "}, "reason", "reason_required"),
        ({"points": 5, "reason": "x" * 201}, "reason", "max_length"),
        ({"points": 5, "reason": "x", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at", "expiry_in_the_past"),
        ({"points": -5, "reason": "x", "expires_at": "2199-01-01T00:00:00Z"}, "expires_at", "nothing_expires"),
        ({"points": 5, "reason": "x", "actor": "me"}, "actor", "unknown_field"),
    ],
)
def test_what_cannot_be_meant_is_refused(till, ana, body, field, code):
    response = till.post(f"memberships/{ana}/adjustments", body)

    assert refused(response) == (400, code)
    assert places(response) == [(field, code)]
    assert not Adjustment.objects.exists()


def test_over_the_cap_it_waits(till, counter, ana):
    assert adjust(counter, ana, 90).status_code == 201

    response = adjust(counter, ana, 11)

    body = response.json()
    assert (response.status_code, body["status"], body["entry"]) == (202, "pending_approval", None)
    assert available(till, ana) == 90
    assert [one["id"] for one in till.get("adjustments", status="pending_approval").json()["data"]] == [body["id"]]


def test_a_manage_key_has_no_cap(till, ana):
    assert adjust(till, ana, 10**6).status_code == 201


@pytest.mark.any_database
def test_approving_posts_it(till, counter, shop, ana):
    asked = adjust(counter, ana, 500).json()

    response = till.post(f"adjustments/{asked['id']}/approve")

    body = response.json()
    assert (response.status_code, body["status"], body["balance"]["available"]) == (200, "approved", 500)
    assert body["decided_by"] == till.get("me").json()["key"]["id"]
    assert till.get(f"memberships/{ana}/entries").json()["data"][0]["actor"] == body["requested_by"]
    assert refused(till.post(f"adjustments/{asked['id']}/approve")) == (409, "already_decided")
    assert_sound(shop)


def test_rejecting_moves_nothing(till, counter, ana):
    asked = adjust(counter, ana, 500).json()

    response = till.post(f"adjustments/{asked['id']}/reject", once=None)

    assert (response.status_code, response.json()["status"]) == (200, "rejected")
    assert available(till, ana) == 0


def test_approving_needs_a_key_and_happens_once(till, counter, ana):
    asked = adjust(counter, ana, 500).json()
    path = f"adjustments/{asked['id']}/approve"

    assert refused(till.post(path, once=None)) == (400, "idempotency_key_required")
    assert till.post(path, once="a1").content == till.post(path, once="a1").content


def test_what_can_no_longer_be_posted_still_waits(till, counter, shop, ana):
    adjust(till, ana, 500)
    asked = adjust(counter, ana, -500).json()
    adjust(till, ana, -1)

    assert refused(till.post(f"adjustments/{asked['id']}/approve")) == (409, "insufficient_points")
    assert Adjustment.objects.for_merchant(shop).pending().count() == 1


def test_a_managers_own_request_is_decided_by_somebody_else(till, shop, ana):
    gus = factories.clerk(shop, email="gus@a.test", role=Role.MANAGER)
    member = Membership.objects.get(public_id=ana)
    asked = adjustments.adjust(membership=member, points=2_000, reason="x", by=gus, at=factories.AT)

    with pytest.raises(adjustments.OwnRequest):
        adjustments.approve(adjustment=asked, by=gus, at=factories.AT)
    assert till.post(f"adjustments/{asked.public_id}/approve").status_code == 200


def test_rehearsals_write_nothing(till, counter, ana):
    asked = adjust(counter, ana, 500).json()
    before = snapshot()

    replies = [
        till.post(f"memberships/{ana}/adjustments?dry_run=true", {"points": 5, "reason": "x"}, once=None),
        till.post(f"adjustments/{asked['id']}/approve?dry_run=true", once=None),
    ]

    assert [
        (reply.status_code, reply.json()["id"], reply.json()["entry"], reply.json()["dry_run"]) for reply in replies
    ] == [(200, None, None, True)] * 2
    assert snapshot() == before


def test_list_is_filtered_and_is_a_table_too(till, counter, ana):
    adjust(counter, ana, 500)
    adjust(counter, ana, 5)

    both = till.get("adjustments", membership=ana).json()["data"]

    assert [(one["points"], one["status"]) for one in both] == [(5, "posted"), (500, "pending_approval")]
    assert [row["points"] for row in rows(till.get("adjustments", csv=True, status="posted"))] == ["5"]
    assert refused(till.get("adjustments", status="lost")) == (400, "unknown_status")
    assert till.get("adjustments", membership="mem_nobody").json()["data"] == []


@pytest.mark.parametrize("count", [1, 30])
def test_list_takes_the_same_queries(till, ana, count, django_assert_num_queries):
    for __ in range(count):
        adjust(till, ana, 5)

    with django_assert_num_queries(2):  # the key, the adjustments
        assert len(till.get("adjustments").json()["data"]) == min(count, 25)
