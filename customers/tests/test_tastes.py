from datetime import timedelta

import pytest

from customers import tastes
from customers.purchases import LineDraft
from customers.tastes import Item, alike
from customers.tests import factories
from customers.tests.factories import AT

COFFEE, BUN, BREAD = Item.product("coffee"), Item.product("bun"), Item.product("bread")


def lines(*names, category=""):
    return [LineDraft(amount=200, name=name, category=category) for name in names]


def buy(shop, buyer, *names, days=0, **more):
    return factories.purchase(
        shop, buyer, amount=200 * len(names), at=AT - timedelta(days=days), lines=lines(*names), **more
    )


@pytest.fixture
def shop(db):
    return factories.merchant()


def test_a_taste_counts_visits_and_not_units(shop, django_assert_num_queries):
    ana = factories.customer(shop)
    buy(shop, ana, "Coffee", "Coffee", "Bun", days=3)
    buy(shop, ana, "COFFEE ", days=2, channel="web")
    factories.purchase(shop, ana, at=AT - timedelta(days=1))  # without lines

    with django_assert_num_queries(2):
        found = tastes.of(ana, before=AT)

    assert found.visits == 3
    assert found.bought == {COFFEE: 2, BUN: 1}
    assert found.names[COFFEE] == "COFFEE"
    assert found.channels == {"store": 2, "web": 1}
    assert found.favourites == [COFFEE]


def test_a_taste_is_of_the_latest_twenty_purchases_until_the_moment(shop):
    ana = factories.customer(shop)
    for days in range(1, 22):
        buy(shop, ana, "Bun", days=days)
    buy(shop, ana, "Coffee", days=30)
    buy(shop, ana, "Bread", days=-1)

    found = tastes.of(ana, before=AT)

    assert (found.visits, found.bought) == (20, {BUN: 20})


def test_what_came_back_whole_says_nothing_about_taste(shop):
    ana = factories.customer(shop)
    factories.refund(shop, buy(shop, ana, "Coffee"), amount=200)

    assert tastes.of(ana, before=AT).visits == 0


def test_a_line_is_a_product_by_its_sku_before_its_name():
    assert tastes.items("C1", "Coffee", "Drinks") == [Item("product", "c1"), Item("category", "drinks")]
    assert tastes.items("", " Coffee", "") == [COFFEE]
    assert tastes.items("", "", "") == []


def test_favourites_are_three_at_the_most_the_most_frequent_first():
    found = tastes.Taste(
        bought=tastes.Counter({BUN: 2, COFFEE: 5, BREAD: 2, Item.product("jam"): 2, Item("category", "x"): 9})
    )
    assert found.favourites == [COFFEE, BREAD, BUN]


def test_the_crowd_is_everybody_else_with_what_they_bought(shop, django_assert_num_queries):
    ana, berta, carla = (factories.customer(shop) for __ in range(3))
    buy(shop, ana, "Coffee")
    buy(shop, berta, "Coffee", days=2)
    buy(shop, berta, "Bun", days=1)
    buy(shop, carla, "Bread", days=-1)
    buy(shop, None, "Jam")
    buy(factories.merchant("b"), None, "Jam")

    with django_assert_num_queries(2):
        assert tastes.crowd(shop, before=AT, without=ana) == [{COFFEE, BUN}]


def test_those_buy_alike_who_buy_most_of_the_favourites():
    others = [{COFFEE, BUN}, {COFFEE}, {COFFEE, BUN, BREAD}, {BREAD}]
    assert alike([COFFEE, BUN, BREAD], others) == [{COFFEE, BUN}, {COFFEE, BUN, BREAD}]
    assert alike([COFFEE, BUN], others) == [{COFFEE, BUN}, {COFFEE, BUN, BREAD}]
    assert alike([BREAD], others) == [{COFFEE, BUN, BREAD}, {BREAD}]
    assert alike([], others) == []
