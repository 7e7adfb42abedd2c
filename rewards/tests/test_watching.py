"""What is found at the till, once."""

from datetime import UTC, date, datetime

import pytest

from customers import purchases, staff_cards
from customers.tests import factories as facts
from rewards import adjustments, watching
from rewards.models import Alert
from rewards.tests import factories
from rewards.tests.watched import AT, DAY, look, owner, person, sell, told, watch
from rewards.watching import usual

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    made = facts.merchant()
    factories.program(made)
    return made


def test_same_customer_by_the_same_person_is_told_on_the_fourth_purchase_of_a_day(shop):
    dora, erin, ana = person(shop), person(shop, "erin"), factories.member(shop)
    sell(shop, ana, dora, 3)
    sell(shop, ana, erin, 1)
    sell(shop, factories.member(shop), dora, 1)
    assert look(shop) == 0

    sell(shop, ana, dora)

    assert look(shop) == 1
    fields = ("person", "customer", "count", "limit", "happened_on", "state")
    assert told(*fields) == [("customer_day", dora.public_id, ana.pk, 4, 4, date(2026, 3, 10), "open")]


def test_nothing_is_told_twice_and_what_grows_while_open_is_counted(shop):
    dora, ana = person(shop), factories.member(shop)
    sell(shop, ana, dora, 4)
    look(shop)
    sell(shop, ana, dora)

    assert look(shop) == 0
    assert told("count") == [("customer_day", 5)]

    watching.dismiss(alert=Alert.objects.get(), by=owner(shop), at=AT)
    sell(shop, ana, dora)

    assert look(shop) == 0
    assert told("count", "state") == [("customer_day", 5, "dismissed")]


def test_day_is_the_shops(shop):
    dora, ana = person(shop), factories.member(shop)
    for at in (datetime(2026, 3, 10, 22, 30, tzinfo=UTC), datetime(2026, 3, 10, 23, 30, tzinfo=UTC)):
        sell(shop, ana, dora, 2, at=at)

    assert look(shop) == 0


def test_same_customer_all_week_is_told_by_its_monday(shop):
    watch(shop, customer_day=0, customer_week=5)
    dora, ana = person(shop), factories.member(shop)
    for days in range(-2, 3):  # Sunday of the week before to Thursday
        sell(shop, ana, dora, at=AT + days * DAY)
    assert look(shop, at=AT + 3 * DAY) == 0

    sell(shop, ana, dora, at=AT + 3 * DAY)

    assert look(shop, at=AT + 3 * DAY) == 1
    assert told("count", "happened_on") == [("customer_week", 5, date(2026, 3, 9))]


def test_void_anonymous_and_older_purchases_do_not_count(shop):
    dora, ana = person(shop), factories.member(shop)
    sell(shop, ana, dora, 3)
    sell(shop, None, dora, 4)
    sell(shop, ana, dora, 4, at=AT - 30 * DAY)
    purchases.void(merchant=shop, purchase_id=sell(shop, ana, dora).pk, at=AT)

    assert look(shop) == 0


def test_many_adjustments_by_one_person_are_told(shop):
    watch(shop, adjustments_day=3)
    dora, place = person(shop), factories.membership(factories.member(shop))
    for points in (5, -5, 500):  # the last one waits
        adjustments.adjust(membership=place, points=points, reason="x", by=dora, at=AT)
    adjustments.adjust(membership=place, points=5, reason="x", by=owner(shop), at=AT)

    assert look(shop) == 1
    assert told("person", "count", "limit") == [("adjustments", dora.public_id, 3, 3)]


def test_returns_without_a_receipt_are_told_in_their_week(shop):
    dora, ana = person(shop), factories.member(shop)
    bought = factories.judged(shop, ana, amount=5000)
    for days in (-1, 0, 1):
        facts.refund(shop, None, ana, amount=100, at=AT + days * DAY, actor=dora.public_id)
        facts.refund(shop, bought, amount=100, at=AT + days * DAY, actor=dora.public_id)
        facts.refund(shop, None, ana, amount=100, at=AT + days * DAY)  # of a file: nobody's

    assert look(shop) == 1
    assert told("person", "count", "happened_on") == [("returns", dora.public_id, 3, date(2026, 3, 9))]


def test_credit_far_above_what_is_usual_is_told(shop):
    dora, place = person(shop), factories.membership(factories.member(shop))
    for number in range(40):
        factories.judged(shop, factories.member(shop), amount=1000 + number)
    big = sell(shop, place.customer, dora, amount=5100)
    assert look(shop) == 1  # ten points are usual, and five times as much is told from 51 on

    sell(shop, factories.member(shop), dora, amount=5000)
    adjustments.adjust(membership=place, points=51, reason="x", by=owner(shop), at=AT)

    assert look(shop) == 1
    assert told("person", "purchase", "count", "limit", "unit") == [
        ("unusual", dora.public_id, big.pk, 51, 50, "points"),
        ("unusual", owner(shop).public_id, None, 51, 50, "points"),
    ]


def test_nothing_is_unusual_where_little_is_known(shop):
    for __ in range(usual.FEWEST - 2):
        factories.judged(shop, factories.member(shop))
    factories.judged(shop, factories.member(shop), amount=1_000_000)

    assert look(shop) == 0


@pytest.mark.parametrize(
    ("numbers", "expected"), [([7], 7), (range(1, 21), 19), (range(1, 101), 95), ([1] * 19 + [99], 1), ([1, 99], 99)]
)
def test_usual_is_a_rank_that_one_huge_credit_does_not_move(numbers, expected):
    assert usual.rank(list(numbers)) == expected


@pytest.mark.parametrize(("rule", "expected"), [("blocked", 1), ("queued", 1), ("allowed", 0)])
def test_points_for_the_own_card_are_told_unless_they_are_allowed(shop, rule, expected):
    watch(shop, self_credit=rule)
    dora, ana = person(shop), factories.member(shop)
    staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)
    bought = factories.judged(shop, ana, staff_id=dora.pk, actor="key_till")  # a till sent it, and named who sold
    factories.judged(shop, ana, staff_id=person(shop, "erin").pk)

    assert look(shop) == expected
    assert told("person", "purchase", "count") == [("self_credit", dora.public_id, bought.pk, 10)] * expected


def test_own_adjustment_is_told_unless_a_second_person_approved_it(shop):
    dora, ana = person(shop), factories.member(shop)
    staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)
    place = factories.membership(ana)
    asked = adjustments.adjust(membership=place, points=5, reason="x", by=dora, at=AT, alone=False)
    assert (asked.status, look(shop)) == ("pending_approval", 0)

    adjustments.approve(adjustment=asked, by=owner(shop), at=AT)
    assert look(shop) == 0

    adjustments.adjust(membership=place, points=5, reason="x", by=dora, at=AT)
    assert look(shop) == 1


def test_own_purchase_that_was_moved_away_is_nothing_to_tell(shop):
    dora, ana, ben = person(shop), factories.member(shop), factories.member(shop)
    staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)
    bought = sell(shop, ana, dora)
    purchases.move(merchant=shop, purchase_id=bought.pk, customer_id=ben.pk)

    assert look(shop) == 0


@pytest.mark.parametrize("shops_of_one", [1, 4])
def test_looking_costs_the_same_however_much_is_found(shop, django_assert_num_queries, shops_of_one):
    for number in range(shops_of_one):
        dora, ana = person(shop, f"p{number}"), factories.member(shop)
        staff_cards.link(staff=dora, customer=ana, by=owner(shop), at=AT)
        sell(shop, ana, dora, 4)

    # savepoint; what is watched; days, weeks; adjustments; returns; what is usual; cards, entries; known, insert
    with django_assert_num_queries(12):
        assert look(shop) == 5 * shops_of_one


def test_another_shop_is_not_looked_at(shop):
    sell(shop, factories.member(shop), person(shop), 4)

    assert look(facts.merchant("b")) == 0


def test_numbers_of_zero_watch_for_nothing(shop):
    watch(shop, self_credit="allowed", **dict.fromkeys(watching.NUMBERS, 0))
    dora, ana = person(shop), factories.member(shop)
    sell(shop, ana, dora, 5)

    assert look(shop) == 0
