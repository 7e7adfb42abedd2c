"""Stamp cards: filled by purchases, redeemed by themselves, and taken back by what comes back."""

from datetime import timedelta

import pytest

from customers.models import Purchase
from customers.purchases import PurchaseDraft
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.api_client import api
from loyalty_site.tests.receipts import assert_sound
from rewards import expiry, vouchers
from rewards.models import Entry, Membership, Voucher

pytestmark = pytest.mark.django_db

AT = factories.AT
COFFEE = {"kind": "free_product", "category": "coffee", "quantity": 1}
RULES = [{"name": "Stamp", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}}]


def card(size=3):
    return {"size": size, "reward": {"name": "A coffee", "benefit": COFFEE}}


@pytest.fixture
def program(shop):
    return factories.program(shop, name="Card", kind="stamps", rules=RULES, stamps=card())


@pytest.fixture
def buyer(shop, program):
    return factories.customer(shop)


def buys(shop, buyer, stamps, *, at=AT) -> Purchase:
    return Purchase.objects.get(pk=factories.purchase(shop, buyer, amount=stamps * 100, at=at).draft.pk)


def moves(buyer):
    return list(Entry.objects.filter(membership__customer=buyer).order_by("pk").values_list("kind", "points"))


def statuses(buyer):
    return list(Voucher.objects.filter(customer=buyer).order_by("pk").values_list("status", flat=True))


def balance(buyer) -> int:
    return sum(points for __, points in moves(buyer))


def gives_back(shop, bought, stamps, *, at=AT):
    return flows.refund_purchase(merchant=shop, purchase_id=bought.pk, amount=stamps * 100, at=at)


@pytest.mark.any_database
def test_full_card_redeems_itself_and_issues_its_reward(shop, buyer):
    buys(shop, buyer, 2)
    assert (moves(buyer), statuses(buyer)) == ([("earn", 2)], [])

    last = buys(shop, buyer, 2)

    assert moves(buyer) == [("earn", 2), ("earn", 2), ("redeem", -3)]
    voucher = Voucher.objects.get()
    assert (voucher.benefit, voucher.name, voucher.customer, voucher.purchase) == (COFFEE, "A coffee", buyer, last)
    assert (voucher.status, voucher.uses_left, voucher.entry.points) == ("open", 1, -3)
    assert_sound(shop)


def test_several_cards_fill_at_once_and_the_rest_starts_the_next(shop, buyer):
    buys(shop, buyer, 7)

    assert moves(buyer) == [("earn", 7), ("redeem", -3), ("redeem", -3)]
    assert statuses(buyer) == ["open", "open"]
    assert len(set(Voucher.objects.values_list("code", flat=True))) == 2


def test_oldest_stamps_fill_the_card_first(shop, buyer):
    first, second = buys(shop, buyer, 2), buys(shop, buyer, 2)

    drawn = Entry.objects.get(kind="redeem").uses.order_by("pk").values_list("lot__purchase", "points")
    assert list(drawn) == [(first.pk, 2), (second.pk, 1)]


def test_refund_that_needs_no_stamp_of_a_card_leaves_the_voucher(shop, buyer):
    bought = buys(shop, buyer, 4)

    gives_back(shop, bought, 1)

    assert (statuses(buyer), balance(buyer)) == (["open"], 0)


@pytest.mark.any_database
def test_refund_that_needs_stamps_cancels_the_youngest_unused_voucher(shop, buyer):
    bought = buys(shop, buyer, 7)

    gives_back(shop, bought, 2)

    assert moves(buyer)[3:] == [("return", 3), ("reverse", -2)]
    assert (statuses(buyer), balance(buyer)) == (["open", "cancelled"], 2)
    assert_sound(shop)


@pytest.mark.any_database
def test_refund_of_a_used_card_follows_the_clawback(shop, buyer):
    bought = buys(shop, buyer, 3)
    vouchers.use(voucher=Voucher.objects.get(), at=AT)

    gives_back(shop, bought, 2)

    assert (statuses(buyer), balance(buyer)) == (["used"], -2)
    assert_sound(shop)


def test_refund_of_a_used_card_is_forgiven_under_clamp(shop):
    factories.program(shop, name="C", kind="stamps", rules=RULES, stamps=card(), policies={"clawback": "clamp"})
    buyer = factories.customer(shop)
    bought = buys(shop, buyer, 3)
    vouchers.use(voucher=Voucher.objects.get(), at=AT)

    gives_back(shop, bought, 2)

    assert (balance(buyer), Entry.objects.get(kind="reverse").forgiven) == (0, 2)


@pytest.mark.any_database
def test_deficit_is_repaid_before_the_next_card_fills(shop, buyer):
    bought = buys(shop, buyer, 3)
    vouchers.use(voucher=Voucher.objects.get(), at=AT)
    gives_back(shop, bought, 2)

    buys(shop, buyer, 4)
    assert (statuses(buyer), balance(buyer)) == (["used"], 2)
    buys(shop, buyer, 1)

    assert (statuses(buyer), balance(buyer)) == (["used", "open"], 0)
    assert_sound(shop)


@pytest.mark.any_database
def test_void_takes_the_card_back(shop, buyer):
    bought = buys(shop, buyer, 4)

    flows.void_purchase(merchant=shop, purchase_id=bought.pk, at=AT)

    assert (statuses(buyer), balance(buyer)) == (["cancelled"], 0)
    assert_sound(shop)


@pytest.mark.any_database
def test_moved_purchase_fills_the_other_card(shop, buyer):
    other, bought = factories.customer(shop), buys(shop, buyer, 3)

    flows.reassign_purchase(merchant=shop, purchase_id=bought.pk, customer_id=other.pk, at=AT)

    assert (statuses(buyer), balance(buyer)) == (["cancelled"], 0)
    assert (statuses(other), balance(other)) == (["open"], 0)
    assert_sound(shop)


def test_late_purchase_fills_the_card_when_its_last_stamp_arrived(shop):
    factories.program(shop, name="C", kind="stamps", rules=RULES, stamps=card(), starts_at=AT - timedelta(days=9))
    buyer = factories.customer(shop)
    buys(shop, buyer, 2)

    buys(shop, buyer, 1, at=AT - timedelta(days=1))

    assert (statuses(buyer), balance(buyer)) == (["open"], 0)
    assert Entry.objects.get(kind="redeem").occurred_at == AT


def test_expired_stamps_fill_no_card(shop):
    policies = {"expiry": {"kind": "days", "days": 5}}
    factories.program(shop, name="C", kind="stamps", rules=RULES, stamps=card(), policies=policies)
    buyer = factories.customer(shop)
    buys(shop, buyer, 2)

    buys(shop, buyer, 1, at=AT + timedelta(days=6))

    assert statuses(buyer) == []


def test_stamps_that_come_back_after_their_time_stay_for_thirty_days(shop):
    policies = {"expiry": {"kind": "days", "days": 5}}
    factories.program(shop, name="C", kind="stamps", rules=RULES, stamps=card(), policies=policies)
    buyer, late = factories.customer(shop), AT + timedelta(days=4)
    buys(shop, buyer, 2)
    bought = buys(shop, buyer, 1, at=late)

    back = AT + timedelta(days=7)
    gives_back(shop, bought, 1, at=back)

    entry = Entry.objects.get(kind="return")
    late = list(entry.lots.values_list("points", "expires_at"))
    assert (entry.points, late) == (3, [(2, expiry.midnight(back.date() + timedelta(days=31), "Europe/Madrid"))])
    assert (statuses(buyer), balance(buyer)) == (["cancelled"], 2)
    assert_sound(shop)


@pytest.mark.any_database
@pytest.mark.parametrize("count", [1, 30])
def test_batch_of_purchases_takes_the_same_statements(shop, program, django_assert_num_queries, count):
    people = [factories.customer(shop) for __ in range(count)]
    drafts = [PurchaseDraft(amount=400, occurred_at=AT, customer_id=person.pk) for person in people]

    with django_assert_num_queries(30):
        flows.record_purchases(merchant=shop, drafts=drafts, at=AT)

    assert Voucher.objects.count() == count


def test_batch_of_one_customer_fills_card_after_card(shop, buyer):
    drafts = [PurchaseDraft(amount=100, occurred_at=AT + timedelta(minutes=n), customer_id=buyer.pk) for n in range(8)]

    flows.record_purchases(merchant=shop, drafts=drafts, at=AT + timedelta(hours=1))

    assert (statuses(buyer), balance(buyer)) == (["open", "open"], 2)
    assert [voucher.purchase_id for voucher in Voucher.objects.order_by("pk")] == [drafts[2].pk, drafts[5].pk]


@pytest.mark.any_database
@pytest.mark.parametrize("way", ["transfers", "pool", "adjustments"])
def test_stamps_that_come_from_elsewhere_fill_the_card_too(shop, program, buyer, way):
    friend = factories.customer(shop)
    buys(shop, buyer, 2)
    buys(shop, friend, 2)
    theirs, mine = (Membership.objects.get(customer=one).public_id for one in (friend, buyer))
    path, body = {
        "transfers": (f"memberships/{theirs}/transfers", {"to": mine, "points": 2}),
        "pool": (f"memberships/{mine}/pool", {"with": theirs}),
        "adjustments": (f"memberships/{mine}/adjustments", {"points": 2, "reason": "Forgotten"}),
    }[way]

    assert api(shop).post(path, body).status_code in (200, 201)

    assert (statuses(buyer), moves(buyer)[-1]) == (["open"], ("redeem", -3))
    assert_sound(shop)


@pytest.mark.any_database
def test_a_purchase_that_moves_answers_with_no_voucher_of_who_had_it(shop, buyer):
    friend = factories.customer(shop)
    last, bought = buys(shop, buyer, 2), buys(shop, buyer, 1)
    vouchers.use(voucher=Voucher.objects.get(), at=AT)

    reply = api(shop).post(f"purchases/{bought.public_id}/reassign", {"customer": friend.public_id}).json()
    mine = api(shop).post(f"purchases/{last.public_id}/reassign", {"customer": friend.public_id}).json()

    assert (reply["vouchers_issued"], [one["completed"] for one in reply["stamps"]]) == ([], [0])
    assert [voucher["customer"] for voucher in mine["vouchers_issued"]] == [friend.public_id]


@pytest.mark.any_database
def test_only_the_rest_of_a_purchase_that_moves_fills_a_card(shop, buyer):
    bought, friend = buys(shop, buyer, 4), factories.customer(shop)
    gives_back(shop, bought, 2)

    flows.reassign_purchase(merchant=shop, purchase_id=bought.pk, customer_id=friend.pk, at=AT)

    assert (moves(friend), statuses(friend)) == ([("earn", 4), ("reverse", -2)], [])
    assert_sound(shop)
