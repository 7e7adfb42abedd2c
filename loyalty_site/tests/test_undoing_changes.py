"""Imports and cards taken back after purchases were voided, moved or given back."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from customers.models import Purchase
from customers.purchases import ReturnDraft
from loyalty_site import flows, imports, undoing
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, kept, path_of, points, program_with, rule
from rewards import ledger
from rewards.tests import factories as promises

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.fixture
def ana(shop):
    return factories.customer(shop, name="Ana")


@pytest.fixture
def ben(shop):
    return factories.customer(shop, name="Ben")


@pytest.mark.any_database
def test_an_import_undone_after_its_purchases_were_moved_and_voided_leaves_sound_books(shop, till, ana):
    program_with(shop, starts_at=AT - timedelta(days=30))
    file = ContentFile(
        b"receipt,date,email,amount\n1,2026-03-01,eva@a.test,10.00\n2,2026-03-02,eva@a.test,20.00\n"
        b"3,2026-03-03,fin@a.test,30.00\n",
        name="sales.csv",
    )
    sent = imports.create(merchant=shop, kind="purchases", content=file, filename="sales.csv", at=AT)
    done = imports.run(sent.pk, at=AT)
    first, second, third = (f"purchases/{one.public_id}" for one in Purchase.objects.order_by("pk"))
    fin = Purchase.objects.get(external_id="3").customer
    till.post(f"{first}/reassign", {"customer": ana.public_id})
    till.post(f"{second}/reassign", {"customer": fin.public_id})
    till.post(f"{third}/void")
    assert (points(ana), points(fin)) == (10, 20)

    undoing.undo_import(imported=done, at=AT + timedelta(days=1))

    assert kept(shop) == 0
    assert_sound(shop)


@pytest.mark.any_database
def test_an_undone_return_gives_no_points_back_of_a_purchase_that_was_voided_or_moved(shop, till, ana, ben):
    program_with(shop)
    voided, moved = (factories.purchase(shop, ana).draft for __ in range(2))
    file = ContentFile(b"receipt,date,email,amount\n9,2026-03-01,eva@a.test,10.00\n", name="sales.csv")
    sent = imports.create(merchant=shop, kind="purchases", content=file, filename="sales.csv", at=AT)
    done = imports.run(sent.pk, at=AT)
    for one in (voided, moved):
        back = ReturnDraft(amount=400, occurred_at=AT, purchase_id=one.pk, imported_id=done.pk)
        flows.record_returns(merchant=shop, drafts=[back], at=AT)
    till.post(f"purchases/{voided.public_id}/void")
    till.post(f"purchases/{moved.public_id}/reassign", {"customer": ben.public_id})

    undoing.undo_import(imported=done, at=AT + timedelta(days=1))

    assert points(ana) == 0
    assert_sound(shop)


@pytest.fixture
def returned(shop):
    """An import that is done, with a return of 4.00 of a purchase recorded under it."""

    def record(purchase, *, more=b""):
        file = ContentFile(b"receipt,date,email,amount\n9,2026-03-01,eva@a.test,10.00\n" + more, name="sales.csv")
        sent = imports.create(merchant=shop, kind="purchases", content=file, filename="sales.csv", at=AT)
        done = imports.run(sent.pk, at=AT)
        back = ReturnDraft(amount=400, occurred_at=AT, purchase_id=purchase.pk, imported_id=done.pk)
        flows.record_returns(merchant=shop, drafts=[back], at=AT)
        return done

    return record


@pytest.mark.any_database
@pytest.mark.parametrize("was_anonymous", [False, True])
def test_an_undone_return_gives_its_points_to_whom_the_purchase_was_moved(
    shop, till, ana, ben, returned, was_anonymous
):
    program_with(shop)
    sold = factories.purchase(shop, None if was_anonymous else ana).draft
    done = returned(sold)
    till.post(f"purchases/{sold.public_id}/reassign", {"customer": ben.public_id})
    assert points(ben) == 6

    undoing.undo_import(imported=done, at=AT + timedelta(days=1))

    assert (points(ana), points(ben)) == (0, 10)
    assert_sound(shop)


def test_an_undone_return_gives_points_once_to_who_has_the_purchase_again(shop, till, ana, ben, returned):
    program_with(shop)
    sold = factories.purchase(shop, ana).draft
    done = returned(sold)
    for person in (ben, ana):
        till.post(f"purchases/{sold.public_id}/reassign", {"customer": person.public_id})

    undoing.undo_import(imported=done, at=AT + timedelta(days=1))

    assert (points(ana), points(ben)) == (10, 0)
    assert_sound(shop)


@pytest.mark.any_database
def test_an_undone_return_gives_nothing_that_the_new_customer_never_lost(shop, till, ana, ben, returned):
    program = program_with(shop, policies={"clawback": "clamp"})
    sold = factories.purchase(shop, ana).draft
    done = returned(sold)
    till.post(f"purchases/{sold.public_id}/reassign", {"customer": ben.public_id})
    ledger.post([promises.Till(promises.membership(ben, program)).posting(-6, kind="adjust")], at=AT)

    undoing.undo_import(imported=done, at=AT + timedelta(days=1))

    assert points(ben) == 4
    assert_sound(shop)


@pytest.mark.any_database
@pytest.mark.parametrize(("what", "body"), [("void", {}), ("refunds", {"amount": 700}), ("reassign", None)])
def test_a_loose_return_that_drew_from_a_purchase_changed_at_the_till_is_undone_whole(shop, till, ben, what, body):
    program_with(shop, starts_at=AT - timedelta(days=30))
    eva = factories.customer(shop, name="Eva", email="eva@a.test")
    file = ContentFile(
        b"receipt,date,email,amount\n1,2026-03-01,eva@a.test,10.00\n2,2026-03-02,eva@a.test,-4.00\n", name="sales.csv"
    )
    sent = imports.create(merchant=shop, kind="purchases", content=file, filename="sales.csv", at=AT)
    done = imports.run(sent.pk, at=AT)
    path = f"purchases/{Purchase.objects.get(external_id='1').public_id}"
    assert till.post(f"{path}/{what}", {"customer": ben.public_id} if body is None else body).status_code < 300

    undoing.undo_import(imported=done, at=AT + timedelta(days=1))

    assert (points(eva), points(ben)) == (0, 0)
    assert ledger.balance(eva.memberships.get().account_id, at=AT + timedelta(days=1), now=AT).available == 0
    assert_sound(shop)


@pytest.mark.any_database
def test_a_card_that_lost_its_only_purchase_can_be_removed(shop, ana, ben):
    till = api_client.api(shop)
    program_with(shop, rule(1))
    path = path_of(shop, ana, amount=50)
    till.post(f"{path}/reassign", {"customer": ben.public_id})

    assert till.delete(f"customers/{ana.public_id}").status_code == 204
    assert refused(till.delete(f"customers/{ben.public_id}"))[1] == "use_erase"
    assert_sound(shop)


@pytest.mark.any_database
@pytest.mark.parametrize("more", [b"", b"2,2026-03-02,ana@a.test,50.00\n"])  # a lot of the same file to draw from
@pytest.mark.parametrize("what", [("refunds", {"amount": 8000}), ("void", {}), ("reassign", None)])
def test_a_deficit_that_an_import_repaid_is_owed_once_after_a_change(shop, till, ben, what, more):
    program = program_with(shop, starts_at=AT - timedelta(days=30))
    ana = factories.customer(shop, name="Ana", email="ana@a.test")
    ledger.post([promises.Till(promises.membership(ana, program)).posting(-40, kind="adjust")], at=AT)
    file = ContentFile(b"receipt,date,email,amount\n1,2026-03-01,ana@a.test,100.00\n" + more, name="sales.csv")
    sent = imports.create(merchant=shop, kind="purchases", content=file, filename="sales.csv", at=AT)
    done = imports.run(sent.pk, at=AT)
    name, body = what
    path = f"purchases/{Purchase.objects.get(external_id='1').public_id}"
    assert till.post(f"{path}/{name}", {"customer": ben.public_id} if body is None else body).status_code < 300

    undoing.undo_import(imported=done, at=AT + timedelta(days=300))

    assert (points(ana), points(ben)) == (-40, 0)
    assert_sound(shop)


@pytest.mark.any_database
def test_a_return_of_a_voided_purchase_is_rejected_and_the_rest_of_the_file_recorded(shop, till, ana):
    program_with(shop)
    sold = factories.purchase(shop, ana, external_id="1").draft
    till.post(f"purchases/{sold.public_id}/void")
    text = b"receipt,date,email,amount\n1,2026-03-11,ana@a.test,-5.00\n2,2026-03-09,eva@a.test,10.00\n"
    file = ContentFile(text, name="sales.csv")
    sent = imports.create(merchant=shop, kind="purchases", content=file, filename="sales.csv", at=AT)

    done = imports.run(sent.pk, at=AT + timedelta(days=2))

    assert (done.state, done.accepted, done.rejected) == ("done", 1, 1)
    assert_sound(shop)
