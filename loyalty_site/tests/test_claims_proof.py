"""Damage is planted behind the verbs' backs, and `reconcile` finds it."""

import pytest
from django.db.models import F

from customers.models import Purchase, PurchaseLine, Refund
from loyalty_site.tests.claims import Shop, cashback, percent
from rewards import claims
from rewards.models import VoucherUse

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    """Two lines for 20.00: a tenth off, 3.00 of a gift card, 1.00 of cashback, a reward and a gift card for points."""
    shop = Shop()
    program = cashback(shop)
    shop.buy(20000)
    shop.bought = shop.buy(
        lines=[{"amount": 1500}, {"amount": 500}],
        rewards=[shop.reward(amount=100), shop.reward(benefit={"kind": "gift_card", "amount": 50})],
        vouchers=[shop.voucher(percent(10)), shop.gift_card(300)],
        use_balance={"program": program.public_id, "amount": 100},
    )
    shop.key = Purchase.objects.get(public_id=shop.bought["id"]).pk
    return shop


def found(shop) -> list[str]:
    return list(claims.differences(shop.merchant))


def test_sound_claims_have_no_difference(shop):
    assert found(shop) == []
    shop.refund(shop.bought, amount=500)
    assert found(shop) == []
    shop.void(shop.bought)
    assert found(shop) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda key: PurchaseLine.objects.filter(purchase=key, number=1).update(discount=1),
            ["its lines add up to 76"],
        ),
        (
            lambda key: Purchase.objects.filter(pk=key).update(discount=301),
            ["its lines add up to 300", "its claims took off 300"],
        ),
        (
            lambda key: VoucherUse.objects.filter(purchase=key, voucher__balance=None, number=3).update(amount=201),
            ["its claims took off 301"],
        ),
        (lambda key: Purchase.objects.filter(pk=key).update(prepaid=399), ["its claims paid 400"]),
        (lambda key: Purchase.objects.filter(pk=key).update(claims=4), ["4 claims, but 5 are on record"]),
    ],
)
def test_planted_damage_is_found(shop, damage, said):
    damage(shop.key)

    differences = found(shop)

    assert len(differences) == len(said)
    assert [sentence for sentence, part in zip(differences, said, strict=True) if part not in sentence] == []


def test_refund_that_says_more_than_arrived_is_found(shop):
    shop.refund(shop.bought, amount=500)
    Refund.objects.update(prepaid=F("prepaid") + 1)

    [sentence] = found(shop)

    assert sentence.endswith("its refunds gave 118 to stored value, but 117 arrived there")
