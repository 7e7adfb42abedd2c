"""After any series of refunds the points kept equal what the remaining basket would have earned, by whatever rules."""

import pytest

from customers.purchases import LineDraft
from customers.tests import factories as shops
from rewards import earning, ledger
from rewards.models import Entry, Judgement
from rewards.tests import factories
from rewards.tests.promises import rule

pytestmark = pytest.mark.django_db
CAKE = {"categories": ["cake"]}


@pytest.fixture
def shop():
    return shops.merchant()


def kept(shop):
    return sum(Entry.objects.filter(merchant=shop).values_list("points", flat=True))


def after(shop, wanted, refunds, **purchase) -> int:
    """The points kept of a purchase after refunds by amount."""
    factories.program(shop, rules=wanted)
    bought = factories.judged(shop, factories.member(shop), **purchase)
    for amount in refunds:
        factories.returned(shop, bought, amount=amount)
    assert [*ledger.differences(), *earning.differences()] == []
    return kept(shop)


@pytest.mark.parametrize(
    ("refunds", "expected"), [([], 43), ([1], 41), ([1000], 23), ([500, 500], 23), ([2000], 0), ([1999, 1], 0)]
)
def test_multipliers_and_fixed_awards_follow_the_rest(shop, refunds, expected):
    wanted = [rule(1, "euro"), rule({"multiply": "2"}, "double"), rule({"fixed": 3}, "visit")]

    assert after(shop, wanted, refunds, amount=2000) == expected


def test_a_refund_by_amount_lowers_all_lines_in_proportion(shop):
    lines = [LineDraft(amount=1000, category="coffee"), LineDraft(amount=500, category="cake")]

    # 300 of 1500 came back: 400 of cake are left.
    assert after(shop, [rule(1, when=CAKE)], [300], amount=1500, lines=lines) == 4


def test_an_amount_without_lines_shrinks_for_rules_that_exclude_products(shop):
    assert after(shop, [rule(1, when={"exclude_categories": ["cake"]})], [300], amount=1000) == 7


def test_a_receipt_that_earns_nothing_goes_on_earning_nothing(shop):
    wanted = [rule({"fixed": 5}, limits={"total": {"times": 9}})]

    assert after(shop, wanted, [300], amount=1000, lines=[LineDraft(amount=1000, excluded=True)]) == 0


def test_min_amount_is_compared_with_what_is_left(shop):
    wanted = [rule({"fixed": 10}, when={"min_amount": 900})]

    assert after(shop, wanted, [100], amount=1000) == 10
    assert after(shops.merchant("b"), wanted, [101], amount=1000) == 0


def test_quantities_stay_until_everything_is_refunded(shop):
    lines = [LineDraft(amount=1000, quantity=3)]

    assert after(shop, [rule({"per_item": 2})], [999], amount=1000, lines=lines) == 6
    assert after(shops.merchant("b"), [rule({"per_item": 2})], [999, 1], amount=1000, lines=lines) == 0


def test_a_smaller_basket_may_deserve_more(shop):
    wanted = [rule({"fixed": 5}, "big", exclusive=True, when={"min_amount": 1000}), rule(1, "euro")]

    assert after(shop, wanted, [], amount=2000) == 5
    assert after(shops.merchant("b"), wanted, [1001], amount=2000) == 9
    assert after(shops.merchant("c"), wanted, [1001, 500], amount=2000) == 4
    assert after(shops.merchant("d"), wanted, [1001, 999], amount=2000) == 0


@pytest.mark.parametrize("refunded", [1, 500])
def test_what_a_purchase_lost_otherwise_does_not_come_back_with_a_refund(shop, refunded):
    factories.program(shop, rules=[rule(1)])
    ana = factories.member(shop)
    bought = factories.judged(shop, ana, amount=1000)
    ledger.post([factories.Till(factories.membership(ana)).posting(-10, purchase_id=bought.pk)], at=factories.AT)

    assert factories.returned(shop, bought, amount=refunded) == []
    assert kept(shop) == 0


def test_judged_again_after_a_full_refund_is_nothing(shop):
    wanted = [rule(1, "euro"), rule({"fixed": 3}, "a", limits={"total": {"times": 5}}), rule({"multiply": "3"}, "x")]

    assert after(shop, wanted, [700, 300], amount=1000) == 0


def test_a_judgement_itself_is_never_changed(shop):
    after(shop, [rule(1, limits={"per_customer": {"times": 1}})], [500], amount=1000)

    judged = Judgement.objects.get()
    assert (judged.points, judged.awards[0]["points"]) == (10, 10)


@pytest.mark.parametrize("refunded", [1, 20])
def test_refunds_take_the_same_statements_for_one_and_for_many(shop, refunded, django_assert_num_queries):
    wanted = [rule(1, "euro", when=CAKE), rule(1, "b", limits={"total": {"points": 10**6}})]
    factories.program(shop, rules=wanted)
    lines = [LineDraft(amount=1000, category="cake")]
    bought = [factories.judged(shop, factories.member(shop), lines=lines) for __ in range(refunded)]
    backs = [shops.refund(shop, one, amount=300) for one in bought]

    # savepoint and release; purchases, judgements, lines; turnstile, uses read and changed, days read and changed;
    # points kept; and twelve of posting
    with django_assert_num_queries(23):
        earning.take_back(merchant=shop, returns=backs, at=factories.AT)

    assert kept(shop) == refunded * 14
