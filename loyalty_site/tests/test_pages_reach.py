"""Who is rewarded and who is forgotten: ten groups beside those of 30 days before, as a page and as CSV."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from loyalty_site.selectors import reach
from loyalty_site.tests import factories
from loyalty_site.tests.page_text import text

TODAY = datetime(2026, 6, 15, tzinfo=UTC).date()
FIGURES = ["customers", "net_value", "value_share", "points_earned", "points_share", "members", "lapsed_60d"]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def shop(db):
    return factories.merchant()


@pytest.fixture
def history(shop):
    """Three customers, none of whom came lately; no program."""
    for amount in (3000, 500, 150):
        factories.purchase(shop, factories.customer(shop), amount=amount, at=datetime(2026, 1, 10, 12, tzinfo=UTC))


@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("by", ["value", "points"])
def test_reach_costs_the_same_for_one_and_for_many(alice, shop, django_assert_num_queries, number, by):
    # session, user, place; groups and lapsed, now and before; with a card, without, returns; notes, programs
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop))

    with django_assert_num_queries(12):
        alice.get("/m/a/retention/reach/", {"by": by})


def test_reach_says_who_gets_what(shop):
    factories.program(shop, starts_at=factories.AT.replace(year=2025))
    for amount in (9000, 1000):
        factories.purchase(shop, factories.customer(shop), amount=amount)

    by_value, by_points = (reach.reach(shop, by=by, today=TODAY) for by in ("value", "points"))

    assert by_value.finding == "The best fifth brings 100% of the revenue and earned 100% of the points"
    assert by_points.finding == "The fifth that earned most holds 100% of the points and brings 100% of the revenue"
    assert [(group.query, group.value_share, group.points_share) for group in by_points.groups] == [
        ("points_decile=1", 0.9, 0.9), ("points_decile=6", 0.1, 0.1),
    ]  # fmt: skip


def test_reach_says_who_of_the_best_is_forgotten(shop):
    away = factories.customer(shop)
    factories.purchase(shop, away, amount=9000)
    factories.program(shop, auto_enrol=False)
    for __ in range(3):
        factories.purchase(shop, factories.customer(shop), at=datetime(2026, 6, 1, 12, tzinfo=UTC))

    by_value, by_points = (reach.reach(shop, by=by, today=TODAY).forgotten for by in ("value", "points"))

    assert by_value == (
        "Of the 2 customers in the first three groups, 1 were not seen for 60 days and 2 are in no program."
    )
    assert by_points == ""


def test_reach_without_points_shows_revenue_alone(shop):
    factories.purchase(shop, factories.customer(shop))

    found = reach.reach(shop, by="value", today=TODAY)

    assert found.finding == "The best fifth brings 100% of the revenue; no program has given points yet"
    assert found.chart.table.head == ["Group", "of revenue"]


def test_reach_stands_beside_30_days_before(shop):
    factories.program(shop, starts_at=factories.AT.replace(year=2025))
    ana, ben = factories.customer(shop), factories.customer(shop)
    factories.purchase(shop, ana, amount=1000, at=datetime(2026, 5, 1, 12, tzinfo=UTC))
    factories.purchase(shop, ben, amount=3000, at=datetime(2026, 5, 2, 12, tzinfo=UTC))
    factories.purchase(shop, ana, amount=6000, at=datetime(2026, 6, 10, 12, tzinfo=UTC))

    found = reach.reach(shop, by="value", today=TODAY)

    assert [(one.decile.net_value, one.value_share, one.decile.earned) for one in found.groups] == [
        (7000, 0.7, 70), (3000, 0.3, 30),
    ]  # fmt: skip
    assert [(one.before.decile.net_value, one.before.value_share, one.before.points_share) for one in found.groups] == [
        (3000, 0.75, 0.75), (1000, 0.25, 0.25),
    ]  # fmt: skip
    assert found.earlier == TODAY - timedelta(days=30)
    assert found.finding_before == (
        "On 16 May 2026, 30 days before, it was 100% of the revenue and 100% of the points."
    )
    assert reach.rows(found)[1:] == [
        (1, 1, 7000, 0.7, 70, 0.7, 1, 0, 1, 3000, 0.75, 30, 0.75, 1, 0),
        (6, 1, 3000, 0.3, 30, 0.3, 1, 0, 1, 1000, 0.25, 10, 0.25, 1, 0),
    ]


def test_reach_of_a_young_shop_has_nothing_beside_it(alice, shop):
    factories.purchase(shop, factories.customer(shop), at=timezone.now())

    page = text(alice.get("/m/a/retention/reach/"))
    found = reach.reach(shop, by="value", today=timezone.localdate())

    assert "Nothing to compare with yet: it needs 30 days on record." in page
    assert (found.earlier, found.finding_before, found.groups[0].before) == (None, "", None)
    assert reach.rows(found)[1][8:] == ("",) * 7


def test_reach_says_what_counts_as_reward_and_what_before_means(alice, history):
    page = text(alice.get("/m/a/retention/reach/?by=points"))

    assert "Who is rewarded is told by points earned; what customers claimed with them is not counted here." in page
    assert "with groups formed by what stood then: a group need not hold the same customers as today." in page
    assert "before 30.00 € 82.2%" in page


def test_reach_of_an_empty_shop_teaches(alice):
    assert "Groups need customers with purchases." in text(alice.get("/m/a/retention/reach/"))


def test_reach_can_be_had_as_csv(alice, history):
    response = alice.get("/m/a/retention/reach.csv")

    head, *rows = csv.reader(io.StringIO(response.content.decode()))
    assert response.headers["Content-Disposition"] == 'attachment; filename="reach-a.csv"'
    assert head == ["group", *FIGURES, *(f"{name}_30d_before" for name in FIGURES)]
    assert rows == [
        ["1", "1", "3000", "0.821918", "0", "", "0", "1", "1", "3000", "0.821918", "0", "", "0", "1"],
        ["4", "1", "500", "0.136986", "0", "", "0", "1", "1", "500", "0.136986", "0", "", "0", "1"],
        ["7", "1", "150", "0.041096", "0", "", "0", "1", "1", "150", "0.041096", "0", "", "0", "1"],
    ]
