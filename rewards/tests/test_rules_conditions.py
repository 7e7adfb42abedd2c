"""When a rule applies, and to which lines."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from rewards.tests.promises import TUESDAY, facts, given, line, rule

BASKET = [line(300, "coffee", sku="c1"), line(500, "cake", sku="k1"), line(200, "", sku="x")]


def base(when, *lines, **more):
    """The amount that a rule with these conditions is about; None where it does not apply."""
    found = given([rule({"per_amount": {"points": 1, "every": 1}}, when=when)], facts(None, *(lines or BASKET), **more))
    return found.get("r")


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo("Europe/Madrid"))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({"categories": ["coffee"]}, 300),
        ({"categories": ["Coffee", " CAKE "]}, 800),
        ({"categories": ["tea"]}, None),
        ({"skus": ["C1", "x"]}, 500),
        ({"exclude_categories": ["cake"]}, 500),
        ({"exclude_skus": ["c1", "x"]}, 500),
        ({"exclude_skus": ["c1", "x", "k1"]}, None),
        ({"categories": ["coffee", "cake"], "exclude_skus": ["k1"]}, 300),
        ({"categories": ["coffee"], "skus": ["k1"]}, None),
    ],
)
def test_category_and_sku_conditions_narrow_the_base_to_matching_lines(when, expected):
    assert base(when) == expected


def test_a_rule_for_products_gives_nothing_where_none_is_bought():
    assert given([rule({"fixed": 5}, when={"categories": ["tea"]})], facts(None, *BASKET)) == {}
    assert given([rule({"fixed": 5}, when={"categories": ["cake"]})], facts(None, *BASKET)) == {"r": 5}


def test_an_amount_without_lines_is_of_no_category():
    assert given([rule({"fixed": 5}, when={"categories": ["cake"]})], facts(1000)) == {}
    assert given([rule({"fixed": 5}, when={"exclude_categories": ["cake"]})], facts(1000)) == {"r": 5}


@pytest.mark.parametrize(("least", "expected"), [(500, 500), (501, None)])
def test_min_amount_is_compared_with_the_rules_own_base_inclusive(least, expected):
    assert base({"min_amount": least, "categories": ["cake"]}) == expected


@pytest.mark.parametrize(
    ("when", "more"),
    [
        ({"channels": ["web", "store"]}, {"channel": "store"}),
        ({"channels": ["Web"]}, {"channel": "wEB"}),
        ({"locations": ["loc_1"]}, {"location": "loc_1"}),
        ({"weekdays": [2]}, {"local": TUESDAY}),
        ({"hours": ["15:00", "17:00"]}, {"local": local(10, 15)}),
        ({"hours": ["15:00", "17:00"]}, {"local": local(10, 16, 59)}),
        ({"hours": ["22:00", "02:00"]}, {"local": local(10, 22)}),
        ({"hours": ["22:00", "02:00"]}, {"local": local(10, 1, 59)}),
        ({"hours": ["20:00", "24:00"]}, {"local": local(10, 23, 59)}),
        ({"starts_at": "2026-03-10T15:00:00"}, {"local": local(10, 15)}),
        ({"starts_at": "2026-03-10T14:00:00Z"}, {"local": local(10, 15)}),
        ({"ends_at": "2026-03-11"}, {"local": local(10, 23, 59)}),
        ({"first_purchase": True}, {"first_purchase": True}),
        ({"first_purchase": False}, {"first_purchase": False}),
        ({"birthday_window_days": 3}, {"birthday": 3}),
        ({"birthday_window_days": 0}, {"birthday": 0}),
        ({"code": " Spring "}, {"code": "spring"}),
        ({"tiers": ["Gold", "FRIEND "]}, {"tier": "Friend"}),
        ({"audiences": ["seg_1", "seg_2"]}, {"audiences": frozenset({"seg_2"})}),
        ({}, {}),
    ],
)
def test_a_condition_that_holds(when, more):
    assert base(when, **more) == 1000


@pytest.mark.parametrize(
    ("when", "more"),
    [
        ({"channels": ["web"]}, {"channel": "store"}),
        ({"locations": ["loc_1"]}, {"location": None}),
        ({"weekdays": [1, 3, 4, 5, 6, 7]}, {"local": TUESDAY}),
        ({"hours": ["15:00", "17:00"]}, {"local": local(10, 14, 59)}),
        ({"hours": ["15:00", "17:00"]}, {"local": local(10, 17)}),
        ({"hours": ["22:00", "02:00"]}, {"local": local(10, 2)}),
        ({"starts_at": "2026-03-10T15:00:00"}, {"local": local(10, 14, 59)}),
        ({"ends_at": "2026-03-11"}, {"local": local(11, 0)}),
        ({"first_purchase": True}, {"first_purchase": False}),
        ({"first_purchase": False}, {"first_purchase": True}),
        ({"birthday_window_days": 3}, {"birthday": 4}),
        ({"birthday_window_days": 3}, {"birthday": None}),
        ({"code": "spring"}, {"code": ""}),
        ({"tiers": ["Friend"]}, {"tier": "Regular"}),
        ({"tiers": ["Friend"]}, {"tier": None}),
        ({"audiences": ["seg_1"]}, {"audiences": frozenset({"seg_2"})}),
        ({"audiences": ["seg_1"]}, {}),
        ({"weekdays": [2], "code": "spring"}, {"local": TUESDAY, "code": "summer"}),
    ],
)
def test_a_condition_that_does_not_hold(when, more):
    assert base(when, **more) is None
