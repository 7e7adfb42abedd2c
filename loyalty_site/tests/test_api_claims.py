"""Rewards, vouchers and stored value claimed in a purchase, over the API."""

import pytest

from customers.models import Customer, Purchase
from loyalty_site.tests.api_client import places, refused, snapshot
from loyalty_site.tests.claims import DAY, Shop, cashback, percent
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
    assert shown == {name: bought[name] for name in shown}
    [spent] = Entry.objects.filter(kind="redeem")
    assert spent.purchase.public_id == bought["id"]
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_preview_says_the_same_and_writes_nothing(shop):
    shop.buy(20000)
    body = {"customer": shop.ana, "amount": 2000, "rewards": [shop.reward(cost=100, amount=500)]}
    before = snapshot()

    preview = shop.till.post("purchases/preview", body).json()

    assert snapshot() == before
    assert (preview["amount_due"], preview["discounts"][0]["amount"], preview["spent"][0]["points"]) == (1500, 500, 100)
    assert shop.ok("purchases", body)["amount_due"] == 1500


@pytest.mark.any_database
def test_points_of_the_same_purchase_pay_for_its_reward_to_the_point(shop):
    off, dear = shop.reward(cost=15, amount=500), shop.reward(cost=16, amount=500)
    body = {"customer": shop.ana, "amount": 2000}

    assert refused(shop.till.post("purchases", {**body, "rewards": [dear]})) == (409, "insufficient_points")
    assert shop.ok("purchases", {**body, "rewards": [off]})["balances"][0]["available"] == 0
    assert_sound(shop.merchant)


@pytest.mark.any_database
@pytest.mark.parametrize("policies", [{"redeem_same_purchase": False}, {"hold_days": 2}])
def test_points_of_the_same_purchase_do_not_pay_where_the_program_says_so(policies):
    shop = Shop(policies=policies)
    shop.buy(1500, occurred_at=DAY)
    off = shop.reward(cost=16, amount=500)
    before = snapshot()

    refusal = shop.till.post("purchases", {"customer": shop.ana, "amount": 5000, "rewards": [off]})

    assert refused(refusal) == (409, "insufficient_points")
    assert places(refusal) == [("rewards[0]", "insufficient_points")]
    assert snapshot() == before
    assert shop.buy(5000, rewards=[shop.reward(cost=15, amount=500)])["amount_due"] == 4500


@pytest.mark.any_database
def test_purchase_does_not_wake_points_that_were_over():
    policies = {"redeem_same_purchase": False, "expiry": {"kind": "inactivity", "months": 1}}
    shop = Shop(policies=policies)
    shop.buy(10000, occurred_at=DAY)
    body = {"customer": shop.ana, "amount": 9900, "rewards": [shop.reward(cost=99, amount=100)]}

    assert refused(shop.till.post("purchases", body)) == (409, "insufficient_points")
    shop.buy(9900)
    assert shop.ok("purchases", body)["amount_due"] == 9800
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_yen_have_no_cents():
    shop = Shop(currency="JPY")
    lines = [{"amount": 100}, {"amount": 100}, {"amount": 101}]

    bought = shop.buy(lines=lines, vouchers=[shop.voucher(percent(33))])

    assert (bought["amount_due"], [one["discount"] for one in bought["lines"]]) == (202, [33, 33, 33])


def test_claims_apply_in_the_order_of_the_contract_whatever_the_order_given(shop):
    shop.buy(20000)
    lines = [
        {"amount": 900, "quantity": "3", "category": "Coffee"},
        {"amount": 1100, "category": "cake"},
        {"amount": 100, "excluded": True},
    ]
    off, tenth, gift = shop.reward(amount=300), shop.voucher(percent(10)), shop.gift_card(5000)
    free, sent = shop.voucher(COFFEE), shop.voucher({"kind": "free_shipping"})

    bought = shop.buy(lines=lines, shipping=500, rewards=[off], vouchers=[gift, sent, tenth, free.lower()])

    assert bought["amount"] == 2600
    taken = {one["source"]: one["amount"] for one in bought["discounts"]}
    # 300 for the coffee, 230 of 2300, 300 of 2070, what is left of the shipping, and the card pays the rest.
    assert taken == {free: 300, tenth: 230, off: 300, sent: 385, gift: 1385}
    assert [one["source"] for one in bought["discounts"]] == [off, gift, sent, tenth, free]
    assert bought["amount_due"] == 0
    assert [(one["amount"], one["discount"]) for one in bought["lines"]] == [
        (900, 438),
        (1100, 254),
        (100, 23),
        (500, 500),
    ]
    assert Voucher.objects.get(code=gift).balance == 5000 - 1385
    assert_sound(shop.merchant)


@pytest.mark.any_database
@pytest.mark.parametrize(("base", "points"), [("after_discounts", 9), ("before_discounts", 10)])
def test_earning_base_counts_discounts_or_not_line_by_line(base, points):
    cakes = {"name": "cakes", "award": {"per_amount": {"points": 1, "every": 100}}, "when": {"categories": ["cake"]}}
    shop = Shop(rules=[cakes], policies={"earning_base": base})
    lines = [{"amount": 1000, "category": "cake"}, {"amount": 1000}]

    bought = shop.buy(lines=lines, vouchers=[shop.voucher(200)])

    assert bought["earned"][0]["points"] == points
    assert shop.refund(bought, lines=[{"line": 2, "quantity": "1"}])["points_reversed"] == 0
    assert shop.refund(bought, amount=450)["points_reversed"] == {9: 5, 10: 5}[points]
    assert_sound(shop.merchant)


def test_stored_value_lowers_neither_what_is_earned_nor_revenue(shop):
    gift = shop.gift_card(1500)

    bought = shop.buy(2000, vouchers=[gift])

    assert (bought["amount"], bought["amount_due"], bought["earned"][0]["points"]) == (2000, 500, 20)
    assert Purchase.objects.get().amount == 2000
    assert shop.person.activity.net_value == 2000


@pytest.mark.any_database
def test_cashback_pays_what_there_was_before_and_no_more():
    shop = Shop()
    back = cashback(shop)
    shop.buy(10000)  # 500 back
    body = {"customer": shop.ana, "amount": 2000}

    refusal = shop.till.post("purchases", {**body, "use_balance": {"program": back.public_id, "amount": 501}})
    bought = shop.ok("purchases", {**body, "use_balance": {"program": back.public_id, "amount": 500}})

    assert refused(refusal) == (409, "insufficient_points")
    assert bought["discounts"] == [{"source": "balance", "amount": 500}]
    assert (bought["amount"], bought["amount_due"]) == (2000, 1500)
    assert [one["points"] for one in bought["earned"]] == [20, 100]
    assert bought["balances"][1]["available"] == 100
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_what_finds_nothing_left_stays_unused(shop):
    shop.buy(20000)
    first, second = shop.voucher(500), shop.voucher(500)
    off, gift = shop.reward(amount=100), shop.gift_card(100)

    bought = shop.buy(400, rewards=[off], vouchers=[first, second, gift])

    assert bought["discounts"] == [{"source": off, "amount": 100}, {"source": first, "amount": 300}]
    assert bought["amount_due"] == 0
    assert [Voucher.objects.get(code=one).status for one in (first, second, gift)] == ["used", "open", "open"]


@pytest.mark.any_database
def test_what_is_no_discount_is_issued_or_used_with_the_purchase(shop):
    shop.buy(20000)
    tour, gift = {"kind": "experience", "text": "A tour"}, {"kind": "gift_card", "amount": 500}
    school = {"kind": "donation", "to": "School", "amount": 300}
    ids = [shop.reward(benefit=one) for one in (tour, gift, school)]

    bought = shop.buy(1000, rewards=ids)

    assert bought["amount_due"] == 1000
    assert [one["reward"] for one in bought["spent"]] == ids
    assert bought["discounts"] == [{"source": ids[2], "amount": 0}]
    assert [one["benefit"]["kind"] for one in bought["vouchers_issued"]] == ["experience", "gift_card"]
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_identified_customer_claims(shop):
    shop.buy(20000)
    who = {"card_code": shop.person.card_code}

    bought = shop.ok("purchases", {"identify": who, "amount": 1000, "rewards": [shop.reward(amount=400)]})

    assert (bought["customer"], bought["amount_due"]) == (shop.ana, 600)


@pytest.mark.any_database
def test_repeated_receipt_answers_the_first_and_claims_nothing_more(shop):
    shop.buy(20000)
    off = shop.reward(cost=100, amount=500, stock=5)

    first = shop.buy(2000, rewards=[off], external_id="r1")
    again = shop.till.post(
        "purchases", {"customer": shop.ana, "amount": 99, "rewards": [off, off], "external_id": "r1"}
    )

    assert (again.status_code, again.json()["id"], again.json()["discounts"]) == (200, first["id"], first["discounts"])
    assert Redemption.objects.count() == 1
    assert Reward.objects.get().stock == 4


def test_same_reward_is_claimed_twice(shop):
    shop.buy(20000)
    off = shop.reward(cost=100, amount=500)

    assert shop.buy(2000, rewards=[off, off])["amount_due"] == 1000
    assert_sound(shop.merchant)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ({"lines": [{"amount": 1000}], "shipping": 200}, [1000, 200]),
        ({"lines": [{"amount": 1000}], "shipping": 200, "amount": 1200}, [1000, 200]),
        ({"lines": [{"amount": 800}, {"amount": 200}], "shipping": 200, "amount": 1000}, [800, 200]),
        ({"lines": [{"amount": 200, "category": " Shipping"}, {"amount": 800}], "shipping": 200}, [200, 800]),
        ({"lines": [{"amount": 200, "category": "cake"}], "shipping": 200}, [200, 200]),
        ({"amount": 1000, "shipping": 200}, []),
    ],
)
def test_shipping_becomes_a_line_where_the_lines_do_not_hold_it(shop, body, lines):
    bought = shop.buy(**body)

    assert [one["amount"] for one in bought["lines"]] == lines
    assert (bought["shipping"], bought["amount"]) == (200, sum(lines) or 1000)


def test_next_reward_is_the_nearest_with_what_is_missing(shop):
    shop.reward(cost=5, amount=1)
    near = shop.reward(cost=23, amount=1)
    shop.reward(cost=90, amount=1)

    assert shop.buy(2000)["next_reward"] == {"reward": near, "missing": 3}


def test_row_of_a_batch_whose_claim_is_refused_leaves_no_card_behind(shop):
    row = {"amount": 1000, "identify": {"phone": "600 333 444"}}
    rows = [
        {**row, "external_id": "refused", "rewards": [shop.reward(cost=99, amount=100)]},
        {**row, "external_id": "strange", "identify": {"card_code": "nobodys"}, "vouchers": [shop.voucher(100)]},
    ]

    reply = shop.ok("purchases/batch", {"purchases": rows})

    assert [one["error"]["code"] for one in reply["results"]] == ["insufficient_points", "unknown_customer"]
    assert list(Customer.objects.values_list("name", flat=True)) == ["Ana"]


def test_row_of_a_batch_whose_claim_is_good_makes_the_card(shop):
    row = {"external_id": "good", "amount": 1000, "identify": {"phone": "600 333 444"}}

    reply = shop.ok("purchases/batch", {"purchases": [{**row, "vouchers": [shop.voucher(100)]}]})

    assert [(one["status"], one["points"]) for one in reply["results"]] == [("created", 9)]
    assert Customer.objects.get(phone="+34600333444").purchases.get().amount == 900


@pytest.mark.any_database
def test_each_row_of_a_batch_claims_in_its_place_and_a_bad_one_stops_none(shop):
    off, once = shop.reward(cost=20, amount=500), shop.voucher(100)
    rows = [
        {"external_id": "d", "amount": 1000, "rewards": [off], "occurred_at": "2026-03-11T12:00:00Z"},
        {"external_id": "a", "amount": 1500, "occurred_at": "2026-03-11T09:00:00Z"},
        {"external_id": "b", "amount": 1000, "rewards": [off], "occurred_at": "2026-03-11T10:00:00Z"},
        {"external_id": "c", "amount": 1000, "vouchers": [once], "occurred_at": "2026-03-11T11:00:00Z"},
        {"external_id": "e", "amount": 1000, "vouchers": [once], "occurred_at": "2026-03-11T13:00:00Z"},
    ]

    reply = shop.ok("purchases/batch", {"purchases": [{"customer": shop.ana, **row} for row in rows]})

    # 15, then 5 more and 20 spent, then 9, then 14 are not enough for 20.
    assert [(one["external_id"], one["status"], one["points"]) for one in reply["results"]] == [
        ("d", "error", 0),
        ("a", "created", 15),
        ("b", "created", 5),
        ("c", "created", 9),
        ("e", "error", 0),
    ]
    assert [one["error"]["code"] for one in reply["results"] if one["error"]] == ["insufficient_points", "voucher_used"]
    assert Purchase.objects.count() == 3
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_shipping_is_free_whichever_line_it_is(shop):
    lines = [{"amount": 200, "category": "shipping"}, {"amount": 800}]

    bought = shop.buy(lines=lines, shipping=200, vouchers=[shop.voucher({"kind": "free_shipping"})])

    assert [(one["amount"], one["discount"]) for one in bought["lines"]] == [(200, 200), (800, 0)]
