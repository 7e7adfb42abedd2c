"""Purchases that were somebody else's, or nobody's."""

from datetime import timedelta

import pytest
from django.db import connection

from customers.models import CustomerActivity
from customers.purchases import PurchaseDraft
from loyalty_site import flows
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused, snapshot
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, kept, line, path_of, points, program_with, rule
from rewards import ledger, pools, programs
from rewards.models import Entry, Judgement, Membership, RuleUse
from rewards.tests import factories as promises

pytestmark = pytest.mark.django_db
# Savepoints included; PostgreSQL has one for the lock_timeout more.
VOIDING = {"sqlite": 50, "postgresql": 51}  # three to free vouchers, one to say that the activity is gone
MOVING = {"sqlite": 62, "postgresql": 63}
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


def test_reassign_moves_the_purchase_and_its_points(shop, till, ana, ben):
    program = program_with(shop)
    path = path_of(shop, ana)

    response = till.post(f"{path}/reassign", {"customer": ben.public_id})

    reply = response.json()
    assert (response.status_code, reply["customer"], reply["points_reversed"]) == (200, ben.public_id, 10)
    assert [(one["program"], one["points"]) for one in reply["earned"]] == [(program.public_id, 10)]
    assert [one["available"] for one in reply["balances"]] == [10]
    assert (points(ana), points(ben)) == (0, 10)
    assert list(CustomerActivity.objects.values_list("customer", "purchases", "net_value")) == [(ben.pk, 1, 1000)]
    assert_sound(shop)


@pytest.mark.any_database
def test_reassign_to_whom_it_is_already_changes_nothing(shop, till, ana):
    program_with(shop)
    path = path_of(shop, ana)

    reply = till.post(f"{path}/reassign", {"customer": ana.public_id}).json()

    assert (reply["customer"], reply["points_reversed"], points(ana)) == (ana.public_id, 0, 10)
    assert Entry.objects.count() == 1


def test_reassign_there_and_back_ends_as_it_began(shop, till, ana, ben):
    program_with(shop, rule(1), rule({"fixed": 3}, "twice", limits={"per_customer": {"times": 2}}))
    path = path_of(shop, ana)

    for __ in range(2):
        till.post(f"{path}/reassign", {"customer": ben.public_id})
        till.post(f"{path}/reassign", {"customer": ana.public_id})

    assert (points(ana), points(ben)) == (13, 0)
    assert sorted(Judgement.objects.values_list("withdrawn", flat=True)) == [0, 1, 2, 3, 4]
    assert list(RuleUse.objects.values_list("membership__customer", "points")) == [(ana.pk, 3)]
    assert_sound(shop)


@pytest.mark.any_database
def test_an_anonymous_sale_may_be_claimed_by_reassign(shop, till, ana):
    program_with(shop, rule(1), FIRST)
    path = path_of(shop, None, lines=[line(1000)])

    reply = till.post(f"{path}/reassign", {"customer": ana.public_id}).json()

    assert (reply["customer"], reply["points_reversed"], points(ana)) == (ana.public_id, 0, 19)
    assert_sound(shop)


@pytest.mark.any_database
def test_the_new_customer_is_judged_under_the_same_version(shop, till, ana, ben):
    program = program_with(shop)
    path = path_of(shop, ana)
    programs.publish(program=program, rules=[rule(5)], at=AT + timedelta(days=1))

    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert points(ben) == 10


@pytest.mark.any_database
def test_the_new_customer_is_judged_with_facts_of_their_own(shop, till, ana, ben):
    program_with(shop, rule(1), FIRST, rule({"fixed": 4}, "once", limits={"per_customer": {"times": 1}}))
    path_of(shop, ben)
    path = path_of(shop, ana)
    assert (points(ana), points(ben)) == (23, 23)

    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert (points(ana), points(ben)) == (0, 33)
    assert_sound(shop)


def test_the_code_that_was_said_moves_along(shop, till, ana, ben):
    program_with(shop, rule({"fixed": 9}, when={"code": "ALOHA"}))
    path = path_of(shop, ana, code="aloha")

    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert (points(ana), points(ben)) == (0, 9)


@pytest.mark.any_database
def test_a_limit_over_all_customers_is_used_once_by_a_moved_purchase(shop, till, ana, ben):
    program_with(shop, rule({"fixed": 9}, limits={"total": {"times": 1}}))
    path = path_of(shop, ana)

    till.post(f"{path}/reassign", {"customer": ben.public_id})
    path_of(shop, ana)

    assert (points(ana), points(ben)) == (0, 9)
    assert_sound(shop)


@pytest.mark.any_database
def test_what_came_back_stays_back_for_the_new_customer(shop, till, ana, ben):
    program_with(shop, rule(1, when={"categories": ["cake"]}), rule({"per_item": 2}, "items"))
    path = path_of(shop, ana, lines=[line(600, "cake", 2), line(400)])
    till.post(f"{path}/refunds", {"lines": [{"line": 1, "quantity": 1}]})

    till.post(f"{path}/reassign", {"customer": ben.public_id})
    assert (points(ana), points(ben)) == (0, 7)

    till.post(f"{path}/refunds", {"lines": [{"line": 2, "quantity": 1}]})
    assert points(ben) == 5
    till.post(f"{path}/refunds", {"amount": 300})
    assert points(ben) == 0
    assert_sound(shop)


@pytest.mark.any_database
def test_a_moved_purchase_expires_as_if_it_had_been_theirs_from_the_first(shop, till, ana, ben):
    program_with(shop, policies={"expiry": {"kind": "days", "days": 30}, "hold_days": 2})
    path = path_of(shop, ana)
    [before] = till.get(path).json()["earned"]

    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert till.get(path).json()["earned"] == [before]


def test_every_entry_keeps_its_reason_after_a_move(shop, till, ana, ben):
    program_with(shop)
    path = path_of(shop, ana)
    till.post(f"{path}/reassign", {"customer": ben.public_id})

    for person, kinds in ((ana, ["reverse", "earn"]), (ben, ["earn"])):
        member = Membership.objects.get(customer=person).public_id
        entries = till.get(f"memberships/{member}/entries").json()["data"]

        assert [one["kind"] for one in entries] == kinds
        assert [one["points"] for one in entries[-1]["breakdown"]] == [10]


@pytest.mark.any_database
def test_a_member_of_nothing_takes_a_purchase_without_points(shop, till, ana):
    program_with(shop, auto_enrol=False)
    person = factories.customer(shop)
    path = path_of(shop, ana)

    reply = till.post(f"{path}/reassign", {"customer": person.public_id}).json()

    assert (reply["customer"], reply["earned"], kept(shop)) == (person.public_id, [], 0)


@pytest.mark.any_database
def test_a_purchase_moves_with_its_refunds_and_can_be_voided_after(shop, till, ana, ben):
    program_with(shop)
    path = path_of(shop, ana)
    till.post(f"{path}/refunds", {"amount": 250})
    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert till.post(f"{path}/void").json()["points_reversed"] == 7
    assert (points(ana), points(ben)) == (0, 0)
    assert_sound(shop)


@pytest.mark.any_database
def test_a_voided_purchase_is_not_moved(shop, till, ana, ben):
    path = path_of(shop, ana)
    till.post(f"{path}/void")
    before = snapshot()

    assert refused(till.post(f"{path}/reassign", {"customer": ben.public_id})) == (409, "purchase_voided")
    assert snapshot()["customers.Purchase"] == before["customers.Purchase"]


def test_a_purchase_moves_to_nobody_of_another_shop(shop, till, ana):
    stranger = factories.customer(factories.merchant(slug="b", owner="c@b.test"))
    path = path_of(shop, ana)
    before = snapshot()

    assert refused(till.post(f"{path}/reassign", {"customer": stranger.public_id})) == (404, "not_found")
    assert refused(till.post(f"{path}/reassign", {})) == (400, "required")
    assert refused(till.post(f"{path}/void", {"reason": "x"})) == (400, "unknown_field")
    assert snapshot() == before


@pytest.mark.any_database
@pytest.mark.parametrize("name", ["void", "reassign"])
def test_a_dry_run_writes_nothing(shop, till, ana, ben, name):
    program_with(shop, rule(1, limits={"per_customer": {"times": 1}}))
    path, body = f"{path_of(shop, ana)}/{name}", {"customer": ben.public_id} if name == "reassign" else {}
    before = snapshot()

    dry = till.post(f"{path}?dry_run=true", body, once=None).json()

    assert snapshot() == before
    assert dry == {**till.post(path, body).json(), "id": None, "dry_run": True}


@pytest.mark.parametrize("name", ["void", "reassign"])
def test_a_change_of_a_purchase_needs_a_key(shop, till, ana, name):
    body = {"customer": ana.public_id} if name == "reassign" else {}

    response = till.post(f"{path_of(shop, ana)}/{name}", body, once=None)

    assert refused(response) == (400, "idempotency_key_required")


@pytest.mark.parametrize(("lines", "programs_"), [(1, 1), (30, 1), (1, 5)])
@pytest.mark.parametrize(("name", "queries"), [("void", VOIDING), ("reassign", MOVING)])
def test_changing_a_purchase_takes_the_same_queries(
    shop, till, ana, ben, django_assert_num_queries, name, queries, lines, programs_
):
    for number in range(programs_):
        program_with(shop, name=f"P{number}")
    path = path_of(shop, ana, lines=[line(100)] * lines)

    with django_assert_num_queries(queries[connection.vendor]):
        response = till.post(f"{path}/{name}", {"customer": ben.public_id} if name == "reassign" else {})

    assert response.json()["points_reversed"] == lines * programs_


def test_a_purchase_recorded_twice_after_a_move_is_the_first(shop, till, ana, ben):
    draft = PurchaseDraft(amount=1000, occurred_at=AT, customer_id=ana.pk, external_id="r1")
    first = flows.record_purchases(merchant=shop, drafts=[draft], at=AT)[0].draft
    till.post(f"purchases/{first.public_id}/reassign", {"customer": ben.public_id})

    again = till.post("purchases", {"customer": ana.public_id, "amount": 1000, "external_id": "r1"})

    assert (again.status_code, again.json()["customer"]) == (200, ben.public_id)


@pytest.mark.any_database
def test_a_reassign_of_what_was_refunded_whole_moves_no_points(shop, till, ana, ben):
    program_with(shop, rule(1), FIRST)
    path = path_of(shop, ana)
    till.post(f"{path}/refunds", {"amount": 1000})

    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert (points(ana), points(ben)) == (0, 0)
    assert_sound(shop)


@pytest.mark.any_database
def test_a_move_and_its_way_back_leave_what_was_spent_owed_by_who_spent_it(shop, till, ana, ben):
    program = program_with(shop)
    path = path_of(shop, ana)
    ledger.post([promises.Till(promises.membership(ana, program)).posting(-7, kind="adjust")], at=AT)

    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert (points(ana), points(ben)) == (-7, 10)
    assert_sound(shop)


@pytest.mark.any_database
def test_a_purchase_that_comes_back_to_who_shares_an_account_meanwhile_is_kept_there(shop, till, ana, ben):
    program = program_with(shop)
    cleo = factories.customer(shop, name="Cleo")
    path = path_of(shop, cleo)
    till.post(f"{path}/reassign", {"customer": ben.public_id})
    pools.join(membership=promises.membership(cleo, program), host=promises.membership(ana, program), at=AT)

    till.post(f"{path}/reassign", {"customer": cleo.public_id})
    till.post(f"{path}/refunds", {"amount": 300})

    assert [points(one) for one in (ana, ben, cleo)] == [0, 0, 7]
    assert_sound(shop)


@pytest.mark.any_database
def test_an_anonymous_sale_that_came_back_in_part_is_claimed_for_its_rest(shop, till, ana):
    program_with(shop, rule(1, when={"categories": ["cake"]}))
    path = path_of(shop, None, lines=[line(600, "cake", 2), line(400)])
    till.post(f"{path}/refunds", {"lines": [{"line": 1, "quantity": 1}]})

    till.post(f"{path}/reassign", {"customer": ana.public_id})

    assert points(ana) == 3
    assert_sound(shop)
