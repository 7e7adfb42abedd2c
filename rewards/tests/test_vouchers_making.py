"""Making vouchers: many at once, unguessable, unique, and only such as somebody can use."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from customers.merchants.refusals import Invalid
from customers.tests import factories as shops
from customers.tests.factories import AT
from rewards import vouchers
from rewards.models import Voucher, VoucherBatch
from rewards.vouchers import Wanted, codes, making

pytestmark = pytest.mark.django_db
TEA = {"kind": "amount_off", "amount": 200}
GIFT = {"kind": "gift_card", "amount": 1000}


@pytest.fixture
def shop():
    return shops.merchant()


def make(shop, **fields) -> VoucherBatch:
    wanted = Wanted(**{"benefit": TEA, "name": "Tea", **fields})
    return vouchers.make(merchant=shop, wanted=wanted, at=AT, actor="stf_1")


def test_batch_is_written_in_parts_and_every_code_is_its_own(shop, monkeypatch):
    monkeypatch.setattr(making, "AT_ONCE", 30)

    batch = make(shop, count=70, prefix="sum-mer", uses=3, per_customer=2, min_amount=900, ends_at=AT + timedelta(1))

    made = list(batch.vouchers.all())
    assert (len(made), len({one.code for one in made}), len({one.public_id for one in made})) == (70, 70, 70)
    assert {one.code[:6] for one in made} == {"SUMMER"}
    assert {len(one.code) for one in made} == {19}
    alike = {(one.uses_left, one.uses_allowed, one.per_customer, one.min_amount, one.balance) for one in made}
    assert alike == {(3, 3, 2, 900, None)}
    assert (batch.name, batch.prefix, batch.count, batch.actor) == ("Tea", "SUMMER", 70, "stf_1")


@pytest.mark.parametrize("count", [1, 20])
def test_making_takes_the_same_queries(shop, django_assert_num_queries, count):
    with django_assert_num_queries(9):
        make(shop, count=count)


def test_gift_cards_hold_their_amount(shop):
    assert make(shop, benefit=GIFT).vouchers.get().balance == 1000


def test_codes_have_sixty_random_bits_in_letters_that_nobody_misreads():
    made = codes.new_codes(200)

    assert len(codes.ALPHABET) ** codes.LENGTH > 2**60
    assert {len(code) for code in made} == {13}
    assert set("".join(made)) == set("23456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_code_that_is_taken_is_drawn_again(shop, monkeypatch):
    numbers = iter([7, 7, 8])
    monkeypatch.setattr(codes.secrets, "randbelow", lambda most: next(numbers))
    first = make(shop).vouchers.get()

    second = make(shop).vouchers.get()

    assert first.code != second.code
    assert list(numbers) == []


def test_codes_that_stay_taken_make_nothing(shop, monkeypatch):
    monkeypatch.setattr(codes.secrets, "randbelow", lambda most: 7)
    make(shop)

    with pytest.raises(IntegrityError):
        make(shop)

    assert (Voucher.objects.count(), VoucherBatch.objects.count()) == (1, 1)


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("name", {"name": " "}),
        ("count", {"count": 0}),
        ("count", {"count": 100_001}),
        ("uses", {"uses": 0}),
        ("uses", {"uses": 2, "benefit": GIFT}),
        ("per_customer", {"per_customer": 0}),
        ("per_customer", {"per_customer": 1, "benefit": GIFT}),
        ("min_amount", {"min_amount": 0}),
        ("ends_at", {"ends_at": AT}),
        ("ends_at", {"starts_at": AT + timedelta(2), "ends_at": AT + timedelta(1)}),
        ("prefix", {"prefix": "sp@ring"}),
        ("prefix", {"prefix": "NIÑO"}),
        ("prefix", {"prefix": "ABCDEFGHIJKLM"}),
        ("benefit.amount", {"benefit": {"kind": "amount_off", "amount": 0}}),
    ],
)
def test_what_nobody_could_use_is_not_made(shop, field, fields):
    with pytest.raises(Invalid) as refusal:
        make(shop, **fields)

    assert refusal.value.field == field
    assert VoucherBatch.objects.count() == 0


def test_unused_of_a_batch_are_revoked_together(shop):
    batch, other = make(shop, count=4, uses=2), make(shop)
    used, part, revoked, rest = batch.vouchers.order_by("pk")
    for one in (used, used, part):
        vouchers.use(voucher=one, at=AT)
    vouchers.revoke(voucher=revoked, at=AT, actor="stf_0")

    assert vouchers.revoke_unused(batch=batch, at=AT + timedelta(1), actor="stf_2") == 1

    said = [(one.status, one.ended_by) for one in batch.vouchers.order_by("pk")]
    assert said == [("used", ""), ("open", ""), ("revoked", "stf_0"), ("revoked", "stf_2")]
    assert other.vouchers.get().status == "open"


def test_gift_cards_used_in_part_and_expired_vouchers_are_left(shop):
    gifts, short = make(shop, count=2, benefit=GIFT), make(shop, ends_at=AT + timedelta(1))
    vouchers.use(voucher=gifts.vouchers.first(), amount=1, at=AT)

    assert vouchers.revoke_unused(batch=gifts, at=AT) == 1
    assert vouchers.revoke_unused(batch=short, at=AT + timedelta(1)) == 0
