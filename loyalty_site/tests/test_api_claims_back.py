"""What comes back of rewards, vouchers and stored value with refunds and voids."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Purchase, Refund
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import refused, snapshot
from loyalty_site.tests.claims import Shop, cashback
from loyalty_site.tests.files import send
from loyalty_site.tests.receipts import assert_sound
from loyalty_site.undoing import ClaimsReturned, undo_import
from rewards import claims, vouchers
from rewards.models import Redemption, Reward, Voucher, VoucherUse

pytestmark = pytest.mark.django_db
COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}


@pytest.fixture
def shop():
    return Shop()


def back(reply: dict) -> tuple:
    return reply["points_returned"], reply["vouchers_returned"], reply["remaining_refundable"]


@pytest.mark.any_database
def test_points_come_back_pro_rata_rounded_down_and_vouchers_at_the_end(shop):
    shop.buy(20000)
    off, code = shop.reward(cost=101, amount=500, stock=3), shop.voucher(500)
    bought = shop.buy(2500, rewards=[off], vouchers=[code])

    first = shop.refund(bought, amount=500)
    second = shop.refund(bought, amount=500)

    assert (back(first), back(second)) == ((33, [], 1000), (34, [], 500))
    assert Reward.objects.get().stock == 2
    last = shop.refund(bought, amount=500)
    assert back(last) == (34, [code], 0)
    assert last["balances"][0]["available"] == 200
    assert Reward.objects.get().stock == 3
    assert Redemption.objects.get().status == "cancelled"
    assert sorted(Voucher.objects.values_list("status", flat=True)) == ["cancelled", "open"]
    assert shop.buy(1000, vouchers=[code])["amount_due"] == 500
    assert_sound(shop.merchant)


def test_refund_says_the_same_when_it_is_asked_again(shop):
    shop.buy(20000)
    bought = shop.buy(2000, rewards=[shop.reward(amount=500)], vouchers=[shop.voucher(300), shop.gift_card(200)])

    first = shop.refund(bought, amount=1200, external_id="back")
    again = shop.till.post(f"purchases/{bought['id']}/refunds", {"amount": 7, "external_id": "back"})

    assert (again.status_code, again.json()) == (200, first)


@pytest.mark.any_database
def test_line_is_worth_what_was_paid_for_it(shop):
    shop.buy(20000)
    off = shop.reward(cost=100, amount=500)
    bought = shop.buy(lines=[{"amount": 1000}, {"amount": 1500}], rewards=[off])

    refund = shop.refund(bought, lines=[{"line": 1, "quantity": "1"}])

    assert (refund["amount"], refund["points_returned"], refund["points_reversed"]) == (800, 40, 8)
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_stored_value_comes_back_in_the_proportion_in_which_it_paid():
    shop = Shop()
    program = cashback(shop)
    shop.buy(10000)  # 500 back
    gift = shop.gift_card(600)
    bought = shop.buy(2000, vouchers=[gift], use_balance={"program": program.public_id, "amount": 400})

    first = shop.refund(bought, amount=333)
    card = Voucher.objects.get(code=gift)

    # 333 of 2000: 99 of 600, 66 of 400, the rest in money.
    assert (first["prepaid"], card.balance, card.status, first["points_returned"]) == (165, 99, "open", 0)
    last = shop.refund(bought, amount=1667)
    assert last["prepaid"] == 1000 - 165
    assert last["vouchers_returned"] == [gift]
    assert Voucher.objects.get(code=gift).balance == 600
    assert [one["prepaid"] for one in shop.till.get(f"purchases/{bought['id']}/refunds").json()["data"]] == [835, 165]
    assert last["balances"][1]["available"] == 500
    assert_sound(shop.merchant)


def test_gift_card_that_has_expired_meanwhile_lasts_thirty_days(shop):
    gift = shop.gift_card(600)
    bought = shop.buy(1000, vouchers=[gift])
    Voucher.objects.update(expires_at=timezone.now() - timedelta(days=1))

    shop.refund(bought, amount=1000)

    card = Voucher.objects.get()
    assert (card.balance, vouchers.status(card, at=timezone.now())) == (600, "open")
    assert card.expires_at > timezone.now() + timedelta(days=29)


def test_points_that_return_to_an_expired_lot_stay_thirty_days_and_the_reply_says_so():
    shop = Shop(policies={"expiry": {"kind": "days", "days": 1}})
    shop.buy(10000)
    bought = shop.buy(2000, rewards=[shop.reward(cost=100, amount=500)])
    later = timezone.now() + timedelta(days=5)
    found = Purchase.objects.get(public_id=bought["id"])

    draft = flows.refund_purchase(merchant=shop.merchant, purchase_id=found.pk, amount=750, at=later)

    refund = Refund.objects.get(pk=draft.pk)
    outcome = claims.outcome_of_refund(Purchase.objects.get(pk=found.pk), draft.pk, refund.recorded_at)
    assert (outcome.points, outcome.extended) == (50, 50)
    assert outcome.extended_until > later + timedelta(days=29)


def test_void_gives_everything_back_once_and_says_so_again(shop):
    program = cashback(shop)
    shop.buy(20000)
    off, code, gift = shop.reward(cost=100, amount=500, stock=1), shop.voucher(500), shop.gift_card(300)
    bought = shop.buy(
        2000, rewards=[off], vouchers=[code, gift], use_balance={"program": program.public_id, "amount": 100}
    )
    shop.refund(bought, amount=250)

    first = shop.void(bought)

    assert first["points_returned"] == 75
    assert sorted(first["vouchers_returned"]) == sorted([code, gift])
    assert [one["available"] for one in first["balances"]] == [200, 1000]
    assert Voucher.objects.get(code=gift).balance == 300
    assert Reward.objects.get().stock == 1
    assert (first["status"], first["discounts"], first["amount_due"]) == ("voided", bought["discounts"], 600)
    assert shop.void(bought) == first
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_claimed_reward_comes_back_although_its_voucher_has_expired(shop):
    shop.buy(20000)
    bought = shop.buy(2000, rewards=[shop.reward(cost=100, amount=500)])
    Voucher.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert shop.void(bought)["points_returned"] == 100
    assert Voucher.objects.get().status == "cancelled"


@pytest.mark.any_database
def test_voucher_that_a_purchase_issued_is_cancelled_unless_it_was_used(shop):
    shop.buy(20000)
    gift = shop.reward(cost=50, benefit={"kind": "gift_card", "amount": 500})
    bought = shop.buy(1000, rewards=[gift, gift])
    used, unused = (one["code"] for one in bought["vouchers_issued"])
    shop.buy(300, vouchers=[used])

    half, whole = shop.refund(bought, amount=500), shop.refund(bought, amount=500)

    # What was issued has nothing to do with half of the purchase; what was used keeps its price.
    assert (half["points_returned"], whole["points_returned"], whole["vouchers_returned"]) == (0, 50, [])
    assert [Voucher.objects.get(code=one).status for one in (used, unused)] == ["open", "cancelled"]
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_points_spent_of_the_same_purchase_are_not_owed_when_it_is_refunded_whole():
    shop = Shop(policies={"clawback": "clamp"})
    bought = shop.buy(2000, rewards=[shop.reward(cost=15, amount=500)])

    refund = shop.refund(bought, amount=1500)

    assert (refund["points_returned"], refund["points_reversed"], refund["points_forgiven"]) == (15, 15, 0)
    assert refund["balances"][0]["available"] == 0


def test_purchase_that_cost_nothing_comes_back_by_lines(shop):
    shop.buy(20000)
    free, code = shop.reward(cost=90, benefit={**COFFEE, "quantity": 3}), shop.voucher(1000)
    lines = [{"amount": 900, "quantity": "3", "category": "coffee"}, {"amount": 100}]
    bought = shop.buy(lines=lines, rewards=[free], vouchers=[code])
    assert bought["amount_due"] == 0

    coffee = shop.refund(bought, lines=[{"line": 1, "quantity": "1"}])
    rest = shop.refund(bought, lines=[{"line": 1, "quantity": "2"}, {"line": 2, "quantity": "1"}])

    assert (coffee["amount"], coffee["points_returned"], coffee["vouchers_returned"]) == (0, 27, [])
    assert (rest["amount"], rest["points_returned"], rest["vouchers_returned"]) == (0, 63, [code])
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_purchase_with_claims_moves_to_nobody(shop):
    bought = shop.buy(2000, vouchers=[shop.voucher(100)])
    ben = factories.customer(shop.merchant)
    before = snapshot()

    refusal = shop.till.post(f"purchases/{bought['id']}/reassign", {"customer": ben.public_id})

    assert refused(refusal) == (409, "void_first")
    assert snapshot() == before
    assert shop.ok(f"purchases/{bought['id']}/reassign", {"customer": shop.ana})["customer"] == shop.ana


def test_voucher_that_was_noted_on_a_purchase_is_free_when_it_came_back_whole(shop):
    codes = [shop.voucher(100), shop.voucher(100)]
    for code, undo in zip(codes, ("refunds", "void"), strict=True):
        bought = shop.buy(1000)
        shop.ok(f"vouchers/{code}/use", {"purchase": bought["id"]})
        assert shop.till.get(f"purchases/{bought['id']}").json()["discounts"] == []

        reply = shop.ok(f"purchases/{bought['id']}/{undo}", {"amount": 1000} if undo == "refunds" else {})

        assert reply["vouchers_returned"] == [code]
    assert set(Voucher.objects.values_list("status", flat=True)) == {"open"}
    assert VoucherUse.objects.standing().count() == 0


@pytest.mark.any_database
def test_claimed_voucher_is_not_taken_back_alone(shop):
    code = shop.voucher(100)
    shop.buy(1000, vouchers=[code])

    assert refused(shop.till.post(f"vouchers/{code}/reverse")) == (409, "void_first")


@pytest.mark.any_database
def test_return_in_a_file_gives_back_what_was_claimed_and_is_not_undone(shop):
    shop.buy(20000)
    bought = shop.buy(2000, external_id="R1", rewards=[shop.reward(cost=100, amount=500)])
    day = timezone.now().date()

    back = send(shop.merchant, f"Customer,Receipt,Date,Amount\nC1,R1,{day},-7.50\n", at=timezone.now())

    assert Purchase.objects.get(public_id=bought["id"]).refunded == 750
    assert shop.refund(bought, amount=750)["points_returned"] == 50
    with pytest.raises(ClaimsReturned):
        undo_import(imported=back, at=timezone.now())
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_gift_card_that_was_noted_on_a_purchase_with_claims_comes_back_with_all_of_it_only(shop):
    code, noted = shop.voucher(500), shop.gift_card(400)
    bought = shop.buy(2500, vouchers=[code])
    shop.ok(f"vouchers/{noted}/use", {"purchase": bought["id"], "amount": 300})

    part = shop.refund(bought, amount=500)
    assert (part["prepaid"], part["vouchers_returned"], Voucher.objects.get(code=noted).balance) == (0, [], 100)
    assert_sound(shop.merchant)

    rest = shop.refund(bought, amount=1500)
    assert (rest["prepaid"], Voucher.objects.get(code=noted).balance) == (0, 400)
    assert sorted(rest["vouchers_returned"]) == sorted([code, noted])
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_reward_for_later_that_was_noted_on_its_own_purchase_is_cancelled_when_all_of_it_comes_back(shop):
    shop.buy(20000)
    bought = shop.buy(1000, rewards=[shop.reward(cost=100, benefit={"kind": "experience", "text": "A tour"})])
    [issued] = bought["vouchers_issued"]
    shop.ok(f"vouchers/{issued['code']}/use", {"purchase": bought["id"]})

    assert shop.refund(bought, amount=400)["points_returned"] == 0
    rest = shop.refund(bought, amount=600)

    assert (rest["points_returned"], rest["vouchers_returned"]) == (100, [])
    assert Voucher.objects.get().status == "cancelled"
    assert_sound(shop.merchant)


def test_codes_that_nobody_can_use_any_more_are_not_among_those_that_came_back(shop):
    codes = [shop.voucher(100), shop.voucher(100), shop.gift_card(200), shop.gift_card(200)]
    bought = shop.buy(1000, vouchers=codes)
    good, expired, revoked, used_up = codes
    Voucher.objects.filter(code=expired).update(expires_at=timezone.now())
    Voucher.objects.filter(code=revoked).update(status="revoked", ended_at=timezone.now())

    reply = shop.void(bought)

    assert reply["vouchers_returned"] == [good, used_up]
    assert Voucher.objects.get(code=revoked).balance == 200
    shop.ok(f"vouchers/{good}/revoke")
    assert shop.void(bought)["vouchers_returned"] == [good, used_up]
    assert_sound(shop.merchant)


@pytest.mark.any_database
def test_code_that_was_claimed_and_noted_came_back_once(shop):
    code = shop.voucher(100, uses_allowed=3, uses_left=3)
    bought = shop.buy(1000, vouchers=[code])
    shop.ok(f"vouchers/{code}/use", {"purchase": bought["id"]})

    assert shop.void(bought)["vouchers_returned"] == [code]
    assert Voucher.objects.get().uses_left == 3
