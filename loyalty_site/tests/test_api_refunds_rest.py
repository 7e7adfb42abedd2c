"""After any series of refunds the points kept are those of the rest; every ruling by its name."""

from datetime import timedelta

import pytest

from customers.models import Refund
from loyalty_site.tests import api_client, factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.receipts import assert_sound, back, bought, kept, line, rule
from rewards import ledger
from rewards.tests import factories as promises

pytestmark = pytest.mark.django_db
CAKE = {"categories": ["cake"]}
BASKET = [line(900, "coffee", 3), line(500, "cake", 2), line(100, "cake")]
EURO = promises.RULES


@pytest.fixture
def till(shop):
    return api_client.api(shop, scope="counter")


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("wanted", "series", "money", "points"),
    [
        # a line takes from itself, by quantity
        (EURO, [back(1)], [300], 12),
        (EURO, [back(1), back(2, 2)], [300, 500], 7),
        ([rule(1, when=CAKE)], [back(1, 3)], [900], 6),
        ([rule(1, when=CAKE)], [back(2)], [250], 3),
        ([rule({"per_item": 2})], [back(1, 2)], [600], 8),
        ([rule({"per_item": 2})], [back(1, "0.5")], [150], 10),
        # several at once
        (EURO, [{"lines": [{"line": 1, "quantity": 1}, {"line": 3, "quantity": 1}]}], [400], 11),
        # what a rule is about is gone: fixed awards, too
        ([rule({"fixed": 9}, when=CAKE)], [back(2, 2)], [500], 9),
        ([rule({"fixed": 9}, when=CAKE)], [back(2, 2), back(3)], [500, 100], 0),
        # by amount: all lines in proportion; 750 of 1500 is half, then a line is worth its share of what is left
        ([rule(1, when=CAKE)], [{"amount": 750}], [750], 3),
        (EURO, [{"amount": 750}, back(2, 2)], [750, 250], 5),
        (EURO, [{"amount": 750}, back(2, 1)], [750, 125], 6),
        ([rule(1, when=CAKE)], [{"amount": 750}, back(1, 3)], [750, 450], 3),
        # by line first: the amount then spreads over the lines that remain
        ([rule(1, when=CAKE)], [back(1, 3), {"amount": 300}], [900, 300], 3),
        ([rule({"per_item": 2})], [back(1, 3), {"amount": 599}], [900, 599], 6),
        # everything
        ([rule({"fixed": 9})], [back(1, 3), back(2, 2), back(3)], [900, 500, 100], 0),
        ([rule({"fixed": 9})], [back(1, 3), {"amount": 600}], [900, 600], 0),
        ([rule({"fixed": 9})], [{"amount": 1499}, back(1, 3)], [1499, 1], 0),
    ],
)
def test_after_any_series_of_refunds_the_points_kept_are_those_of_the_rest(shop, till, wanted, series, money, points):
    factories.program(shop, rules=wanted)
    path = f"purchases/{bought(shop, lines=BASKET).public_id}/refunds"

    for body in series:
        assert till.post(path, body).status_code == 201

    assert list(Refund.objects.order_by("pk").values_list("amount", flat=True)) == money
    assert kept(shop) == points
    assert_sound(shop)


def test_thirds_of_a_line_add_up_to_the_line(shop, till):
    path = f"purchases/{bought(shop, lines=[line(100, quantity=3), line(50)]).public_id}/refunds"

    for __ in range(3):
        till.post(path, back(1))

    assert list(Refund.objects.order_by("pk").values_list("amount", flat=True)) == [33, 34, 33]


def test_a_line_that_came_back_does_not_touch_the_others(shop, till):
    factories.program(shop, rules=[rule({"per_amount": {"points": 1, "every": 50}}, when=CAKE)])
    path = f"purchases/{bought(shop, lines=[line(100, quantity=3), line(50, 'cake')]).public_id}/refunds"

    till.post(path, back(1, 2))

    assert kept(shop) == 1


@pytest.mark.any_database
def test_lines_that_earn_nothing_give_no_points_back(shop, till):
    factories.program(shop)
    lines = [line(500), line(300), line(200, excluded=True)]
    path = f"purchases/{bought(shop, lines=lines).public_id}/refunds"

    assert till.post(path, back(3)).json()["points_reversed"] == 0
    assert till.post(path, back(2)).json()["points_reversed"] == 3
    assert kept(shop) == 5


@pytest.mark.any_database
def test_what_is_left_of_only_excluded_lines_earns_nothing(shop, till):
    factories.program(shop, rules=[rule({"fixed": 9})])
    path = f"purchases/{bought(shop, lines=[line(500), line(200, excluded=True)]).public_id}/refunds"

    till.post(path, back(1))

    assert kept(shop) == 0
    assert_sound(shop)


@pytest.mark.any_database
def test_a_smaller_basket_that_deserves_more_gets_it(shop, till):
    wanted = [rule({"fixed": 5}, "big", exclusive=True, when={"min_amount": 1000}), rule(1, "euro")]
    factories.program(shop, rules=wanted)
    path = f"purchases/{bought(shop, lines=[line(1100), line(900)]).public_id}/refunds"

    assert till.post(path, back(1)).json()["points_reversed"] == -4
    assert kept(shop) == 9
    assert_sound(shop)


@pytest.mark.any_database
def test_earned_150_spent_100_refunded_whole_under_clamp_reverses_50_and_forgives_100(shop, till):
    program = factories.program(shop, policies={"clawback": "clamp"})
    buyer = factories.customer(shop)
    purchase = bought(shop, buyer, amount=15_000)
    ledger.post([promises.Till(promises.membership(buyer, program)).posting(-100, kind="adjust")], at=AT)

    reply = till.post(f"purchases/{purchase.public_id}/refunds", {"amount": 15_000}).json()

    assert (reply["points_reversed"], reply["points_forgiven"], reply["balances"][0]["available"]) == (50, 100, 0)
    assert_sound(shop)


def test_points_that_were_spent_are_owed_under_allow_negative(shop, till):
    program = factories.program(shop)
    buyer = factories.customer(shop)
    purchase = bought(shop, buyer, amount=15_000)
    ledger.post([promises.Till(promises.membership(buyer, program)).posting(-100, kind="adjust")], at=AT)

    reply = till.post(f"purchases/{purchase.public_id}/refunds", {"amount": 15_000}).json()

    assert (reply["points_reversed"], reply["points_forgiven"], reply["balances"][0]["available"]) == (150, 0, -100)


def test_points_that_have_expired_are_said_and_not_taken_again(shop, till):
    factories.program(shop, policies={"expiry": {"kind": "days", "days": 30}})
    path = f"purchases/{bought(shop).public_id}/refunds"

    reply = till.post(path, {"amount": 1000}).json()

    assert (reply["points_reversed"], reply["points_expired"], reply["balances"][0]["available"]) == (0, 10, 0)


@pytest.mark.any_database
def test_the_points_of_a_refund_go_back_even_while_they_are_pending(shop, till):
    factories.program(shop, policies={"hold_days": 30}, at=AT)
    sent = till.post("purchases", {"customer": factories.customer(shop).public_id, "amount": 1000}).json()

    reply = till.post(f"purchases/{sent['id']}/refunds", {"amount": 600}).json()

    assert (reply["points_reversed"], reply["balances"][0]["pending"]) == (6, 4)


@pytest.mark.any_database
def test_a_limit_that_a_refund_frees_counts_for_later_purchases(shop, till):
    factories.program(shop, rules=[rule({"fixed": 9}, limits={"per_customer": {"times": 1}})])
    buyer = factories.customer(shop)
    first = bought(shop, buyer)
    bought(shop, buyer)
    assert kept(shop) == 9

    till.post(f"purchases/{first.public_id}/refunds", {"amount": 1000})
    bought(shop, buyer)

    assert kept(shop) == 9
    assert_sound(shop)


def test_first_purchase_is_free_again_after_a_full_refund_by_lines(shop, till):
    factories.program(shop, rules=[rule({"fixed": 9}, when={"first_purchase": True})])
    buyer = factories.customer(shop)
    first = bought(shop, buyer, lines=[line(500), line(500)])

    till.post(
        f"purchases/{first.public_id}/refunds", {"lines": [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}]}
    )
    bought(shop, buyer)

    assert kept(shop) == 9


@pytest.mark.any_database
def test_a_program_that_begins_later_judges_what_is_left_of_lines(shop, till):
    purchase = bought(shop, lines=[line(900, "coffee", 3), line(500, "cake", 2)])
    till.post(f"purchases/{purchase.public_id}/refunds", back(2))

    factories.program(shop, rules=[rule(1, when=CAKE)], starts_at=AT - timedelta(days=1))

    assert kept(shop) == 2
    assert_sound(shop)


@pytest.mark.parametrize(
    ("lines", "series", "points"),
    [
        # a free product of a basket that cost something
        ([line(500, "cake"), line(0, "sample", 2)], [back(2)], 4),
        ([line(500, "cake"), line(0, "sample", 2)], [back(2), back(2)], 2),
        ([line(500, "cake"), line(0, "sample", 2)], [back(2), back(1)], 0),
        # a basket that cost nothing at all
        ([line(0, "sample"), line(0, "sample")], [back(1)], 2),
        ([line(0, "sample"), line(0, "sample")], [back(1), back(2)], 0),
    ],
)
def test_what_cost_nothing_comes_back_alone_with_the_points_it_earned(shop, till, lines, series, points):
    factories.program(shop, rules=[rule({"per_item": 2})])
    path = f"purchases/{bought(shop, lines=lines).public_id}/refunds"

    answers = [till.post(path, body) for body in series]
    again = till.post(path, series[0] if len(series) == 1 and lines[0].amount == 0 else back(2, 3))

    assert {answer.status_code for answer in answers} == {201}
    assert again.status_code == 409
    assert kept(shop) == points
    assert_sound(shop)
