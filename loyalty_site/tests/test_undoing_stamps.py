"""An import that filled stamp cards is undone while none of their rewards is used."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.activities import ActivityDraft
from customers.models import Customer
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.files import send
from loyalty_site.tests.receipts import assert_sound, points
from loyalty_site.undoing import PointsSpent, undo_import
from rewards import vouchers
from rewards.models import Voucher

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)
RULES = [{"name": "Stamp", "trigger": "purchase", "award": {"fixed": 1}}]
STAMPS = {"size": 3, "reward": {"name": "Tea", "benefit": {"kind": "free_shipping"}}}
FOUR = "Customer,Receipt,Date,Amount\n" + "".join(f"C1,R{n},2026-01-0{n},5\n" for n in range(1, 5))


@pytest.fixture
def program(shop):
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return factories.program(shop, kind="stamps", rules=RULES, stamps=STAMPS, starts_at=start)


def test_cards_are_filled_by_a_file_as_at_the_till(shop, program):
    send(shop, FOUR)

    person = Customer.objects.get(external_id="C1")
    voucher = Voucher.objects.get(customer=person)
    assert (points(person), voucher.purchase.external_id) == (1, "R3")
    assert voucher.entry.occurred_at == voucher.purchase.occurred_at
    assert_sound(shop)


@pytest.mark.any_database
def test_people_of_the_file_are_removed_with_their_vouchers(shop, program):
    undo_import(imported=send(shop, FOUR), at=LATER)

    assert (Customer.objects.count(), Voucher.objects.count()) == (0, 0)
    assert_sound(shop)


@pytest.mark.any_database
def test_card_of_somebody_known_keeps_the_stamps_from_elsewhere(shop, program):
    person = factories.customer(shop, external_id="C1")
    factories.purchase(shop, person, at=datetime(2025, 12, 1, tzinfo=UTC))
    imported = send(shop, FOUR)
    assert (points(person), Voucher.objects.get().status) == (2, "open")

    undo_import(imported=imported, at=LATER)

    assert (points(person), Voucher.objects.get().status) == (1, "cancelled")
    assert_sound(shop)


def test_stamps_from_elsewhere_that_are_enough_fill_the_card_anew(shop, program):
    person = factories.customer(shop, external_id="C1")
    for day in (1, 2):
        factories.purchase(shop, person, at=datetime(2025, 12, day, tzinfo=UTC))
    imported = send(shop, FOUR)
    factories.purchase(shop, person, at=AT)

    undo_import(imported=imported, at=LATER)

    assert points(person) == 0
    assert list(Voucher.objects.order_by("pk").values_list("status", flat=True)) == ["cancelled", "cancelled", "open"]
    assert_sound(shop)


def test_used_voucher_keeps_the_file(shop, program):
    imported = send(shop, FOUR)
    vouchers.use(voucher=Voucher.objects.get(), at=AT)

    with pytest.raises(PointsSpent):
        undo_import(imported=imported, at=LATER)


def test_somebody_who_wrote_a_review_stays_without_the_file(shop, program):
    imported = send(shop, FOUR)
    person = Customer.objects.get(external_id="C1")
    draft = ActivityDraft(type="review", customer_id=person.pk, occurred_at=AT)
    flows.record_activity(merchant=shop, draft=draft, at=AT)

    undo_import(imported=imported, at=LATER)

    assert (list(Customer.objects.all()), points(person)) == ([person], 0)
    assert_sound(shop)
