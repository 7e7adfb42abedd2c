"""Many tills that claim the same at the same moment: nothing is used twice, nothing is lost, nobody embraces."""

import pytest
from django.db import OperationalError

from customers.merchants.refusals import Refusal
from customers.models import Purchase
from customers.purchases import PurchaseDraft, Wishes
from loyalty_site import flows
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import together
from loyalty_site.tests.claims import Shop
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound
from rewards.models import Redemption, Reward, VoucherUse

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 6


@pytest.fixture
def shop():
    return Shop()


def sell(shop, buyer, **wishes) -> str:
    """Sell for 10.00 until the till is not busy: "done", or the code of the no."""
    while True:
        draft = PurchaseDraft(amount=1000, occurred_at=AT, customer_id=buyer.pk, wishes=Wishes(**wishes))
        try:
            flows.record_once(merchant=shop.merchant, drafts=[draft], at=AT)
        except Refusal as refusal:
            return refusal.code
        except OperationalError as error:
            if "deadlock" in str(error):
                raise
        else:
            return "done"


def test_one_of_many_tills_uses_a_voucher(shop):
    code, buyers = shop.voucher(100), [factories.customer(shop.merchant) for __ in range(TILLS)]

    said = together(TILLS, lambda number: sell(shop, buyers[number], vouchers=[code]))

    assert sorted(said) == ["done"] + ["voucher_used"] * (TILLS - 1)
    assert VoucherUse.objects.count() == Purchase.objects.count() == 1
    assert_sound(shop.merchant)


def test_rewards_and_vouchers_that_meet_crosswise_never_embrace(shop):
    buyers = [factories.customer(shop.merchant) for __ in range(TILLS)]
    for buyer in buyers:
        factories.purchase(shop.merchant, buyer, amount=10_000)
    rewards = [shop.reward(cost=10, amount=100, stock=2), shop.reward(cost=10, amount=50)]
    codes = [shop.voucher(10, uses_allowed=9, uses_left=9) for __ in range(2)]

    def claim(number):
        turn = slice(None, None, 1 if number % 2 else -1)
        return sell(shop, buyers[number], rewards=rewards[turn], vouchers=codes[turn])

    said = together(TILLS, claim)

    assert sorted(said) == ["done"] * 2 + ["out_of_stock"] * (TILLS - 2)
    assert sorted(Reward.objects.values_list("stock", flat=True), key=str) == [0, None]
    assert_sound(shop.merchant)


def test_the_same_receipt_from_many_tills_claims_once(shop):
    shop.buy(20_000)
    body = {"customer": shop.ana, "amount": 2000, "external_id": "r1", "rewards": [shop.reward(cost=100, amount=500)]}
    body["vouchers"], key = [shop.voucher(300)], api_client.new_key(shop.merchant)

    replies = together(TILLS, lambda __: api_client.Api(key).post("purchases", body))

    answered = [reply for reply in replies if reply.status_code != 409]
    assert sorted(reply.status_code for reply in answered) == [200] * (len(answered) - 1) + [201]
    assert {reply.json()["code"] for reply in replies if reply.status_code == 409} <= {"busy", "request_in_progress"}
    assert Redemption.objects.count() == 1
    assert_sound(shop.merchant)
