"""Many tills on the same points at the same moment: nothing is spent twice, nothing is lost, nobody embraces."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connections

from customers.merchants.refusals import Refusal
from loyalty_site import flows
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.api_client import refused, together
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound
from rewards import adjustments, ledger, pools, transfers
from rewards.models import Adjustment, Entry, Membership

pytestmark = pytest.mark.django_db(transaction=True)
LIFE = {"expiry": {"kind": "months", "months": 12}}


@pytest.fixture
def shop():
    shop = factories.merchant()
    factories.program(shop, policies=LIFE)
    return shop


def member(shop, *amounts) -> Membership:
    """The membership of somebody who bought, on several days."""
    buyer = factories.customer(shop)
    for days, amount in enumerate(amounts):
        factories.purchase(shop, buyer, amount=amount, at=AT + timedelta(days=days))
    return Membership.objects.select_related("program").get(customer=buyer)


def until_answered(work) -> str:
    """Do it until it is not refused for being busy: what a till does. Says "done", or the code of the no."""
    while True:
        try:
            work()
        except Refusal as refusal:
            return refusal.code
        except OperationalError as error:
            if "deadlock" in str(error):
                raise
        else:
            return "done"


def balance(place: Membership) -> int:
    account = Membership.objects.get(pk=place.pk).account_id
    return ledger.balance(account, at=AT + timedelta(days=9), now=AT + timedelta(days=9)).available


def test_fifty_spends_succeed_exactly_as_often_as_the_balance_allows(shop):
    place = member(shop, 10_000, 10_000, 10_500)  # 305 points
    at = AT + timedelta(days=9)

    def spend(number):
        return until_answered(lambda: ledger.spend(membership=place, points=10, key=f"s{number}", at=at))

    said = together(50, spend)

    assert (said.count("done"), said.count("insufficient_points")) == (30, 20)
    assert (balance(place), Entry.objects.filter(kind="redeem").count()) == (5, 30)
    assert_sound(shop)


def test_what_is_held_and_what_is_spent_at_once_is_no_more_than_there_is(shop):
    place = member(shop, 10_500)  # 105 points

    def take(number):
        verb = ledger.hold if number % 2 else ledger.spend
        return until_answered(lambda: verb(membership=place, points=10, key=f"k{number}", at=AT))

    said = together(20, take)

    assert (said.count("done"), said.count("insufficient_points")) == (10, 10)
    now = ledger.balance(place.account_id, at=AT, now=AT)
    assert (now.available, now.held + now.lifetime_redeemed) == (5, 100)
    assert_sound(shop)


def test_the_same_key_from_twenty_tills_moves_points_once(shop):
    ana, ben, key = member(shop, 1000), member(shop), api_client.new_key(shop)
    path, body = f"memberships/{ana.public_id}/transfers", {"to": ben.public_id, "points": 4}

    def send(__):
        reply = api_client.Api(key).post(path, body, once="t1")
        while reply.status_code == 409 and reply.json()["retryable"]:
            reply = api_client.Api(key).post(path, body, once="t1")
        return reply

    replies = together(20, send)

    assert {reply.content for reply in replies} == {replies[0].content}
    assert (balance(ana), balance(ben), Entry.objects.filter(kind="transfer_in").count()) == (6, 4, 1)


def test_purchases_refunds_and_transfers_that_cross_never_embrace(shop):
    ana, ben = member(shop, 10_000), member(shop, 10_000)
    sold = {place: [factories.purchase(shop, place.customer).draft.pk for __ in range(3)] for place in (ana, ben)}

    def buy(place):
        return lambda: factories.purchase(shop, place.customer)

    def refund(purchase):
        return lambda: flows.refund_purchase(merchant=shop, purchase_id=purchase, amount=500, at=AT)

    def send(one, other, number):
        return lambda: transfers.transfer(
            sender=one, receiver=other, points=7, key=f"t{one.pk}:{number}", at=AT + timedelta(days=1)
        )

    works = []
    for one, other in ((ana, ben), (ben, ana)):
        works += [work for n in range(3) for work in (buy(one), refund(sold[one][n]), send(one, other, n))]

    said = together(len(works), lambda number: until_answered(works[number]))

    assert said == ["done"] * 18
    assert (balance(ana), balance(ben)) == (100 + 30 - 15 + 30, 100 + 30 - 15 + 30)
    assert_sound(shop)


def test_a_pool_that_is_joined_while_all_buy_loses_nothing(shop):
    ana, ben = member(shop, 10_000), member(shop, 10_000)

    def buy(place):
        return lambda: factories.purchase(shop, place.customer)

    def join():
        pools.join(membership=ben, host=ana, at=AT)

    def spend(place, number):
        return lambda: ledger.spend(membership=place, points=5, key=f"s{place.pk}:{number}", at=AT)

    works = [join, *(work for n in range(3) for place in (ana, ben) for work in (buy(place), spend(place, n)))]

    said = together(len(works), lambda number: until_answered(works[number]))

    assert said == ["done"] * len(works)
    assert balance(ana) == balance(ben) == 200 + 60 - 30
    assert_sound(shop)


def test_a_daily_cap_holds_against_many_requests_at_once(shop):
    ana, dora = member(shop), factories.clerk(shop)

    def adjust(__):
        return until_answered(lambda: adjustments.adjust(membership=ana, points=30, reason="why", by=dora, at=AT))

    together(8, adjust)

    assert Adjustment.objects.filter(status="posted").count() == 3
    assert balance(ana) == 90


def test_an_adjustment_is_approved_once(shop):
    ana, dora, alice = member(shop), factories.clerk(shop), factories.place(shop)
    asked = adjustments.adjust(membership=ana, points=500, reason="why", by=dora, at=AT)

    said = together(6, lambda __: until_answered(lambda: adjustments.approve(adjustment=asked, by=alice, at=AT)))

    assert sorted(said) == [*["already_decided"] * 5, "done"]
    assert balance(ana) == 500


def test_an_account_that_is_held_for_long_answers_busy(shop):
    if connections["default"].vendor != "postgresql":
        pytest.skip("SQLite has one lock for all, and the writer of this test would hold it")
    ana, ben, key = member(shop, 1000), member(shop), api_client.new_key(shop)
    path = f"memberships/{ana.public_id}"
    calls = [
        (f"{path}/transfers", {"to": ben.public_id, "points": 1}),
        (f"memberships/{ben.public_id}/pool", {"with": ana.public_id}),
        (f"{path}/adjustments", {"points": 1, "reason": "why"}),
    ]

    with connections["default"].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT 1 FROM rewards_pointsaccount WHERE id = %s FOR UPDATE", [ana.account_id])
        replies = together(3, lambda number: api_client.Api(key).post(*calls[number]))
        cursor.execute("ROLLBACK")

    assert [refused(reply) for reply in replies] == [(409, "busy")] * 3
    assert all(reply.json()["retryable"] for reply in replies)
    assert Entry.objects.count() == 1
