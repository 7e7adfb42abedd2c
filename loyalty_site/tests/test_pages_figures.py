"""The shop in figures: the last 30 days, the weeks, and everything since the beginning."""

from datetime import UTC, date, datetime

import pytest

from loyalty_site.selectors.figures import shop_figures
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)


def shown(shop, day=DAY):
    return {figure.label: figure.value for figure in shop_figures(shop, today=day).ever}


def test_figures_are_those_of_the_overview(shop):
    ana, ben = factories.customer(shop), factories.customer(shop)
    factories.purchase(shop, ana, amount=1000, at=datetime(2026, 1, 10, 12, tzinfo=UTC))
    factories.purchase(shop, ana, amount=2000, at=datetime(2026, 1, 20, 12, tzinfo=UTC))
    factories.purchase(shop, ben, amount=500, at=datetime(2026, 3, 20, 12, tzinfo=UTC))
    factories.purchase(shop, None, amount=300, at=datetime(2026, 3, 20, 12, tzinfo=UTC))

    assert shown(shop) == {
        "Revenue": "38.00\xa0€",
        "Purchases": "4",
        "Customers": "2",
        "Average purchase": "9.50\xa0€",
        "Come again": "50.0%",
        "Not seen for 60 days": "50.0%",
        "Share of the best fifth": "85.7%",
        "Days between visits": "10",
    }


def test_every_figure_has_its_definition(shop):
    factories.purchase(shop, factories.customer(shop))

    figures = shop_figures(shop, today=DAY).ever

    assert [figure.label for figure in figures if not figure.definition or "minor units" in figure.definition] == []


def lately(shop, day=DAY):
    return {tile.label: tile for tile in shop_figures(shop, today=day).lately.tiles}


@pytest.fixture
def two_months(shop):
    """A first purchase long ago; in February Ana spent 20.00 twice; in March Ana 30.00, and Ben 15.00 as a new face."""
    ana, ben = factories.customer(shop), factories.customer(shop)
    bought = [(ana, 1, 10, 1000), (ana, 2, 10, 2000), (ana, 2, 20, 2000), (ana, 3, 20, 3000), (ben, 3, 25, 1500)]
    for buyer, month, day, amount in bought:
        factories.purchase(shop, buyer, amount=amount, at=datetime(2026, month, day, 12, tzinfo=UTC))


def test_last_days_are_compared_in_sign_and_words(shop, two_months):
    tiles = lately(shop)

    assert [(tile.value, tile.change, tile.tone) for tile in tiles.values()] == [
        ("45.00\xa0€", "▲ 13% more than the 30 days before (40.00\xa0€)", "good"),
        ("2", "= the same as the 30 days before", ""),
        ("1", "▲ 0 before", "good"),
        ("50%", "▼ 50 percentage points less than before (100%)", "bad"),
    ]
    assert [tile.label for tile in tiles.values() if not tile.definition] == []


def test_young_shop_has_nothing_to_compare_with(shop):
    factories.purchase(shop, factories.customer(shop), at=datetime(2026, 3, 20, 12, tzinfo=UTC))

    assert {tile.change for tile in lately(shop).values()} == {
        "nothing to compare with yet: it needs 60 days on record"
    }


def test_what_changed_is_said_in_words(shop, two_months):
    assert shop_figures(shop, today=DAY).lately.changed == [
        "2 customers bought, against 1 in the 30 days before; 1 of them for the first time.",
        "An average purchase is worth more: 22.50\xa0€ after 20.00\xa0€.",
    ]


def test_trend_says_the_last_whole_week_and_leaves_the_present_one_open(shop, two_months):
    trend = shop_figures(shop, today=DAY).lately.trend

    assert trend.words.title == "The week of 23 Mar brought 15.00\xa0€; the weeks before 7.27\xa0€ on average"
    assert trend.table.rows[-3:] == [
        ("16 Mar", ["30.00\xa0€", "1"]), ("23 Mar", ["15.00\xa0€", "1"]), ("30 Mar", ["0.00\xa0€", "0"]),
    ]  # fmt: skip
    assert trend.forms[0].lines[0].dots[-1].open


def test_what_cannot_be_known_yet_is_said_with_what_is_missing(alice, shop):
    factories.customer(shop)

    page = alice.get("/m/a/figures/").content.decode()

    assert page.count("not known yet") == 6  # five since the beginning, and the returning share of the last 30 days
    assert "It needs a customer who bought on two days." in page


@pytest.mark.parametrize("number", [1, 30])
def test_figures_cost_literally(alice, shop, django_assert_num_queries, number):
    # session, user, place; nine of the overview; days, returns, buyers, newcomers
    for __ in range(number):
        factories.purchase(shop, factories.customer(shop))

    with django_assert_num_queries(16):
        alice.get("/m/a/figures/")
