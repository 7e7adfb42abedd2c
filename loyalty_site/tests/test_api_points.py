"""Points passed on and shared over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import places, refused, snapshot
from loyalty_site.tests.receipts import assert_sound

pytestmark = pytest.mark.django_db
AT = factories.AT
DAYS = {"expiry": {"kind": "days", "days": 36_500}}


@pytest.fixture
def till(shop):
    return api_client.api(shop)


@pytest.fixture
def program(shop):
    return factories.program(shop, policies=DAYS)


@pytest.fixture
def ana(shop, program):
    """The id of a membership with ten points."""
    return member(shop, 1000)


@pytest.fixture
def ben(shop, program):
    return member(shop)


def member(shop, *amounts):
    """The id of a membership of somebody who bought."""
    buyer = factories.customer(shop)
    for amount in amounts:
        factories.purchase(shop, buyer, amount=amount)
    return buyer.memberships.get().public_id


def available(till, membership, **at):
    return till.get(f"memberships/{membership}", **at).json()["balance"]["available"]


def transfer(till, sender, receiver, points=4, **more):
    return till.post(f"memberships/{sender}/transfers", {"to": receiver, "points": points}, **more)


def join(till, membership, host):
    return till.post(f"memberships/{membership}/pool", {"with": host})


def test_transfer_answers_what_moved(till, ana, ben):
    response = transfer(till, ana, ben)

    body = response.json()
    assert response.status_code == 201
    assert body.pop("id").startswith("ent_")
    [lot] = body.pop("lots")
    assert (lot["points"], lot["available_at"]) == (4, "2026-03-10T12:00:00Z")
    assert body.pop("balance")["available"] == 6
    assert body == {"membership": ana, "to": ben, "points": 4}
    assert (available(till, ana), available(till, ben)) == (6, 4)


@pytest.mark.any_database
def test_transferred_lots_keep_their_expiry(till, ana, ben):
    transfer(till, ana, ben)

    [kept], [came] = (till.get(f"memberships/{one}/lots").json()["data"] for one in (ana, ben))

    assert came["expires_at"] == kept["expires_at"]
    assert came["purchase"] == kept["purchase"]


def test_entries_name_each_others_side(till, ana, ben):
    transfer(till, ana, ben)

    sent, earned = till.get(f"memberships/{ana}/entries").json()["data"]
    [came] = till.get(f"memberships/{ben}/entries").json()["data"]

    assert (sent["kind"], sent["points"], sent["origin"]) == ("transfer_out", -4, None)
    assert (came["kind"], came["points"], came["origin"]) == ("transfer_in", 4, sent["id"])
    assert (earned["kind"], len(earned["breakdown"]), came["breakdown"]) == ("earn", 1, [])
    assert sent["actor"] == came["actor"] == till.get("me").json()["key"]["id"]


def test_transfer_of_more_than_is_there_writes_nothing(till, ana, ben):
    before = snapshot()

    response = transfer(till, ana, ben, 11)

    assert refused(response) == (409, "insufficient_points")
    assert (response.json()["available"], response.json()["missing"]) == (10, 1)
    assert response.json()["staff_message"] == "There are not enough points: 10 can be used, and 11 are asked for."
    assert snapshot() == before


@pytest.mark.any_database
def test_transfer_from_a_deficit(till, shop, ben):
    buyer = factories.customer(shop)
    sold = factories.purchase(shop, buyer).draft
    mine = buyer.memberships.get().public_id
    transfer(till, mine, ben, 10)
    till.post(f"purchases/{sold.public_id}/void")

    assert refused(transfer(till, mine, ben, 1)) == (409, "deficit")
    assert (available(till, mine), available(till, ben)) == (-10, 10)
    assert_sound(shop)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("points", "status", "code"),
    [
        (0, 400, "min_value"),
        (-1, 400, "min_value"),
        ("4", 400, "invalid"),
        (4.0, 400, "invalid"),
        (10**10, 400, "max_value"),
    ],
)
def test_transfer_of_no_number_of_points(till, ana, ben, points, status, code):
    response = transfer(till, ana, ben, points)

    assert refused(response) == (status, code)
    assert places(response) == [("points", code)]


@pytest.mark.any_database
def test_transfer_to_nobody_oneself_or_elsewhere(till, shop, ana):
    factories.program(shop, name="Second")
    buyer = factories.customer(shop)
    elsewhere = buyer.memberships.get(program__name="Second").public_id

    assert refused(transfer(till, ana, "mem_nobody")) == (404, "not_found")
    assert refused(transfer(till, ana, ana)) == (400, "own_account")
    response = transfer(till, ana, elsewhere)
    assert refused(response) == (400, "other_program")
    assert places(response) == [("to", "other_program")]


def test_transfer_to_another_shop_does_not_exist(till, ana):
    rival = factories.merchant(slug="b", owner="charlie@b.test")
    factories.program(rival)

    assert refused(transfer(till, ana, member(rival))) == (404, "not_found")


def test_transfer_rehearsed_writes_nothing(till, ana, ben):
    before = snapshot()

    response = till.post(f"memberships/{ana}/transfers?dry_run=true", {"to": ben, "points": 4}, once=None)

    assert (response.status_code, response.json()["id"], response.json()["dry_run"]) == (200, None, True)
    assert response.json()["balance"]["available"] == 6
    assert snapshot() == before


def test_transfer_needs_a_key_and_happens_once(till, ana, ben):
    assert refused(transfer(till, ana, ben, once=None)) == (400, "idempotency_key_required")

    first, again = transfer(till, ana, ben, once="t1"), transfer(till, ana, ben, once="t1")

    assert first.content == again.content
    assert (again["Idempotent-Replayed"], available(till, ben)) == ("true", 4)


@pytest.mark.any_database
def test_pooled_memberships_see_the_same_balance(till, shop, ana):
    ben = member(shop, 500)

    response = join(till, ben, ana)

    assert response.status_code == 200
    assert response.json()["shared_with"] == [ana]
    seen = [till.get(f"memberships/{one}").json()["balance"] for one in (ana, ben)]
    assert seen[0] == seen[1] == response.json()["balance"]
    assert seen[0]["available"] == 15
    lots = till.get(f"memberships/{ana}/lots").json()["data"]
    assert [lot["points"] for lot in lots] == [10, 5]
    assert_sound(shop)


@pytest.mark.any_database
def test_purchase_of_a_pooled_member_says_what_it_earned(till, shop, ana):
    buyer = factories.customer(shop)
    join(till, buyer.memberships.get().public_id, ana)

    bought = till.post("purchases", {"customer": buyer.public_id, "amount": 300}).json()

    assert (bought["earned"][0]["points"], bought["balances"][0]["available"]) == (3, 13)
    assert bought["earned"][0]["expires_at"] is not None
    newest = till.get(f"memberships/{ana}/entries").json()["data"][0]
    assert (newest["purchase"], len(newest["breakdown"])) == (bought["id"], 1)


def test_leaving_takes_nothing_along(till, shop, ana):
    ben = member(shop, 500)
    join(till, ben, ana)

    response = till.delete(f"memberships/{ben}/pool")

    assert response.status_code == 200
    assert response.json()["shared_with"] == []
    assert (available(till, ana), available(till, ben)) == (15, 0)
    assert_sound(shop)


def test_what_cannot_be_pooled(till, shop, ana, ben):
    factories.program(shop, name="Second")
    cleo = factories.customer(shop)
    elsewhere = cleo.memberships.get(program__name="Second").public_id
    here = cleo.memberships.exclude(program__name="Second").get().public_id

    assert refused(till.delete(f"memberships/{ana}/pool")) == (409, "not_in_a_pool")
    assert refused(join(till, ana, ana)) == (400, "own_account")
    assert refused(join(till, ana, elsewhere)) == (400, "other_program")
    assert refused(join(till, ana, "mem_nobody")) == (404, "not_found")
    assert join(till, ana, ben).status_code == 200
    assert refused(join(till, ana, here)) == (409, "in_a_pool")
    assert refused(till.post(f"memberships/{ana}/pool", {"whith": ben})) == (400, "unknown_field")


@pytest.mark.any_database
def test_pooled_cards_are_not_deleted(till, shop, ana):
    buyer = factories.customer(shop)
    join(till, buyer.memberships.get().public_id, ana)
    till.delete(f"memberships/{buyer.memberships.get().public_id}/pool")

    assert refused(till.delete(f"customers/{buyer.public_id}")) == (409, "use_erase")


@pytest.mark.any_database
def test_points_that_last_while_somebody_buys(till, shop):
    policies = {"expiry": {"kind": "inactivity", "months": 2}}
    program = till.post(
        "programs", {"name": "Idle", "rules": [{"name": "r", "award": {"fixed": 5}}], "policies": policies}
    )
    till.post(f"programs/{program.json()['id']}/activate")
    buyer = factories.customer(shop)
    mine = buyer.memberships.get().public_id

    bought = till.post("purchases", {"customer": buyer.public_id, "amount": 300}).json()

    over = bought["earned"][0]["expires_at"]
    now = till.get(f"memberships/{mine}").json()["balance"]
    assert now["next_expiry"] == {"points": 5, "at": over}
    assert till.get(f"memberships/{mine}/lots").json()["data"][0]["expires_at"] == over
    assert till.get(f"memberships/{mine}", at=over).json()["balance"]["expired"] == 5
    shown = till.get(f"purchases/{bought['id']}").json()
    assert shown["earned"][0]["expires_at"] == over
    assert over > (timezone.now() + timedelta(days=58)).isoformat()


@pytest.mark.parametrize(
    ("policies", "place"),
    [
        ({"expiry": {"kind": "inactivity"}}, "policies.expiry"),
        ({"expiry": {"kind": "inactivity", "months": 0}}, "policies.expiry.months"),
        ({"expiry": {"kind": "inactivity", "months": 1}, "hold_days": 29}, "policies.hold_days"),
    ],
)
def test_idleness_that_cannot_be_promised(till, policies, place):
    response = till.post(
        "programs", {"name": "Idle", "rules": [{"name": "r", "award": {"fixed": 5}}], "policies": policies}
    )

    assert response.status_code == 400
    assert places(response)[0][0] == place
