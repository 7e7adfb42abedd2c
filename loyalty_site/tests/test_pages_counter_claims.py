"""Rewards, vouchers and cashback in a purchase at the counter: one tap chooses, the next records."""

import re

import pytest
from django.utils import translation

from customers.models import Purchase
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import assert_sound, line, points, program_with, rule
from rewards import catalog, vouchers
from rewards.models import Voucher
from rewards.vouchers import VoucherDraft

pytestmark = pytest.mark.django_db
RECEIPT = "till-0123456789abcdefghijkl"
HTMX = {"HX-Request": "true"}
OFF = {"kind": "amount_off", "amount": 500}
COFFEE = {"kind": "free_product", "category": "coffee"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def program(shop):
    return program_with(shop, rule(1))


@pytest.fixture
def ana(shop, program):
    """Somebody with 20 points."""
    found = factories.customer(shop, name="Ana")
    factories.purchase(shop, found, amount=2000)
    return found


def reward(program, **fields):
    return catalog.create(program=program, at=AT, **{"name": "Fiver", "cost": 15, "benefit": OFF, **fields})


def issued(shop, person=None, benefit=OFF):
    draft = VoucherDraft("Tea", benefit, customer_id=person and person.pk)
    vouchers.issue(merchant=shop, drafts=[draft], at=AT)
    return Voucher.objects.latest("pk")


def card(customer):
    return f"/m/a/counter/{customer.public_id}/"


def sent(**fields):
    return {"amount": "12.00", "receipt": RECEIPT, **fields}


def preview(client, customer, **fields):
    return " ".join(text(client.get(card(customer), sent(**fields), headers=HTMX)).replace("\xa0", " ").split())


@pytest.mark.any_database
def test_card_offers_what_can_be_had_now_and_says_why_not_the_rest(dora, program, ana):
    ready, later = reward(program), reward(program, name="Loaf", cost=25)

    page = dora.get(card(ana)).content.decode()

    assert re.findall(r'name="rewards" value="(\w+)"', page) == [ready.public_id]
    assert later.public_id not in page
    assert "Loaf 5 points short" in " ".join(text(dora.get(card(ana))).split())


@pytest.mark.any_database
def test_reward_that_is_tapped_is_previewed_recorded_and_said(dora, shop, program, ana):
    fiver = reward(program)

    said = preview(dora, ana, rewards=fiver.public_id)
    page = text(dora.post(card(ana), sent(rewards=fiver.public_id), follow=True)).replace("\xa0", " ")

    assert "To pay 7.00 € 12.00 € · Fiver −5.00 €" in said
    assert "Recorded 12.00 €" in page
    assert "To pay 7.00 €" in page
    assert (Purchase.objects.latest("pk").amount, points(ana)) == (700, 20 - 15 + 7)
    assert_sound(shop)


def test_free_product_asks_for_the_product_and_has_a_button_for_it(dora, shop, program, ana):
    free = reward(program, name="Coffee", benefit=COFFEE)

    without = preview(dora, ana, rewards=free.public_id)
    with_it = preview(
        dora, ana, rewards=free.public_id, **{"many-category-coffee": "1", "each-category-coffee": "2.50"}
    )

    assert "Nothing in this basket is what this gives for free." in without
    assert "To pay 9.50 € 12.00 € · Coffee −2.50 €" in with_it
    assert "1 × coffee 2.50 € · other 9.50 €" in with_it


def test_voucher_in_hand_is_tapped_and_one_of_nobody_is_typed(dora, shop, ana):
    mine, bearer = issued(shop, ana), issued(shop, benefit={"kind": "percent_off", "percent": 50})

    dora.post(card(ana), sent(vouchers=mine.code, voucher_code=f" {bearer.code.lower()} "))

    bought = Purchase.objects.latest("pk")
    assert (bought.amount, bought.discount) == (100, 1100)
    assert set(Voucher.objects.values_list("status", flat=True)) == {"used"}


def test_voucher_that_was_scanned_is_ticked(dora, shop, ana):
    mine = issued(shop, ana)

    page = dora.get(card(ana), {"voucher": mine.code}).content.decode()

    assert f'name="vouchers" value="{mine.code}" checked' in page


def test_free_product_of_a_voucher_has_a_button_for_who_holds_it(dora, shop, ana):
    issued(shop, ana, COFFEE)

    assert 'name="many-category-coffee"' in dora.get(card(ana)).content.decode()
    assert 'name="many-category-coffee"' not in dora.get(card(factories.customer(shop))).content.decode()


@pytest.mark.any_database
def test_what_does_not_suffice_is_refused_with_a_sentence_and_nothing_written(dora, shop, program, ana):
    loaf = reward(program, name="Loaf", cost=99)

    page = text(dora.post(card(ana), sent(rewards=loaf.public_id)))

    assert "points" in page
    assert (Purchase.objects.count(), points(ana)) == (1, 20)


@pytest.mark.any_database
def test_cashback_pays_as_much_as_is_typed(dora, shop):
    program = program_with(shop, rule({"per_amount": {"points": 10, "every": 100}}), name="Back", kind="cashback")
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=5000)

    page = " ".join(text(dora.get(card(ana))).replace("\xa0", " ").split())
    said = preview(dora, ana, **{f"balance-{program.public_id}": "3,50"})
    dora.post(card(ana), sent(**{f"balance-{program.public_id}": "3,50"}))

    assert "5.00 € in Back can pay." in page
    assert "To pay 8.50 € 12.00 € · Back −3.50 €" in said
    assert (Purchase.objects.latest("pk").prepaid, points(ana)) == (350, 500 - 350 + 120)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("4,00", "Pay with cashback: Only 3.00 € of the cashback can be used."),
        ("1.2.3", "Pay with cashback: This amount has two decimal marks."),
    ],
)
def test_cashback_that_is_not_there_or_no_amount_is_refused(dora, shop, typed, sentence):
    program = program_with(shop, rule({"per_amount": {"points": 10, "every": 100}}), name="Back", kind="cashback")
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=3000)

    page = text(dora.post(card(ana), sent(**{f"balance-{program.public_id}": typed}))).replace("\xa0", " ")

    assert Purchase.objects.count() == 1
    assert sentence in page


def test_preview_says_how_far_the_nearest_reward_is_then(dora, program, ana):
    reward(program, name="Free coffee", cost=35)

    assert "3 points short of Free coffee." in preview(dora, ana)


@pytest.mark.any_database
def test_undo_gives_back_what_was_used(dora, shop, program, ana):
    fiver, mine = reward(program), issued(shop, ana)
    dora.post(card(ana), sent(rewards=fiver.public_id, vouchers=mine.code))

    dora.post(f"/m/a/counter/undo/{Purchase.objects.latest('pk').public_id}/")

    mine.refresh_from_db()
    assert (points(ana), mine.status) == (20, "open")
    assert_sound(shop)


@pytest.mark.any_database
def test_receipt_says_what_the_purchase_brings(dora, shop, program, ana):
    gift = reward(program, name="Gift", benefit={"kind": "gift_card", "amount": 1000})

    page = text(dora.post(card(ana), sent(rewards=gift.public_id), follow=True))

    assert f"It brings: Gift {Voucher.objects.latest('pk').code}" in " ".join(page.split())


@pytest.mark.any_database
def test_undo_says_what_is_back_in_hand(dora, shop, program, ana):
    fiver, mine = reward(program), issued(shop, ana)
    dora.post(card(ana), sent(rewards=fiver.public_id, vouchers=mine.code))

    page = text(dora.post(f"/m/a/counter/undo/{Purchase.objects.latest('pk').public_id}/", follow=True))

    assert f"Back in hand: Fiver (15 points), Tea ({mine.code})." in page.replace("\xa0", " ")


@pytest.mark.any_database
def test_reward_is_redeemed_without_a_purchase_once(dora, shop, program, ana):
    gift = reward(program, name="Tour", benefit={"kind": "experience", "text": "See the oven"})
    asked = {"receipt": RECEIPT, "amount": "", "rewards": gift.public_id, "without": "1"}

    page = text(dora.post(card(ana), asked, follow=True))
    dora.post(card(ana), asked)

    assert "Redeemed: Tour." in page
    assert (Voucher.objects.get().name, points(ana), Purchase.objects.count()) == ("Tour", 20 - 15, 1)
    assert_sound(shop)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Tap the reward that the customer takes, then redeem it."),
        ({"rewards": "rwd_nothing"}, "The shop has this reward no longer."),
        ({"voucher_code": "ABC"}, "Cashback needs something to pay, and vouchers have a button of their own."),
    ],
)
def test_redeeming_without_a_purchase_says_what_is_missing(dora, program, ana, fields, sentence):
    reward(program)

    page = text(dora.post(card(ana), {"receipt": RECEIPT, "amount": "", "without": "1", **fields}))

    assert sentence in page
    assert points(ana) == 20


def test_reward_that_costs_too_much_is_not_redeemed_without_a_purchase(dora, program, ana):
    loaf, fiver = reward(program, name="Loaf", cost=9), reward(program)

    dora.post(
        card(ana), {"receipt": RECEIPT, "amount": "", "without": "1", "rewards": [loaf.public_id, fiver.public_id]}
    )

    assert (points(ana), Voucher.objects.count()) == (20, 0)


@pytest.mark.any_database
def test_free_product_that_is_missing_is_offered_and_added_without_a_script(dora, program, ana):
    free = reward(program, name="Coffee", benefit=COFFEE)
    basket = {"rewards": free.public_id, "each-category-coffee": "2.50"}

    asked = dora.get(card(ana), sent(**basket), headers=HTMX)
    page = dora.post(card(ana), sent(**basket, add="category-coffee")).content.decode()

    assert "Coffee gives coffee, which is not in the basket. Add coffee" in " ".join(text(asked).split())
    assert re.findall(r'name="many-category-coffee" [^>]*value="(\d*)"', page) == ["1"]
    assert f'name="rewards" value="{free.public_id}" checked' in page
    assert (Purchase.objects.count(), points(ana)) == (1, 20)


@pytest.mark.any_database
def test_looking_records_nothing(dora, ana):
    page = " ".join(text(dora.post(card(ana), sent(look="1"))).split())

    assert "New balance in Points: 32 points" in page
    assert Purchase.objects.count() == 1


@pytest.mark.any_database
def test_cashback_is_tapped_whole(dora, shop):
    program = program_with(shop, rule({"per_amount": {"points": 10, "every": 100}}), name="Back", kind="cashback")
    ana = factories.customer(shop)
    factories.purchase(shop, ana, amount=3000)
    page = dora.get(card(ana)).content.decode()
    [(name, whole)] = re.findall(r'type="checkbox" name="(balance-\w+)" value="([^"]+)"', page)

    dora.post(card(ana), sent(**{name: [whole, ""]}))
    part = dora.get(card(ana), sent(**{name: ["1,20", "1,00"], "receipt": f"till-{'y' * 22}"}), headers=HTMX)

    assert (name, whole) == (f"balance-{program.public_id}", "3,00")
    assert Purchase.objects.latest("pk").prepaid == 300
    assert "To pay 11.00 €" in text(part).replace("\xa0", " ")


def test_card_proposes_the_reward_that_suits_best_and_why(dora, shop, program, ana):
    reward(program, name="Fiver", cost=5)
    bun = reward(program, name="A bun", cost=5, benefit={"kind": "free_product", "sku": "bun"})
    factories.purchase(shop, ana, amount=100, lines=[line(100, sku="bun")])

    page = dora.get(card(ana))

    said = " ".join(text(page).split())
    assert "Suggestion A bun Bought bun on 1 of the last 2 visits. Enough points now." in said
    assert re.findall(r'name="rewards" value="(\w+)"', page.content.decode())[0] == bun.public_id


@pytest.mark.parametrize("number", [1, 12])
def test_preview_costs_the_same_for_few_and_for_many_and_suggests_nothing(
    dora, shop, program, ana, django_assert_num_queries, number
):
    for place in range(number):
        reward(program, name=f"R{place}", cost=90)

    with django_assert_num_queries(48) as asked:
        preview(dora, ana)

    assert not [one for one in asked.captured_queries if "rewards_redemption" in one["sql"]]


@pytest.mark.parametrize("number", [1, 12])
def test_card_with_rewards_costs_the_same_for_few_and_for_many(
    dora, shop, program, ana, django_assert_num_queries, number
):
    for place in range(number):
        reward(program, name=f"R{place}")
        issued(shop, ana)

    with django_assert_num_queries(24):
        dora.get(card(ana))
