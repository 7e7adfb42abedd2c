"""Redeeming over the API: at once, after a hold, and taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.merchants import shops
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused, rows, snapshot
from loyalty_site.tests.receipts import assert_sound
from rewards import catalog, redemption
from rewards.models import Redemption, Reward

pytestmark = pytest.mark.django_db

COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}


@pytest.fixture
def program(shop):
    return factories.program(shop)


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.fixture
def ana(shop, program):
    """A member with 50 points."""
    buyer = factories.customer(shop)
    factories.purchase(shop, buyer, amount=5000, at=timezone.now() - timedelta(hours=1))
    return buyer.memberships.get()


def reward(program, **fields) -> Reward:
    return catalog.create(
        program=program, at=factories.AT, **{"name": "Coffee", "cost": 10, "benefit": COFFEE, **fields}
    )


def redeem(till, member, wanted, path="redemptions", **more):
    body = {"membership": member.public_id, "reward": wanted.public_id, **more}
    return till.post(path, body)


def available(reply):
    return reply.json()["balance"]["available"]


@pytest.mark.any_database
def test_redeeming_answers_the_voucher_and_the_balance(till, shop, program, ana):
    place, staff = shops.add_location(merchant=shop, name="Main"), factories.place(shop)
    coffee = reward(program, voucher_days=30)

    reply = redeem(till, ana, coffee, quantity=2, location=place.public_id, staff=staff.public_id)

    body = reply.json()
    assert (reply.status_code, body["status"], body["reward"], body["quantity"], body["points"]) == (
        201,
        "captured",
        coffee.public_id,
        2,
        20,
    )
    assert (body["membership"], body["customer"]) == (ana.public_id, ana.customer.public_id)
    assert (body["location"], body["staff"], body["purchase"]) == (place.public_id, staff.public_id, None)
    assert (available(reply), body["balance"]["lifetime_redeemed"]) == (30, 20)
    [first, second] = body["vouchers"]
    assert (first["status"], first["benefit"], first["customer"]) == ("open", COFFEE, ana.customer.public_id)
    assert till.get(f"vouchers/{second['code']}").json() == second
    assert till.get(f"redemptions/{body['id']}").json() == body
    assert Redemption.objects.get().actor == shop.api_keys.get().public_id
    assert_sound(shop)


@pytest.mark.any_database
def test_a_retry_answers_the_same(till, program, ana):
    body = {"membership": ana.public_id, "reward": reward(program).public_id}

    first, again = till.post("redemptions", body, once="k"), till.post("redemptions", body, once="k")

    assert (again.status_code, again.json(), again["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert Redemption.objects.count() == 1
    assert refused(till.post("redemptions", body, once=None)) == (400, "idempotency_key_required")


@pytest.mark.any_database
def test_dry_run_says_what_would_happen_and_writes_nothing(till, program, ana):
    coffee = reward(program)
    before = snapshot()

    reply = redeem(till, ana, coffee, path="redemptions?dry_run=true")

    body = reply.json()
    assert (reply.status_code, body["dry_run"], body["id"], available(reply)) == (200, True, None, 40)
    assert [(one["id"], one["code"]) for one in body["vouchers"]] == [(None, None)]
    assert snapshot() == before


@pytest.mark.any_database
def test_what_is_set_aside_is_captured_or_let_go(till, shop, program, ana):
    coffee = reward(program, stock=2)
    first, second = (redeem(till, ana, coffee, capture=False) for __ in range(2))
    assert (first.json()["status"], first.json()["vouchers"], second.json()["balance"]["held"]) == ("held", [], 20)

    taken = till.post(f"redemptions/{first.json()['id']}/capture")
    gone = till.post(f"redemptions/{second.json()['id']}/cancel")

    assert (taken.status_code, taken.json()["status"], len(taken.json()["vouchers"])) == (200, "captured", 1)
    assert (gone.status_code, gone.json()["status"], available(gone)) == (200, "cancelled", 40)
    again = till.post(f"redemptions/{first.json()['id']}/capture")
    assert (again.status_code, again.json()) == (200, {**taken.json(), "balance": again.json()["balance"]})
    assert refused(till.post(f"redemptions/{second.json()['id']}/capture")) == (409, "hold_over")
    assert Reward.objects.get().stock == 1
    assert_sound(shop)


def test_what_is_not_taken_in_time_is_over(till, program, ana):
    coffee = reward(program, stock=1)
    held = redemption.redeem(membership=ana, reward=coffee, at=timezone.now() - timedelta(minutes=16), capture=False)

    found = till.get("redemptions", status="expired").json()["data"]

    assert [(one["id"], one["status"]) for one in found] == [(held.public_id, "expired")]
    assert till.get("redemptions", status="held").json()["data"] == []
    assert refused(till.post(f"redemptions/{held.public_id}/capture")) == (409, "hold_over")
    assert redeem(till, ana, coffee).status_code == 201


@pytest.mark.any_database
def test_cancelling_gives_the_points_back_unless_the_voucher_was_used(till, shop, program, ana):
    body = redeem(till, ana, reward(program)).json()
    path, code = f"redemptions/{body['id']}/cancel", body["vouchers"][0]["code"]
    till.post(f"vouchers/{code}/use")
    assert refused(till.post(path)) == (409, "voucher_used")
    till.post(f"vouchers/{code}/reverse")

    first, again = till.post(path), till.post(path)

    assert (first.status_code, first.json()["status"], available(first)) == (200, "cancelled", 50)
    assert [one["status"] for one in first.json()["vouchers"]] == ["cancelled"]
    assert (again.status_code, again.json()) == (200, first.json())
    assert_sound(shop)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "more", "code", "reason"),
    [
        ({"cost": 51}, {}, "insufficient_points", None),
        ({"stock": 1}, {"quantity": 2}, "out_of_stock", "stock"),
        ({"per_customer": 1}, {"quantity": 2}, "limit_reached", "limit"),
        ({"ends_at": factories.AT}, {}, "not_eligible", "window"),
        ({"status": "archived"}, {}, "not_eligible", "window"),
    ],
)
def test_a_no_is_a_conflict_that_writes_nothing(till, program, ana, fields, more, code, reason):
    coffee = reward(program, **fields)
    before = snapshot()

    reply = redeem(till, ana, coffee, **more)

    assert refused(reply) == (409, code)
    assert (reply.json().get("reason"), bool(reply.json()["staff_message"])) == (reason, True)
    assert snapshot() == before


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"membership": "mem_nobody"}, 404, "not_found"),
        ({"reward": "rwd_nothing"}, 404, "not_found"),
        ({"quantity": 0}, 400, "invalid_quantity"),
        ({"quantity": "2"}, 400, "invalid"),
        ({"points": 5}, 400, "unknown_field"),
        ({"location": "loc_nowhere"}, 404, "unknown_location"),
    ],
)
def test_a_slip_is_refused(till, program, ana, fields, status, code):
    body = {"membership": ana.public_id, "reward": reward(program).public_id, **fields}

    assert refused(till.post("redemptions", body)) == (status, code)


@pytest.mark.any_database
def test_another_programs_reward_is_refused(till, shop, program, ana):
    other = reward(factories.program(shop, name="Other"))

    assert refused(redeem(till, ana, other)) == (400, "other_program")


def test_the_list_filters_and_goes_as_csv(till, shop, program, ana):
    coffee, cake = reward(program), reward(program, name="Cake", cost=5)
    ben = factories.customer(shop)
    factories.purchase(shop, ben, amount=5000)
    mine = redeem(till, ana, coffee).json()
    theirs = redeem(till, ben.memberships.get(), cake).json()

    def ids(**params):
        return [one["id"] for one in till.get("redemptions", **params).json()["data"]]

    assert ids() == [theirs["id"], mine["id"]]
    assert ids(customer=ben.public_id) == ids(reward=cake.public_id) == [theirs["id"]]
    assert ids(membership=ana.public_id) == [mine["id"]]
    assert ids(program=program.public_id, status="captured") == ids()
    assert ids(status="cancelled") == []
    assert [row["points"] for row in rows(till.get("redemptions", csv=True))] == ["5", "10"]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_takes_the_same_queries(till, shop, program, count, django_assert_num_queries):
    free = reward(program, cost=0)
    for __ in range(count):
        member = factories.customer(shop).memberships.select_related("program__merchant").get()
        redemption.redeem(membership=member, reward=free, at=factories.AT)

    with django_assert_num_queries(5):  # the key, redemptions, vouchers, entries, lots
        assert len(till.get("redemptions").json()["data"]) == min(count, 25)
