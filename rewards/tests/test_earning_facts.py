"""The facts that rules ask for: of the receipt, the customer, the shop's clock; and what a judgement remembers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from customers import purchases as facts
from customers.merchants import shops as merchants
from customers.purchases import LineDraft
from customers.tests import factories as shops
from rewards import earning, rules
from rewards.earning import basket
from rewards.models import Entry, Judgement
from rewards.tests import factories
from rewards.tests.factories import AT
from rewards.tests.promises import rule

DAY = timedelta(days=1)


@pytest.fixture
def shop(db):
    return shops.merchant()


def points(shop, person, wanted, **purchase) -> int:
    """What one purchase earns under one rule."""
    factories.program(shop, rules=[wanted], starts_at=AT - 900 * DAY)
    factories.judged(shop, person or factories.member(shop), **purchase)
    return Judgement.objects.get().points


def kept(shop):
    return sum(Entry.objects.filter(merchant=shop).values_list("points", flat=True))


@pytest.mark.parametrize(
    ("birthday", "day", "expected"),
    [
        ("", date(2026, 3, 10), None),
        ("03-10", date(2026, 3, 10), 0),
        ("03-12", date(2026, 3, 10), 2),
        ("03-07", date(2026, 3, 10), 3),
        ("12-30", date(2026, 1, 2), 3),
        ("01-02", date(2025, 12, 30), 3),
        ("02-29", date(2026, 2, 28), 0),
        ("02-29", date(2028, 2, 28), 1),
        ("02-29", date(2028, 3, 1), 1),
        ("02-29", date(2100, 2, 28), 0),
    ],
)
def test_days_to_the_nearest_birthday(birthday, day, expected):
    assert basket.days_to_birthday(birthday, day) == expected


@pytest.mark.parametrize(("window", "expected"), [(2, 20), (1, 0)])
def test_a_birthday_counts_within_its_window(shop, window, expected):
    person = shops.customer(shop, birthday="03-12")
    wanted = rule({"fixed": 20}, when={"birthday_window_days": window})
    factories.program(shop, rules=[wanted])

    factories.judged(shop, person)

    judged = Judgement.objects.get()
    assert (judged.points, judged.facts["birthday"]) == (expected, 2)


def test_weekday_and_hours_are_on_the_shops_clock(shop):
    # Monday 23:30 in UTC is Tuesday half past midnight in Madrid.
    late = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)

    assert points(shop, None, rule(1, when={"weekdays": [2], "hours": ["00:00", "01:00"]}), at=late) == 10


def test_a_location_counts_by_its_id(shop):
    main, side = (merchants.add_location(merchant=shop, name=name) for name in ("Main", "Side"))
    factories.program(shop, rules=[rule(1, when={"locations": [main.public_id]})])
    ana = factories.member(shop)

    for place in (main, side, None):
        factories.judged(shop, ana, location_id=place and place.pk)

    assert list(Judgement.objects.order_by("purchase").values_list("points", flat=True)) == [10, 0, 0]
    assert Judgement.objects.earliest("purchase").facts["location"] == main.public_id


def test_a_code_counts_in_large_and_small_letters_and_is_remembered(shop):
    assert points(shop, None, rule(1, when={"code": "Spring"}), code=" SPRING ") == 10
    assert Judgement.objects.get().facts == {"base": 1000, "code": "spring"}


def test_a_judgement_does_not_grow_with_the_conditions_of_its_rules(shop):
    skus = [f"SKU-{number:05}" for number in range(500)]
    lines = [LineDraft(amount=500, sku="sku-00007")]

    assert points(shop, None, rule({"fixed": 9}, when={"skus": skus}), amount=500, lines=lines) == 9

    kept = Judgement.objects.get()
    assert kept.awards == [{"rule": "r", "kind": "fixed", "points": 9, "base": 500, "terms": {"points": 9}}]
    said = rules.why(earning.awards_in(kept)[0], str)
    assert said == f"9 for the purchase (of {', '.join(skus)})"


def test_lines_count_by_category_and_units(shop):
    lines = [
        LineDraft(amount=700, category="Coffee", quantity=Decimal(2)),
        LineDraft(amount=300, category="Cake", quantity=Decimal(1)),
    ]

    assert points(shop, None, rule({"per_item": 5}, when={"categories": ["coffee"]}), lines=lines) == 10


def test_a_line_marked_excluded_earns_nothing(shop):
    lines = [LineDraft(amount=700, category="cake", excluded=True), LineDraft(amount=300, category="cake")]

    assert points(shop, None, rule(1, when={"categories": ["cake"]}), lines=lines) == 3


def test_a_receipt_of_excluded_lines_only_earns_nothing_fixed_awards_included(shop):
    assert points(shop, None, rule({"fixed": 5}), lines=[LineDraft(amount=1000, excluded=True)]) == 0


def test_a_purchase_of_nothing_earns_a_fixed_award(shop):
    assert points(shop, None, rule({"fixed": 5}), amount=0) == 5


# First purchase


HELLO = rule({"fixed": 50}, "hello", when={"first_purchase": True})


def hello(shop):
    """Whether each purchase was the first."""
    return [judged == 50 for judged in Judgement.objects.order_by("purchase").values_list("points", flat=True)]


def test_the_first_purchase_has_no_other_counted_one_on_record(shop):
    factories.program(shop, rules=[HELLO], starts_at=AT - 900 * DAY)
    ana = factories.member(shop)

    for at in (AT, AT, AT - 30 * DAY):
        factories.judged(shop, ana, at=at)

    assert hello(shop) == [True, False, False]


@pytest.mark.parametrize(("refunded", "again"), [(999, False), (1000, True)])
def test_the_first_purchase_is_freed_by_a_full_refund(shop, refunded, again):
    factories.program(shop, rules=[HELLO])
    ana = factories.member(shop)
    factories.returned(shop, factories.judged(shop, ana), amount=refunded)

    factories.judged(shop, ana)

    assert hello(shop) == [True, again]


def test_the_first_of_several_at_once_is_the_earliest_then_the_first_listed(shop):
    factories.program(shop, rules=[HELLO], starts_at=AT - 900 * DAY)
    ana, ben = factories.member(shop), factories.member(shop)
    drafts = [shops.draft(who, at=at) for who, at in [(ana, AT), (ana, AT - DAY), (ben, AT), (ben, AT)]]

    earning.judge(merchant=shop, purchases=facts.record(merchant=shop, drafts=drafts, at=AT), at=AT)

    assert hello(shop) == [False, True, True, False]


def test_a_refund_remembers_that_it_was_the_first_purchase(shop):
    factories.program(shop, rules=[HELLO, rule(1, "euro")])
    ana = factories.member(shop)
    bought = factories.judged(shop, ana)
    factories.judged(shop, ana)

    factories.returned(shop, bought, amount=500)

    assert kept(shop) == 50 + 5 + 10


@pytest.mark.parametrize("count", [1, 20])
def test_every_fact_takes_one_query_whatever_the_number_of_purchases(shop, count, django_assert_num_queries):
    place = merchants.add_location(merchant=shop, name="Main")
    conditions = {"first_purchase": True, "birthday_window_days": 9, "locations": [place.public_id], "code": "x"}
    factories.program(shop, rules=[rule(1, f"r{number}", when=conditions) for number in range(5)])
    bought = [
        shops.purchase(shop, factories.member(shop, birthday="03-10"), location_id=place.pk, code="x")
        for __ in range(count)
    ]

    with django_assert_num_queries(19):  # 16, and activity, birthdays, locations
        earning.judge(merchant=shop, purchases=bought, at=AT)

    assert set(Judgement.objects.values_list("points", flat=True)) == {50}
