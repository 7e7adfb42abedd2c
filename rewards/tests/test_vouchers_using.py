"""Using vouchers: by whom, when, how often, in which purchase; and giving uses back."""

from datetime import timedelta

import pytest

from customers.merchants.refusals import Refusal
from customers.models import Purchase
from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import vouchers
from rewards.models import Voucher, VoucherUse
from rewards.vouchers import Wanted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return shops.merchant()


@pytest.fixture
def ana(shop):
    return shops.customer(shop, name="Ana")


def made(shop, **fields) -> Voucher:
    wanted = Wanted(**{"benefit": {"kind": "amount_off", "amount": 200}, "name": "Tea", **fields})
    return vouchers.make(merchant=shop, wanted=wanted, at=AT).vouchers.get()


def bought_by(shop, buyer, amount) -> Purchase:
    return Purchase.objects.get(pk=shops.purchase(shop, buyer, amount=amount).pk)


def card(shop, amount=1000) -> Voucher:
    return made(shop, benefit={"kind": "gift_card", "amount": amount})


def code_of(work) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as refusal:
        work()
    return refusal.value.code, refusal.value.field


def use(voucher, *, at=AT, **fields):
    return vouchers.use(voucher=voucher, at=at, **fields)


def test_voucher_is_used_as_often_as_it_says(shop):
    voucher = made(shop, uses=2)

    assert [use(voucher).status, use(voucher).status] == ["open", "used"]
    assert code_of(lambda: use(voucher)) == ("voucher_used", "code")
    assert (VoucherUse.objects.count(), Voucher.objects.get().uses_left) == (2, 0)


def test_customer_uses_it_as_often_as_one_may(shop, ana):
    voucher, ben = made(shop, uses=5, per_customer=1), shops.customer(shop)
    use(voucher, customer=ana)

    assert code_of(lambda: use(voucher, customer=ana)) == ("voucher_used", "code")
    assert code_of(lambda: use(voucher)) == ("customer_required", "customer")
    assert use(voucher, customer=ben).uses_left == 3
    vouchers.reverse(voucher=voucher, at=AT + DAY)
    vouchers.reverse(voucher=voucher, at=AT + DAY)
    assert use(voucher, customer=ana).uses_left == 4


def test_limit_of_a_customers_own_voucher_needs_no_name(shop, ana):
    voucher = made(shop, uses=2, per_customer=1, customer=ana)

    assert use(voucher).uses_left == 1
    assert VoucherUse.objects.get().customer == ana
    assert code_of(lambda: use(voucher)) == ("voucher_used", "code")


def test_who_buys_is_who_uses_it(shop, ana):
    voucher, mine = made(shop, uses=2, per_customer=1), made(shop, customer=shops.customer(shop))
    bought = bought_by(shop, ana, 500)

    use(voucher, purchase=bought)

    assert VoucherUse.objects.get().customer == ana
    assert code_of(lambda: use(voucher, purchase=bought)) == ("voucher_used", "code")
    assert code_of(lambda: use(mine, purchase=bought)) == ("voucher_not_yours", "code")
    assert code_of(lambda: use(mine, customer=mine.customer, purchase=bought)) == ("voucher_not_yours", "code")


def test_smallest_purchase_is_inclusive_and_has_to_be_said(shop, ana):
    voucher = made(shop, uses=3, min_amount=500)

    assert code_of(lambda: use(voucher)) == ("voucher_minimum", "code")
    assert code_of(lambda: use(voucher, basket=499)) == ("voucher_minimum", "code")
    assert use(voucher, basket=500).uses_left == 2
    assert use(voucher, purchase=bought_by(shop, ana, 500)).uses_left == 1


def test_voucher_holds_from_its_start_until_before_its_end(shop):
    voucher = made(shop, uses=5, starts_at=AT + DAY, ends_at=AT + 2 * DAY)

    assert code_of(lambda: use(voucher)) == ("voucher_not_started", "code")
    assert use(voucher, at=AT + DAY).uses_left == 4
    assert code_of(lambda: use(voucher, at=AT + 2 * DAY)) == ("voucher_expired", "code")
    assert vouchers.status(voucher, at=AT + 2 * DAY) == "expired"


def test_revoked_voucher_is_over(shop, ana):
    voucher = made(shop, uses=2)
    use(voucher)

    revoked = vouchers.revoke(voucher=voucher, at=AT, actor="stf_1")
    again = vouchers.revoke(voucher=voucher, at=AT + DAY, actor="stf_2")

    assert (revoked.status, again.ended_at, again.ended_by) == ("revoked", AT, "stf_1")
    assert code_of(lambda: use(voucher)) == ("voucher_revoked", "code")
    assert code_of(lambda: vouchers.reverse(voucher=voucher, at=AT)) == ("voucher_revoked", "code")


def test_what_is_used_up_or_cancelled_is_not_revoked(shop):
    used, cancelled = made(shop), made(shop)
    use(used)
    vouchers.cancel([vouchers.locked(cancelled)], at=AT)

    assert code_of(lambda: vouchers.revoke(voucher=used, at=AT)) == ("voucher_used", "code")
    assert code_of(lambda: vouchers.revoke(voucher=cancelled, at=AT)) == ("voucher_cancelled", "code")
    assert code_of(lambda: use(cancelled)) == ("voucher_cancelled", "code")


def test_what_was_used_in_part_is_not_cancelled(shop):
    twice, gift = made(shop, uses=2), card(shop)
    use(twice)
    use(gift, amount=1)

    for one in (twice, gift):
        assert code_of(lambda one=one: vouchers.cancel([vouchers.locked(one)], at=AT)) == ("voucher_used", "code")
    assert list(Voucher.objects.untouched()) == []


def test_gift_card_pays_until_it_is_empty(shop):
    gift = card(shop)

    assert (use(gift, amount=400).balance, use(gift, amount=599).balance) == (600, 1)
    assert code_of(lambda: use(gift, amount=2)) == ("insufficient_points", "amount")
    assert code_of(lambda: use(gift)) == ("amount_required", "amount")
    last = use(gift, amount=1)
    assert (last.balance, last.uses_left, last.status) == (0, 0, "used")
    assert code_of(lambda: use(gift, amount=1)) == ("voucher_used", "code")


def test_gift_card_gets_back_what_its_last_use_took(shop):
    gift = card(shop)
    use(gift, amount=300)
    use(gift, amount=700, at=AT + DAY)

    back = vouchers.reverse(voucher=gift, at=AT + DAY, actor="stf_1")

    assert (back.balance, back.uses_left, back.status) == (700, 1, "open")
    assert [one.reversed_by for one in VoucherUse.objects.order_by("pk")] == ["", "stf_1"]
    assert vouchers.reverse(voucher=gift, at=AT + DAY).balance == 1000
    assert code_of(lambda: vouchers.reverse(voucher=gift, at=AT + DAY)) == ("voucher_not_used", "code")


def test_part_of_what_a_gift_card_paid_comes_back(shop):
    gift = card(shop)
    use(gift, amount=1000)
    paid = VoucherUse.objects.get()

    assert vouchers.give_back(use=paid, amount=250, at=AT).balance == 250
    assert code_of(lambda: vouchers.give_back(use=paid, amount=751, at=AT)) == ("voucher_not_used", "amount")
    assert vouchers.reverse(voucher=gift, at=AT).balance == 1000
    assert code_of(lambda: vouchers.give_back(use=paid, amount=1, at=AT)) == ("voucher_not_used", "amount")


def test_voided_purchase_frees_all_that_was_used_in_it(shop, ana):
    bought, gift, tea = bought_by(shop, ana, 900), card(shop), made(shop, uses=3)
    use(tea, purchase=bought)
    use(gift, purchase=bought, amount=1000, number=2)
    use(tea)

    freed = vouchers.free(purchases=[bought.pk], at=AT)

    assert [(one.pk, one.status, one.uses_left, one.balance) for one in freed] == [
        (gift.pk, "open", 1, 1000),
        (tea.pk, "open", 2, None),
    ]
    assert vouchers.of_purchase(bought) == vouchers.free(purchases=[bought.pk], at=AT) == []


def test_use_that_lowered_a_standing_purchase_is_not_taken_back_alone(shop, ana):
    bought, tea = bought_by(shop, ana, 900), made(shop)
    use(tea, purchase=bought, amount=200, number=1)

    assert code_of(lambda: vouchers.reverse(voucher=tea, at=AT)) == ("void_first", "code")
    Purchase.objects.update(voided_at=AT)
    assert vouchers.reverse(voucher=tea, at=AT).status == "open"


def test_many_are_held_by_their_codes_in_any_spelling(shop):
    one, two = made(shop), made(shop)

    held = vouchers.hold(merchant=shop, codes=[two.code.lower(), f"{one.code[:4]}-{one.code[4:]}", two.code])

    assert held == {0: two, 1: one}
    asked = [one.code, one.code.lower(), "NOSUCH"]
    assert code_of(lambda: vouchers.hold(merchant=shop, codes=asked)) == ("unknown_voucher", "vouchers[2]")


def test_several_uses_are_written_at_once(shop, ana, django_assert_num_queries):
    held = [made(shop) for __ in range(5)]

    with django_assert_num_queries(2):
        vouchers.take([vouchers.Taken(voucher=one, customer_id=ana.pk, number=1) for one in held], at=AT)

    assert list(Voucher.objects.values_list("status", flat=True)) == ["used"] * 5


def test_nothing_is_noted_on_a_purchase_that_was_voided(shop, ana):
    bought = bought_by(shop, ana, 900)
    Purchase.objects.update(voided_at=AT)

    assert code_of(lambda: use(made(shop), purchase=bought)) == ("purchase_voided", "purchase")


def test_nothing_is_noted_on_a_purchase_that_came_back_whole(shop, ana):
    bought = bought_by(shop, ana, 1000)
    Purchase.objects.update(refunded=1000)

    assert code_of(lambda: use(made(shop), purchase=bought)) == ("purchase_returned", "purchase")


def test_gift_cards_noted_on_a_purchase_pay_no_more_than_it_costs(shop, ana):
    bought = bought_by(shop, ana, 1000)
    Purchase.objects.update(claims=1, prepaid=300)
    use(card(shop), purchase=bought, amount=600)

    assert code_of(lambda: use(card(shop), purchase=bought, amount=101)) == ("more_than_due", "amount")
    assert use(card(shop), purchase=bought, amount=100).balance == 900
