"""Batches of vouchers on pages: made, given, told, printed, saved, revoked."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text as seen
from loyalty_site.tests.test_qr import read
from rewards import vouchers
from rewards.models import Voucher, VoucherBatch
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


def fill(client, **typed):
    return client.post(reverse("voucher_new", args=["a"]), {"receipt": RECEIPT, **typed}, follow=True)


def test_batch_is_made_from_what_was_typed(alice, shop):
    typed = {"kind": "percent_off", "percent": "10", "most": "5,00", "count": "3", "prefix": "may", "uses": "2"}
    typed |= {"per_customer": "1", "min_amount": "20", "starts_on": "2026-05-01", "ends_on": "2030-05-31"}

    shown = words(fill(alice, **typed))

    batch = VoucherBatch.objects.get()
    assert "3 vouchers are made." in shown
    assert "10% off, at most 5.00 €" in shown
    assert "Can be used 2 times. At most 1 time for each customer. In purchases of 20.00 € or more." in shown
    assert "Valid from 1 May 2026 through 31 May 2030. Codes begin with MAY." in shown
    voucher = batch.vouchers.first()
    assert voucher.benefit == {"kind": "percent_off", "percent": 10, "max_amount": 500}
    assert (voucher.starts_at.isoformat(), voucher.expires_at.isoformat()) == (
        "2026-04-30T22:00:00+00:00",
        "2030-05-31T22:00:00+00:00",
    )
    assert (batch.name, batch.actor) == ("10% off, at most 5.00\xa0€", factories.place(shop).public_id)


def test_form_that_is_sent_twice_makes_one_batch(alice, shop):
    for __ in range(2):
        fill(alice, kind="free_shipping", count="2")

    assert (VoucherBatch.objects.count(), Voucher.objects.count()) == (1, 2)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "amount_off"}, "Fill this in."),
        ({"kind": "amount_off", "amount": "2.005"}, "2 decimals at most"),
        ({"kind": "amount_off", "amount": "0"}, "Fill this in."),
        ({"kind": "free_shipping", "count": "100001"}, "Write a whole number of at most 100000."),
        ({"kind": "free_shipping", "prefix": "a_b"}, "A prefix has at most 12 letters and digits, such as SUMMER."),
        ({"kind": "free_shipping", "ends_on": "2020-01-01"}, "Vouchers end after they start, and not in the past."),
        ({"kind": "free_shipping", "ends_on": "31.5.2030"}, "Write the day as year, month and day"),
        ({"kind": "free_shipping", "receipt": "x"}, "Load the page again and fill it in once more."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(alice, shop, typed, said):
    assert said in words(fill(alice, **typed))
    assert VoucherBatch.objects.count() == 0


def test_form_says_what_it_would_make_before_anything_is_made(alice, shop):
    typed = {"look": "1", "kind": "gift_card", "amount": "25", "count": "1000", "prefix": "xmas"}

    part = alice.post(reverse("voucher_new", args=["a"]), typed, headers={"HX-Request": "true"})

    assert words(part).strip() == (
        "What is made stands here in words once the form is filled in."  # there is no receipt in this form
    )
    part = alice.post(reverse("voucher_new", args=["a"]), typed | {"receipt": RECEIPT}, headers={"HX-Request": "true"})
    said = "Makes 1,000 vouchers: Gift card of 25.00 €. Used in parts, until it is empty. Valid for ever."
    assert words(part).strip() == f"{said} Codes begin with XMAS."
    assert VoucherBatch.objects.count() == 0


def test_each_kind_asks_for_its_own_fields(alice, shop):
    asked = {kind: words(page(alice, "voucher_new", kind=kind)) for kind in ("percent_off", "gift_card", "donation")}

    assert "Percent off" in asked["percent_off"].partition("Make them")[0]
    assert "How often each can be used" not in asked["gift_card"]
    assert "Given to" in asked["donation"]
    assert "Amount, in EUR" in words(page(alice, "voucher_new", kind="odd"))


def test_customer_is_given_a_voucher_with_a_reason(alice, shop):
    ana = factories.customer(shop, name="Ana")
    typed = {"kind": "free_product", "by": "category", "product": "cake", "receipt": RECEIPT}
    where = reverse("customer_voucher", args=["a", ana.public_id])

    assert "Say why, for example: the cake was late." in words(alice.post(where, typed))
    shown = words(alice.post(where, {**typed, "note": "The cake fell"}, follow=True))

    voucher = Voucher.objects.get()
    assert f"Ana has the voucher {voucher.code}." in shown
    assert "Only for Ana." in shown
    assert "Why The cake fell" in shown
    assert (voucher.customer, voucher.batch.actor) == (ana, factories.place(shop).public_id)
    assert "1 × cake for free" in words(page(alice, "customer", ana))


def test_batch_says_what_became_of_it(alice, shop):
    batch = made(shop, count=5, benefit=GIFT, name="Gift")
    first, second, third, *__ = batch.vouchers.order_by("pk")
    for voucher, amount in ((first, 1000), (second, 300), (second, 100)):
        vouchers.use(voucher=voucher, amount=amount, at=timezone.now())
    vouchers.revoke(voucher=third, at=timezone.now())

    shown = words(page(alice, "voucher_batch", batch))

    assert "Open 3 1 of them used in part Used up 1 3 uses in all Revoked 1 Expired 0" in shown
    assert "Taken off or paid 14.00 €" in shown
    assert "Still on open gift cards 26.00 €" in shown
    assert "Gift Gift card of 10.00 €" in words(page(alice, "voucher_batches"))


def test_unused_of_a_batch_are_revoked_after_a_question(alice, shop):
    batch = made(shop, count=3)
    vouchers.use(voucher=batch.vouchers.first(), at=timezone.now())
    assert "Revoke 2 unused vouchers?" in words(page(alice, "voucher_batch_revoke", batch))

    shown = words(press(alice, "voucher_batch_revoke", batch))

    assert "2 vouchers are revoked." in shown
    assert "Revoke what is unused" not in shown
    assert sorted(batch.vouchers.values_list("status", flat=True)) == ["revoked", "revoked", "used"]


def test_codes_are_saved_as_a_file_that_no_spreadsheet_runs(alice, shop):
    batch = made(shop, count=2, name="=1+1", benefit=GIFT, ends_at=timezone.now() + timedelta(1))

    answer = page(alice, "voucher_codes", batch)

    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [row["Code"] for row in rows] == list(batch.vouchers.order_by("pk").values_list("code", flat=True))
    assert {(row["Name"], row["Balance, in EUR"], row["State"], row["Uses left"]) for row in rows} == {
        ("'=1+1", "10.00", "open", "1")
    }


@pytest.mark.parametrize(("language", "word"), [("en", "2.00 € off"), ("es", "2,00 €")])
def test_sheets_hold_what_is_unused_in_the_chosen_language(alice, shop, language, word):
    batch = made(shop, count=5)
    used = batch.vouchers.order_by("pk").first()
    vouchers.use(voucher=used, at=timezone.now())

    answer = page(alice, "voucher_sheets", batch, language=language, each="2", size="a5", ink="black")

    shown = answer.content.decode()
    assert shown.count(f'class="paper a5 slips of2 black" lang="{language}"') == 2
    assert (shown.count('<section class="slip">'), used.code in shown) == (4, False)
    drawn = re.findall(r"<svg class=\"qr\".*?</svg>", shown, re.S)
    assert [read(one) for one in drawn] == list(
        batch.vouchers.untouched().order_by("pk").values_list("code", flat=True)
    )
    assert word in words(answer)
    assert "<script" not in shown


def test_sheets_of_a_long_batch_come_in_parts(alice, shop):
    batch = made(shop, count=25)

    answer = page(alice, "voucher_sheets", batch, each="1", page="2")

    assert answer.content.decode().count('<section class="slip">') == 5
    assert "Page 2 of 2" in words(answer)


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("name", "queries"), [("vouchers", 5), ("voucher_batches", 10), ("voucher_batch", 10), ("voucher_sheets", 6)]
)
def test_page_takes_the_same_queries(alice, shop, django_assert_num_queries, name, queries, count):
    batch = made(shop, count=count)
    for __ in range(count - 1):
        made(shop)

    with django_assert_num_queries(queries):
        page(alice, name, *([batch] if name in ("voucher_batch", "voucher_sheets") else []))
