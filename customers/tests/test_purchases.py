from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from customers import purchases
from customers.models import Purchase, PurchaseLine, Refund
from customers.purchases import (
    FutureMoment,
    InvalidAmount,
    LineDraft,
    LinesDisagree,
    PurchaseDraft,
    RefundExceedsPurchase,
    ReturnDraft,
)
from customers.purchases.returning import lower_purchases
from customers.tests import factories
from customers.tests.factories import AT

pytestmark = pytest.mark.django_db


def test_check_adds_up_the_lines():
    lines = [LineDraft(amount=250), LineDraft(amount=1000)]

    assert purchases.check(amount=None, lines=lines, occurred_at=AT, at=AT) == (1250, AT)


def test_check_takes_an_amount_of_nothing():
    assert purchases.check(amount=0, lines=[], occurred_at=AT, at=AT) == (0, AT)


@pytest.mark.parametrize("amount", [-1, 10**12 + 1])
def test_check_refuses_negative_and_absurd_amounts(amount):
    with pytest.raises(InvalidAmount):
        purchases.check(amount=amount, lines=[], occurred_at=AT, at=AT)


def test_check_refuses_lines_that_disagree():
    with pytest.raises(LinesDisagree) as refusal:
        purchases.check(amount=999, lines=[LineDraft(amount=1000)], occurred_at=AT, at=AT)

    assert str(refusal.value).startswith("The lines add up to 1000, but the amount says 999.")


def test_check_takes_a_clock_five_minutes_ahead_as_now():
    ahead = AT + timedelta(minutes=5)

    assert purchases.check(amount=1, lines=[], occurred_at=ahead, at=AT) == (1, AT)


def test_check_refuses_the_future():
    with pytest.raises(FutureMoment):
        purchases.check(amount=1, lines=[], occurred_at=AT + timedelta(minutes=5, seconds=1), at=AT)


def test_record_keeps_the_day_of_the_shop():
    shop = factories.merchant(timezone="America/New_York", country="US", currency="USD")

    bought = factories.purchase(shop, at=datetime(2026, 3, 10, 3, 59, tzinfo=UTC))

    assert Purchase.objects.get(pk=bought.pk).occurred_on == date(2026, 3, 9)


def test_record_keeps_lines_with_authoritative_amounts():
    shop = factories.merchant()
    lines = [
        LineDraft(amount=999, quantity=Decimal("1.5"), unit_amount=700, sku="r", name="Rye", category="Bread"),
        LineDraft(amount=50, excluded=True),
    ]

    bought = factories.purchase(shop, amount=1049, lines=lines)

    kept = PurchaseLine.objects.filter(purchase=bought.pk).order_by("number")
    assert list(
        kept.values_list("number", "sku", "name", "category", "quantity", "unit_amount", "amount", "excluded")
    ) == [
        (1, "r", "Rye", "Bread", Decimal("1.5"), 700, 999, False),
        (2, "", "", "", Decimal(1), None, 50, True),
    ]


def test_a_receipt_counts_once_whatever_it_says_later():
    shop = factories.merchant()
    first = factories.purchase(shop, amount=1000, external_id="r1")
    again = factories.draft(amount=5, external_id="r1")

    fresh = purchases.record(merchant=shop, drafts=[again], at=AT)

    assert fresh == []
    assert (again.duplicate, again.pk, again.public_id) == (True, first.pk, first.public_id)
    assert Purchase.objects.get().amount == 1000


def test_a_receipt_twice_in_one_list_counts_once():
    shop = factories.merchant()
    drafts = [factories.draft(amount=amount, external_id="r1") for amount in (1000, 2000)]

    purchases.record(merchant=shop, drafts=drafts, at=AT)

    assert [draft.duplicate for draft in drafts] == [False, True]
    assert drafts[1].public_id == drafts[0].public_id
    assert Purchase.objects.get().amount == 1000


def test_purchases_without_a_receipt_all_count():
    shop = factories.merchant()

    purchases.record(merchant=shop, drafts=[factories.draft(), factories.draft()], at=AT)

    assert Purchase.objects.count() == 2


@pytest.mark.parametrize("count", [1, 30])
def test_record_takes_the_same_statements_for_one_and_for_many(count, django_assert_num_queries):
    shop = factories.merchant()
    people = [factories.customer(shop) for __ in range(count)]
    drafts = [
        factories.draft(person, external_id=f"r{place}", lines=[LineDraft(amount=1000)])
        for place, person in enumerate(people)
    ]

    # savepoint and its release, receipts, customers, ids, purchases, lines, activity, months
    with django_assert_num_queries(9):
        purchases.record(merchant=shop, drafts=drafts, at=AT)

    assert Purchase.objects.count() == count


def test_a_return_lowers_its_purchase():
    shop = factories.merchant()
    ana = factories.customer(shop)
    bought = factories.purchase(shop, ana, amount=1000)

    back = factories.refund(shop, bought, amount=300)

    assert Purchase.objects.get().remaining == 700
    assert Refund.objects.get(pk=back.pk).customer == ana


def test_no_more_comes_back_than_was_bought():
    shop = factories.merchant()
    bought = factories.purchase(shop, amount=1000)
    factories.refund(shop, bought, amount=600)

    with pytest.raises(RefundExceedsPurchase):
        factories.refund(shop, bought, amount=401)

    assert Purchase.objects.get().refunded == 600
    assert Refund.objects.count() == 1


def test_returns_in_one_list_share_what_is_left():
    shop = factories.merchant()
    bought = factories.purchase(shop, amount=1000)
    drafts = [ReturnDraft(amount=501, occurred_at=AT, purchase_id=bought.pk) for __ in range(2)]

    with pytest.raises(RefundExceedsPurchase):
        purchases.give_back(merchant=shop, drafts=drafts, at=AT)

    assert Purchase.objects.get().refunded == 0


def test_a_return_receipt_counts_once():
    shop = factories.merchant()
    ana = factories.customer(shop)
    factories.refund(shop, buyer=ana, amount=300, external_id="c1")

    fresh = purchases.give_back(
        merchant=shop,
        drafts=[ReturnDraft(amount=300, occurred_at=AT, customer_id=ana.pk, external_id="c1")],
        at=AT,
    )

    assert fresh == []
    assert Refund.objects.count() == 1


def test_a_return_of_another_merchants_purchase_is_refused():
    ours, theirs = factories.merchant("a"), factories.merchant("b")
    bought = factories.purchase(theirs, amount=1000)

    with pytest.raises(RefundExceedsPurchase):
        factories.refund(ours, bought, amount=1)


def test_a_return_waits_for_nobody_whom_it_does_not_hold():
    shop = factories.merchant()
    bought = factories.purchase(shop, factories.customer(shop), amount=1000)
    draft = ReturnDraft(amount=300, occurred_at=AT, purchase_id=bought.pk)

    with pytest.raises(purchases.MovedMeanwhile):
        lower_purchases(merchant=shop, drafts=[draft], held=set())

    assert Purchase.objects.get().refunded == 0


def test_a_discount_does_not_come_back_alone():
    shop = factories.merchant()
    lines = [LineDraft(amount=1000), LineDraft(amount=-200)]
    bought = factories.purchase(shop, factories.customer(shop), amount=800, lines=lines)

    with pytest.raises(purchases.NothingToRefund):
        purchases.refund(merchant=shop, purchase_id=bought.pk, lines=[(2, Decimal(1))], at=AT)

    assert not Refund.objects.exists()


def test_a_refund_in_the_future_is_told_as_a_refund():
    shop = factories.merchant()
    bought = factories.purchase(shop, factories.customer(shop), amount=1000)

    with pytest.raises(FutureMoment, match="The refund lies in the future"):
        purchases.refund(merchant=shop, purchase_id=bought.pk, amount=1, occurred_at=AT + timedelta(hours=1), at=AT)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"amount": -1}, "a_purchase_is_not_negative"),
        ({"refunded": 1001}, "no_more_comes_back_than_was_bought"),
        ({"refunded": -1}, "no_more_comes_back_than_was_bought"),
        ({"external_id": ""}, "a_receipt_is_null_or_something"),
    ],
)
def test_the_database_refuses_what_must_never_be(change, constraint):
    bought = factories.purchase(factories.merchant(), amount=1000)

    with pytest.raises(IntegrityError, match=constraint):
        Purchase.objects.filter(pk=bought.pk).update(**change)


def test_counted_purchases_are_identified_standing_and_not_refunded_whole():
    shop = factories.merchant()
    ana = factories.customer(shop)
    plain = factories.purchase(shop, ana)
    free = factories.purchase(shop, ana, amount=0)
    part = factories.purchase(shop, ana)
    factories.refund(shop, part, amount=999)
    whole = factories.purchase(shop, ana)
    factories.refund(shop, whole, amount=1000)
    factories.purchase(shop, None)
    voided = factories.purchase(shop, ana)
    Purchase.objects.filter(pk=voided.pk).update(voided_at=AT)

    counted = Purchase.objects.for_merchant(shop).counted().order_by("pk").values_list("pk", flat=True)

    assert list(counted) == [plain.pk, free.pk, part.pk]


def test_a_draft_has_one_way_to_say_nobody():
    assert PurchaseDraft(amount=1, occurred_at=AT).customer_id is None
