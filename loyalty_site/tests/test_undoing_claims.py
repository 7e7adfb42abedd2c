"""Undoing imports whose customers took rewards, or in whose purchases vouchers were noted."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Customer, Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.files import send
from loyalty_site.tests.receipts import assert_sound
from loyalty_site.undoing import undo_import
from rewards import catalog, redemption, vouchers
from rewards.models import Membership, Program, Voucher
from rewards.vouchers import Wanted

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)
TWO = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,100\n,R2,2026-01-06,50\n"
OFF = {"kind": "amount_off", "amount": 100}


@pytest.fixture
def shop():
    shop = factories.merchant()
    factories.program(shop, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return shop


def test_customer_of_the_file_for_whom_a_reward_was_set_aside_keeps_the_card(shop):
    imported = send(shop, TWO, anonymous="accept")
    reward = catalog.create(program=Program.objects.get(), at=AT, name="Off", cost=50, benefit=OFF)
    redemption.redeem(membership=Membership.objects.get(), reward=reward, at=AT, capture=False)

    undo_import(imported=imported, at=LATER)

    assert Customer.objects.get().external_id == "C1"
    assert_sound(shop)


def test_voucher_noted_on_a_purchase_of_the_file_is_free_again(shop):
    imported = send(shop, TWO, anonymous="accept")
    batch = vouchers.make(merchant=shop, wanted=Wanted(benefit=OFF, name="Off", count=2), at=AT)
    for one, receipt in zip(batch.vouchers.order_by("pk"), ("R1", "R2"), strict=True):
        vouchers.use(voucher=one, at=AT, purchase=Purchase.objects.get(external_id=receipt))

    undo_import(imported=imported, at=LATER)

    assert set(Voucher.objects.values_list("status", flat=True)) == {"open"}
    assert_sound(shop)
