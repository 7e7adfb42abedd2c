"""Purchases that never were."""

import pytest

from customers.merchants import shops
from customers.models import CustomerActivity
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, line, path_of, points, program_with, rule
from rewards import ledger
from rewards.models import Entry, Membership
from rewards.tests import factories as promises

pytestmark = pytest.mark.django_db
FIRST = rule({"fixed": 9}, "hello", when={"first_purchase": True})


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.fixture
def ana(shop):
    return factories.customer(shop, name="Ana")


@pytest.fixture
def ben(shop):
    return factories.customer(shop, name="Ben")


@pytest.mark.parametrize(
    ("what", "body", "statuses"),
    [("void", {}, [200, 403, 200]), ("reassign", None, [200, 403, 200]), ("refunds", {"amount": 100}, [201, 201, 201])],
)
def test_a_key_of_one_location_corrects_what_happened_there_and_gives_back_what_was_bought_anywhere(
    shop, ana, ben, what, body, statuses
):
    here, there = (shops.add_location(merchant=shop, name=name) for name in ("Here", "There"))
    till = api_client.api(shop, scope="counter", location=here)
    sold = [path_of(shop, ana, location_id=place and place.pk) for place in (here, there, None)]

    sent = {"customer": ben.public_id} if body is None else body
    answers = [till.post(f"{path}/{what}", sent) for path in sold]

    assert [answer.status_code for answer in answers] == statuses
    assert [refused(answer)[1] for answer in answers if answer.status_code == 403] == ["other_location"] * (
        statuses.count(403)
    )


@pytest.mark.any_database
def test_void_takes_all_points_back_and_answers_the_purchase(shop, till, ana):
    program = program_with(shop)
    path = path_of(shop, ana)

    response = till.post(f"{path}/void")

    reply = response.json()
    assert response.status_code == 200
    assert (reply["id"], reply["status"], reply["amount"]) == (path.removeprefix("purchases/"), "voided", 1000)
    assert {name: value for name, value in reply.items() if "points" in name or name.startswith("v")} == {
        "points_reversed": 10,
        "points_forgiven": 0,
        "points_expired": 0,
        "points_returned": 0,
        "points_extended": 0,
        "vouchers_returned": [],
    }
    assert reply["balances"] == [
        {
            "program": program.public_id,
            "membership": Membership.objects.get(customer=ana).public_id,
            "available": 0,
            "pending": 0,
        }
    ]
    assert not CustomerActivity.objects.exists()
    assert_sound(shop)


@pytest.mark.any_database
def test_a_second_void_is_the_same_answer(shop, till, ana):
    program_with(shop)
    path = path_of(shop, ana)
    first = till.post(f"{path}/void")

    again = till.post(f"{path}/void")

    assert (again.status_code, again.json()) == (200, first.json())
    assert Entry.objects.count() == 2


@pytest.mark.any_database
def test_void_of_a_purchase_partly_refunded_takes_the_rest(shop, till, ana):
    program_with(shop)
    path = path_of(shop, ana, lines=[line(600, quantity=2), line(400)])
    till.post(f"{path}/refunds", {"lines": [{"line": 1, "quantity": 1}]})

    assert till.post(f"{path}/void").json()["points_reversed"] == 7
    assert points(ana) == 0
    assert_sound(shop)


@pytest.mark.any_database
def test_void_under_clamp_forgives_what_was_spent(shop, till, ana):
    program = program_with(shop, policies={"clawback": "clamp"})
    path = path_of(shop, ana)
    ledger.post([promises.Till(promises.membership(ana, program)).posting(-7, kind="adjust")], at=AT)

    reply = till.post(f"{path}/void").json()

    assert (reply["points_reversed"], reply["points_forgiven"]) == (3, 7)
    assert_sound(shop)


def test_first_purchase_is_free_again_after_a_void(shop, till, ana):
    program_with(shop, FIRST)
    till.post(f"{path_of(shop, ana)}/void")

    path_of(shop, ana)

    assert points(ana) == 9


@pytest.mark.any_database
@pytest.mark.parametrize("scope", ["per_customer", "total"])
def test_the_uses_of_limits_are_given_back_by_a_void(shop, till, ana, scope):
    program_with(shop, rule({"fixed": 9}, limits={scope: {"times": 1}}))
    till.post(f"{path_of(shop, ana)}/void")

    path_of(shop, ana)

    assert points(ana) == 9
    assert_sound(shop)


@pytest.mark.any_database
def test_a_voided_purchase_is_in_no_figures(shop, ana):
    till = api_client.api(shop)
    path, stays = path_of(shop, ana), path_of(shop, None, amount=300)
    window = {"from": "2026-03-01", "to": "2026-03-31"}
    figures = [till.get("reports/overview", **window).json()]
    till.post(f"{path}/refunds", {"amount": 200})

    till.post(f"{path}/void")

    figures.append(till.get("reports/overview", **window).json())
    assert stays
    assert [one["purchases"] for one in figures] == [2, 1]
    assert [one["revenue"] for one in figures] == [1300, 300]
    assert till.get("reports/retention", **{"from": "2026-03", "to": "2026-03"}).json()["cohorts"] == []


def test_the_receipt_of_a_voided_purchase_stays_taken(shop, till, ana):
    body = {"customer": ana.public_id, "amount": 1000, "external_id": "r1"}
    first = till.post("purchases", body).json()
    till.post(f"purchases/{first['id']}/void")

    again = till.post("purchases", body)

    assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, first["id"], "voided")


@pytest.mark.any_database
def test_an_anonymous_sale_can_be_voided(shop, till):
    program_with(shop)

    reply = till.post(f"{path_of(shop, None)}/void").json()

    assert (reply["status"], reply["points_reversed"], reply["balances"]) == ("voided", 0, [])
    assert_sound(shop)


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
def test_void_needs_no_body(shop, till, ana, content_type):
    response = till.send("POST", f"{path_of(shop, ana)}/void", "", content_type=content_type)

    assert (response.status_code, response.json()["status"]) == (200, "voided")
