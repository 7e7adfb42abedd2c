"""What cannot be claimed in a purchase: refused whole, and which of the wishes it is said of."""

import pytest

from loyalty_site.tests import factories
from loyalty_site.tests.api_client import places, refused, snapshot
from loyalty_site.tests.claims import Shop
from loyalty_site.tests.receipts import assert_sound
from rewards.models import Reward, Voucher

pytestmark = pytest.mark.django_db
COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}


@pytest.fixture
def shop():
    return Shop()


def test_anonymous_sale_takes_a_bearers_voucher_and_nothing_that_needs_a_customer(shop):
    bought = shop.buy(1000, customer=None, vouchers=[shop.voucher(300)])

    assert bought["amount_due"] == 700
    for claim in ({"rewards": [shop.reward(amount=100)]}, {"use_balance": {"program": shop.program, "amount": 1}}):
        assert refused(shop.till.post("purchases", {"amount": 1000, **claim})) == (400, "customer_required")
    for fields, answer in (
        ({"per_customer": 1}, (400, "customer_required", "customer")),
        ({"customer": shop.person}, (409, "voucher_not_yours", "vouchers[1]")),
    ):
        codes = [shop.voucher(1), shop.voucher(300, **fields)]
        refusal = shop.till.post("purchases", {"amount": 1000, "vouchers": codes})
        assert (*refused(refusal), places(refusal)[0][0]) == answer


def test_voucher_of_a_customer_is_noted_on_nobodys_purchase_only_with_the_name(shop):
    code, bought = shop.voucher(300, customer=shop.person), shop.buy(1000, customer=None)
    body = {"purchase": bought["id"]}

    assert refused(shop.till.post(f"vouchers/{code}/use", body)) == (409, "voucher_not_yours")
    assert shop.ok(f"vouchers/{code}/use", {**body, "customer": shop.ana})["status"] == "used"


def test_place_of_a_voucher_is_the_one_in_the_body_although_a_code_named_twice_counts_once(shop):
    good, used = shop.voucher(300, uses_allowed=2, uses_left=2), shop.voucher(1, status="used", uses_left=0)
    body = {"customer": shop.ana, "amount": 1000}

    for last, code in ((used, "voucher_used"), ("NONE", "unknown_voucher")):
        refusal = shop.till.post("purchases", {**body, "vouchers": [good, f" {good.lower()}", last]})
        assert places(refusal) == [("vouchers[2]", code)]
    bought = shop.ok("purchases", {**body, "vouchers": [good, good]})
    assert (bought["amount_due"], bought["discounts"]) == (700, [{"source": good, "amount": 300}])


@pytest.mark.parametrize(
    ("claim", "answer", "place"),
    [
        (lambda shop: {"rewards": ["rwd_none"]}, (404, "not_found"), "rewards[0]"),
        (lambda shop: {"vouchers": ["NONE"]}, (404, "unknown_voucher"), "vouchers[0]"),
        (lambda shop: {"use_balance": {"program": "prg_none", "amount": 1}}, (404, "not_found"), "use_balance"),
        (lambda shop: {"use_balance": {"program": shop.program, "amount": 1}}, (400, "not_cashback"), "use_balance"),
        (lambda shop: {"rewards": [shop.reward(cost=999, amount=1)]}, (409, "insufficient_points"), "rewards[0]"),
        (lambda shop: {"rewards": [shop.reward(amount=1, stock=0)]}, (409, "out_of_stock"), "rewards[0]"),
        (lambda shop: {"rewards": [shop.reward(benefit=COFFEE)]}, (409, "not_applicable"), "rewards[0]"),
        (lambda shop: {"vouchers": [shop.voucher({"kind": "free_shipping"})]}, (409, "not_applicable"), "vouchers[0]"),
        (lambda shop: {"vouchers": [shop.voucher(1, min_amount=2001)]}, (409, "voucher_minimum"), "vouchers[0]"),
        (
            lambda shop: {"vouchers": [shop.voucher(1, customer=factories.customer(shop.merchant))]},
            (409, "voucher_not_yours"),
            "vouchers[0]",
        ),
        (
            lambda shop: {"vouchers": [shop.voucher(1), shop.voucher(1, status="used", uses_left=0)]},
            (409, "voucher_used"),
            "vouchers[1]",
        ),
        (lambda shop: {"rewards": [7, None]}, (400, "invalid"), "rewards[1]"),
        (lambda shop: {"shipping": 2001}, (400, "invalid_shipping"), "shipping"),
    ],
)
def test_what_does_not_suffice_refuses_the_whole_purchase(shop, claim, answer, place):
    shop.buy(5000)
    good = shop.reward(cost=1, amount=100)
    body = {"customer": shop.ana, "amount": 2000, **claim(shop)}
    body["rewards"] = [*body.get("rewards", []), good]
    before = snapshot()

    refusal = shop.till.post("purchases", body)

    assert refused(refusal) == answer or answer == (400, "invalid")
    assert [name for name, __ in places(refusal)] == [place]
    assert snapshot() == before


def test_reward_of_a_program_that_the_customer_is_not_in_is_refused(shop):
    other = factories.program(shop.merchant, name="Others", auto_enrol=False)
    dear = shop.reward(program=other, amount=100)

    assert refused(shop.till.post("purchases", {"customer": shop.ana, "amount": 1, "rewards": [dear]})) == (
        409,
        "not_eligible",
    )


def test_tier_counts_that_was_held_before_the_purchase():
    ladder = [{"name": "Regular", "threshold": 0}, {"name": "Friend", "threshold": 1000}]
    policy = {"basis": "spend", "window_months": 12, "downgrade": "after_window", "grace_days": 30}
    shop = Shop(tiers=ladder, tier_policy=policy)
    regular, friend = shop.reward(cost=5, amount=100), shop.reward(cost=5, amount=100)
    Reward.objects.filter(public_id=regular).update(tiers=["Regular"])
    Reward.objects.filter(public_id=friend).update(tiers=["Friend"])
    body = {"customer": shop.ana, "amount": 2000}

    assert refused(shop.till.post("purchases", {**body, "rewards": [friend]})) == (409, "not_eligible")
    bought = shop.ok("purchases", {**body, "rewards": [regular]})
    assert (bought["amount_due"], bought["tier_changes"][0]["to"]) == (1900, "Friend")
    assert refused(shop.till.post("purchases", {**body, "rewards": [regular]})) == (409, "not_eligible")
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_voucher_of_a_card_that_a_void_empties_is_cancelled_and_not_said_to_come_back():
    each = {"name": "Cup", "trigger": "purchase", "award": {"fixed": 1}}
    free = {"kind": "amount_off", "amount": 100}
    shop = Shop(kind="stamps", rules=[each], stamps={"size": 2, "reward": {"name": "Cup", "benefit": free}})
    first, second = shop.buy(500), shop.buy(500)
    [issued] = second["vouchers_issued"]
    third = shop.buy(500, vouchers=[issued["code"]])
    shop.void(first)

    reply = shop.void(third)

    voucher = Voucher.objects.get()
    assert (reply["vouchers_returned"], voucher.status) == ([], "cancelled")
    assert voucher.ended_at is not None
    assert_sound(shop.merchant)
