"""Refunds, voids and moves at the same moment: nothing counts twice, nothing is lost, nobody embraces."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError

from customers.merchants.refusals import Refusal
from customers.models import CustomerActivity, Purchase, Refund
from loyalty_site import flows, imports
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import together
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, points

pytestmark = pytest.mark.django_db(transaction=True)
TILLS = 6


@pytest.fixture
def shop():
    shop = factories.merchant()
    wanted = [
        {"name": "euro", "award": {"per_amount": {"points": 1, "every": 100}}},
        {"name": "hello", "award": {"fixed": 9}, "limits": {"total": {"times": 100}}},
    ]
    factories.program(shop, rules=wanted)
    return shop


def at_once(works) -> list[str]:
    """Do these at the same moment: "done", or the code of the no."""

    def work(number):
        try:
            works[number]()
        except Refusal as refusal:
            return refusal.code
        except OperationalError:  # SQLite's other writer, or the lock that was waited for too long
            return "busy"
        return "done"

    return sorted(together(len(works), work))


def test_the_same_key_from_many_tills_gives_back_once(shop):
    path = f"purchases/{factories.purchase(shop, factories.customer(shop)).draft.public_id}/refunds"
    key = api_client.new_key(shop)

    replies = together(TILLS, lambda __: api_client.Api(key).post(path, {"amount": 400}, once="k1"))

    assert {reply.status_code for reply in replies} <= {201, 409}
    assert len({reply.content for reply in replies if reply.status_code == 201}) == 1
    assert Refund.objects.count() == 1
    assert_sound(shop)


def test_the_same_external_id_from_many_tills_gives_back_once(shop):
    path = f"purchases/{factories.purchase(shop, factories.customer(shop)).draft.public_id}/refunds"
    key = api_client.new_key(shop)

    replies = together(TILLS, lambda __: api_client.Api(key).post(path, {"amount": 400, "external_id": "r1"}))

    assert {reply.status_code for reply in replies} <= {200, 201, 409}
    assert [reply.status_code for reply in replies].count(201) == 1
    assert Refund.objects.count() == 1
    assert_sound(shop)


def test_the_last_cent_comes_back_once(shop):
    sold = factories.purchase(shop, factories.customer(shop)).draft
    flows.refund_purchase(merchant=shop, purchase_id=sold.pk, amount=999, at=AT)

    def one_cent():
        flows.refund_purchase(merchant=shop, purchase_id=sold.pk, amount=1, at=AT)

    assert at_once([one_cent] * 2) == ["done", "refund_exceeds_purchase"]
    assert Purchase.objects.get().refunded == 1000
    assert_sound(shop)


def test_refunds_against_a_reassign_leave_the_points_with_one(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    sold = factories.purchase(shop, ana).draft

    def refund():
        flows.refund_purchase(merchant=shop, purchase_id=sold.pk, amount=100, at=AT)

    def move():
        flows.reassign_purchase(merchant=shop, purchase_id=sold.pk, customer_id=ben.pk, at=AT)

    said = at_once([refund, move, refund])

    assert set(said) <= {"done", "busy"}
    left = Purchase.objects.get()
    owner, other = (ben, ana) if left.customer_id == ben.pk else (ana, ben)
    assert (points(owner), points(other)) == (left.remaining // 100 + 9, 0)
    assert_sound(shop)


def test_a_file_of_returns_against_moves_is_recorded_whole(shop):
    ana, ben = (factories.customer(shop, email=f"{name}@a.test") for name in ("ana", "ben"))
    sold = [factories.purchase(shop, (ana, ben)[n % 2], external_id=f"r{n}").draft for n in range(6)]
    text = "receipt,date,email,amount\n" + "".join(
        f"s{n},2026-03-01,{who}@a.test,10.00\nr{n},2026-03-11,{who}@a.test,-1.00\n"
        for n, who in enumerate(["ben", "ana"] * 3)
    )
    at = AT + timedelta(days=2)
    sent = imports.create(merchant=shop, kind="purchases", content=ContentFile(text.encode()), filename="s.csv", at=at)

    def move(one):
        other = ben if one.customer_id == ana.pk else ana
        return lambda: flows.reassign_purchase(merchant=shop, purchase_id=one.pk, customer_id=other.pk, at=at)

    said = at_once([lambda: imports.run(sent.pk, at=at), *(move(one) for one in sold)])

    assert set(said) <= {"done", "busy"}
    sent.refresh_from_db()
    assert (sent.state, sent.accepted, sent.rejected) == ("done", 12, 0)
    assert_sound(shop)


def test_moves_that_cross_between_two_customers_never_embrace(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    sold = [factories.purchase(shop, buyer).draft for buyer in (ana, ben) * 4]

    def move(one):
        other = ben if one.customer_id == ana.pk else ana
        return lambda: flows.reassign_purchase(merchant=shop, purchase_id=one.pk, customer_id=other.pk, at=AT)

    def sell(buyer):
        return lambda: factories.purchase(shop, buyer)

    assert set(at_once([*(move(one) for one in sold), sell(ana), sell(ben)])) == {"done"}
    assert (points(ana), points(ben)) == (19 * 5, 19 * 5)
    assert_sound(shop)


def test_a_void_against_refunds_takes_everything(shop):
    ana = factories.customer(shop)
    sold = factories.purchase(shop, ana).draft

    def refund():
        flows.refund_purchase(merchant=shop, purchase_id=sold.pk, amount=100, at=AT)

    def void():
        flows.void_purchase(merchant=shop, purchase_id=sold.pk, at=AT)

    said = at_once([refund, void, refund, void])

    assert set(said) <= {"done", "purchase_voided"}
    assert points(ana) == 0
    assert not CustomerActivity.objects.exists()
    assert_sound(shop)
