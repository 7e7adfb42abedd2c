"""An exchange: something comes back and something else is bought, with its outcome shown first, both or neither."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from customers.models import Purchase, Refund
from customers.purchases import PurchaseDraft, RefundExceedsPurchase, Wishes
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import assert_sound, line, points, program_with, recorded, rule
from rewards import vouchers
from rewards.models import Entry, Voucher
from rewards.vouchers import VoucherDraft

pytestmark = pytest.mark.django_db
NOW = timezone.now() - timedelta(hours=1)
HTMX = {"HX-Request": "true"}
SENT = {
    "receipt": "back-0123456789abcdefghijkl",
    "new-receipt": "till-0123456789abcdefghijkl",
    "new-amount": "9.00",
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def ana(shop):
    program_with(shop, rule(1), at=NOW)
    return factories.customer(shop, name="Ana")


@pytest.fixture
def bought(shop, ana):
    return recorded(shop, ana, [line(400, name="Rye"), line(800, name="Cake")], at=NOW)


def page(bought):
    return f"/m/a/purchases/{bought.public_id}/exchange/"


def counts():
    return Purchase.objects.count(), Refund.objects.count(), Entry.objects.count()


def test_exchange_records_both_at_once(shop, ana, bought):
    draft = PurchaseDraft(amount=900, occurred_at=timezone.now(), customer_id=ana.pk)

    done = flows.exchange_purchase(
        merchant=shop, purchase_id=bought.pk, back={"lines": [(1, Decimal(1))]}, draft=draft, at=timezone.now()
    )

    assert (done.refund.amount, done.recorded.draft.amount, points(ana)) == (400, 900, 8 + 9)
    assert_sound(shop)


def test_exchange_of_more_than_is_left_records_neither(shop, ana, bought):
    draft = PurchaseDraft(amount=900, occurred_at=timezone.now(), customer_id=ana.pk)
    before = counts()

    with pytest.raises(RefundExceedsPurchase):
        flows.exchange_purchase(
            merchant=shop, purchase_id=bought.pk, back={"amount": 1201}, draft=draft, at=timezone.now()
        )

    assert counts() == before


@pytest.mark.any_database
def test_outcome_is_shown_before_anything_is_written(dora, ana, bought):
    before = counts()

    shown = text(dora.post(page(bought), {**SENT, "line-1": "1", "look": "1"}, headers=HTMX)).replace("\xa0", " ")

    assert "4.00 € comes back, 9.00 € is bought instead." in shown
    assert "Points: 4 points taken back , 9 points earned 1 for each full 1.00 € of 9.00 €" in shown
    assert "17 points to spend then." in shown
    assert "Exchange; the customer pays 5.00 €" in shown
    assert counts() == before


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("amount", "said"),
    [("12.00", "Exchange; give the customer 3.00 €"), ("9.00", "Exchange; nothing is to be paid")],
)
def test_outcome_says_who_pays_what(dora, bought, amount, said):
    sent = {**SENT, "how": "amount", "amount": amount, "look": "1"}

    assert said in text(dora.post(page(bought), sent, headers=HTMX)).replace("\xa0", " ")


@pytest.mark.any_database
def test_confirmed_exchange_leads_to_the_new_purchase_and_counts_once(dora, ana, bought):
    first = dora.post(page(bought), {**SENT, "line-1": "1"})
    dora.post(page(bought), {**SENT, "line-1": "1"})

    new = Purchase.objects.latest("pk")
    assert first.headers["Location"] == f"/m/a/purchases/{new.public_id}/"
    assert (new.amount, new.customer, new.staff.user.email) == (900, ana, "dora@a.test")
    assert (Purchase.objects.count(), Refund.objects.get().amount, points(ana)) == (2, 400, 17)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"line-1": ""}, "Write how many of a product come back."),
        ({"line-1": "2"}, "More would come back than is left of this purchase."),
        ({"line-1": "1", "new-amount": ""}, "Amount: Enter the amount of the purchase."),
        ({"line-1": "1", "new-amount": "1.2.3"}, "Amount: This amount has two decimal marks."),
    ],
)
def test_exchange_is_refused_with_a_sentence_and_nothing_written(dora, bought, typed, sentence):
    before = counts()

    assert sentence in text(dora.post(page(bought), {**SENT, **typed}))
    assert counts() == before


def test_anonymous_sale_is_exchanged_without_points(dora, shop):
    sold = recorded(shop, None, amount=1000, at=NOW)

    shown = text(dora.post(page(sold), {**SENT, "amount": "4", "look": "1"}))
    dora.post(page(sold), {**SENT, "amount": "4"})

    assert "No points move." in shown
    assert Purchase.objects.latest("pk").customer is None


def test_page_without_anything_left_says_so(dora, shop, bought):
    flows.void_purchase(merchant=shop, purchase_id=bought.pk, at=timezone.now())

    assert "This purchase was voided" in text(dora.get(page(bought)))


@pytest.mark.any_database
def test_exchange_of_what_was_paid_with_a_gift_card_gives_that_part_back_to_it(dora, shop, ana):
    vouchers.issue(merchant=shop, drafts=[VoucherDraft("Gift", {"kind": "gift_card", "amount": 400})], at=NOW)
    gift = Voucher.objects.get()
    draft = PurchaseDraft(amount=1000, occurred_at=NOW, customer_id=ana.pk, wishes=Wishes(vouchers=[gift.code]))
    [paid] = flows.record_once(merchant=shop, drafts=[draft], at=NOW)
    bought = Purchase.objects.get(pk=paid.draft.pk)

    sent = {**SENT, "how": "amount", "amount": "10.00", "look": "1"}
    said = " ".join(text(dora.post(page(bought), sent, headers=HTMX)).replace("\xa0", " ").split())

    assert "4.00 € of it goes back to the gift cards and the balance that paid." in said
    assert "Exchange; the customer pays 3.00 €" in said
