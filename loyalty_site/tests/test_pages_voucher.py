"""One voucher on pages: found by its code, used with what has to be said, taken back, revoked, printed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text as seen
from rewards import vouchers
from rewards.models import Voucher, VoucherBatch, VoucherUse
from rewards.vouchers import Wanted

pytestmark = pytest.mark.django_db

TEA = {"kind": "amount_off", "amount": 200}
GIFT = {"kind": "gift_card", "amount": 1000}
RECEIPT = f"bat_{'0' * 26}"


def made(shop, **fields) -> VoucherBatch:
    wanted = Wanted(**{"benefit": TEA, "name": "Tea", **fields})
    return vouchers.make(merchant=shop, wanted=wanted, at=timezone.now(), actor=factories.place(shop).public_id)


def one(shop, **fields) -> Voucher:
    return made(shop, **fields).vouchers.first()


def page(client, name, *things, **asked):
    return client.get(reverse(name, args=["a", *(thing.public_id for thing in things)]), asked)


def words(response) -> str:
    return seen(response).replace("\xa0", " ")


def press(client, name, thing, **typed):
    return client.post(reverse(name, args=["a", thing.public_id]), typed, follow=True)


def test_list_finds_by_the_beginning_of_a_code_in_any_spelling(alice, shop):
    first, second = one(shop, prefix="MAY"), one(shop, prefix="JUNE", benefit=GIFT, name="Gift")

    everything = words(page(alice, "vouchers"))
    found = words(page(alice, "vouchers", code=f"{second.code[:4].lower()}-{second.code[4:9]}"))

    assert (first.code in everything, second.code in everything) == (True, True)
    assert (first.code in found, second.code in found) == (False, True)
    assert "10.00 € of 10.00 €" in found
    assert "No voucher matches" in words(page(alice, "vouchers", code="AUGUST"))


def test_list_is_filtered_by_state(alice, shop):
    waiting, open_one = one(shop, starts_at=timezone.now() + timedelta(1)), one(shop)
    revoked = vouchers.revoke(voucher=one(shop), at=timezone.now())

    def found(state):
        shown = words(page(alice, "vouchers", status=state))
        return [voucher.code in shown for voucher in (waiting, open_one, revoked)]

    assert (found("open"), found("revoked"), found("")) == ([True, True, False], [False, False, True], [True] * 3)
    assert "not valid yet" in words(page(alice, "vouchers", status="open"))
    assert "Select a valid choice" in words(page(alice, "vouchers", status="odd"))


def test_htmx_gets_the_rows_alone(alice, shop):
    part = alice.get(reverse("vouchers", args=["a"]), {"code": "X"}, headers={"HX-Request": "true"})

    assert "No voucher matches" in words(part)
    assert "<html" not in part.content.decode()


@pytest.mark.any_database
def test_gift_card_pays_what_is_typed(alice, shop):
    gift = one(shop, benefit=GIFT, name="Gift")

    assert "Say how much it pays." in words(press(alice, "voucher_use", gift))
    assert "There is less on this gift card." in words(press(alice, "voucher_use", gift, amount="10.01"))
    assert VoucherUse.objects.count() == 0
    shown = words(press(alice, "voucher_use", gift, amount="4"))

    assert "Gift has paid." in shown
    assert "Left: 6.00 € of 10.00 €." in shown
    assert "Gift can be used again." in words(press(alice, "voucher_reverse", gift))
    assert Voucher.objects.get().balance == 1000


def test_buttons_that_are_pressed_twice_count_once(alice, shop):
    gift = one(shop, benefit=GIFT, name="Gift")
    assert 'name="left" value="1000"' in page(alice, "voucher", gift).content.decode()

    for __ in range(2):
        again = press(alice, "voucher_use", gift, amount="4", left="1000")
    assert "This voucher has changed since you looked." in words(again)
    assert 'name="left" value="600"' in again.content.decode()
    press(alice, "voucher_use", gift, amount="1", left="600")
    for __ in range(2):
        again = press(alice, "voucher_reverse", gift, left="500")

    assert "This voucher has changed since you looked." in words(again)
    assert Voucher.objects.get().balance == 600


def test_limits_are_asked_for_and_said(alice, shop):
    ana = factories.customer(shop, name="Ana", phone="600111222")
    limited, large = one(shop, uses=3, per_customer=1), one(shop, min_amount=500)

    assert "Say who uses it." in words(press(alice, "voucher_use", limited))
    assert "Nobody, or more than one" in words(press(alice, "voucher_use", limited, who="nobody"))
    assert "Tea is used. Hand it over." in words(press(alice, "voucher_use", limited, who="600 111 222"))
    assert "as often as one may" in words(press(alice, "voucher_use", limited, who=ana.card_code.lower()))
    assert "holds for larger purchases only" in words(press(alice, "voucher_use", large, basket="4.99"))
    assert "Tea is used." in words(press(alice, "voucher_use", large, basket="5"))
    assert VoucherUse.objects.filter(customer=ana).count() == 1


def test_button_beside_a_voucher_that_asks_leads_to_its_page(alice, shop):
    ana = factories.customer(shop)
    gift = one(shop, benefit=GIFT, name="Gift", customer=ana)

    shown = page(alice, "customer", ana).content.decode()

    assert reverse("voucher", args=["a", gift.public_id]) in shown
    assert reverse("voucher_use", args=["a", gift.public_id]) not in shown
    assert "10.00 € of 10.00 € left" in shown.replace("\xa0", " ")


def test_voucher_is_revoked_after_a_question(alice, shop):
    voucher = one(shop)
    assert "Nobody can use it any more" in words(page(alice, "voucher_revoke", voucher))

    shown = words(press(alice, "voucher_revoke", voucher))

    assert "The voucher is revoked." in shown
    assert "Revoked today" in shown
    assert "Use it" not in shown
    assert "has revoked this voucher" in words(press(alice, "voucher_use", voucher))


def test_one_voucher_is_printed(alice, shop):
    voucher = one(shop)

    shown = page(alice, "voucher_print", voucher, size="letter").content.decode()

    assert 'class="paper letter slips of2"' in shown
    assert voucher.code in shown


@pytest.mark.parametrize("count", [1, 9])
def test_page_of_a_voucher_takes_the_same_queries(alice, shop, django_assert_num_queries, count):
    voucher = one(shop, uses=10)
    for __ in range(count):
        vouchers.use(voucher=voucher, customer=factories.customer(shop), at=timezone.now(), actor="key_1")

    with django_assert_num_queries(7):
        page(alice, "voucher", voucher)
