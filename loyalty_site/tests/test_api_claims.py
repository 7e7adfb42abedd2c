"""Rewards, vouchers and stored value claimed in a purchase, over the API."""

import pytest

from customers.models import Purchase, PurchaseLine
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import api, refused, snapshot
from loyalty_site.tests.claims import Shop, cashback
from loyalty_site.tests.receipts import assert_sound
from rewards.models import Entry, Redemption, Reward, Voucher

pytestmark = pytest.mark.django_db
COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}


@pytest.fixture
def shop():
    return Shop()


def test_reward_is_claimed_with_the_points_there_were(shop):
    shop.buy(20000)
    off = shop.reward(cost=100, amount=500)

    bought = shop.buy(2000, rewards=[off])

    assert (bought["amount"], bought["amount_due"]) == (2000, 1500)
    assert bought["discounts"] == [{"source": off, "amount": 500}]
    assert bought["spent"] == [{"program": shop.program, "reward": off, "points": 100}]
    assert bought["earned"][0]["points"] == 15
    assert bought["balances"][0]["available"] == 200 - 100 + 15
    assert bought["vouchers_issued"] == []
    shown = shop.till.get(f"purchases/{bought['id']}").json()
    assert {name: shown[name] for name in shown} == {name: bought[name] for name in shown}
    [spent] = Entry.objects.filter(kind="redeem")
    assert spent.purchase.public_id == bought["id"]
    assert_sound(shop.merchant)
