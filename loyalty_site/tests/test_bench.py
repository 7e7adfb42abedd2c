"""The figures of `make bench`: what they say of numbers that are known, and the histories that they are taken from."""

import numpy as np
import pytest
from django.db import connection

from customers import rollups
from customers.models import Purchase
from loyalty_site.bench import history
from loyalty_site.bench.figures import Figure, as_json, quantile, table
from loyalty_site.bench.worth import PARAMS, shoppers
from loyalty_site.tests.factories import AT
from segments.clv import bgnbd

FAST = Figure("purchases", 250.0, "/s", "alone", 1000.0, 0.2)
SLOW = Figure("look-up", 90.0, "ms", "at most", 80.0, 1.0, at_most=True)


@pytest.mark.parametrize(("share", "found"), [(0.95, 19), (0.5, 10), (1, 20), (0.01, 1)])
def test_quantile_is_the_smallest_value_that_covers_the_share(share, found):
    assert quantile(range(20, 0, -1), share) == found


def test_goal_is_a_least_or_a_most_ratio():
    assert (FAST.ratio, FAST.reached) == (0.25, True)
    assert (SLOW.ratio, SLOW.reached) == (1.125, False)


def test_table_says_what_missed_its_goal():
    head, fast, slow = table([FAST, SLOW]).splitlines()

    assert head.split() == ["what", "measured", "beside", "ratio", "goal"]
    assert fast.split() == ["purchases", "250.0", "/s", "alone:", "1,000.0", "0.25", "≥", "0.2", "reached"]
    assert slow.split()[-4:] == ["1.12", "≤", "1", "MISSED"]


def test_file_holds_both_sides_and_the_ratio():
    assert as_json([SLOW]) == [
        {
            "name": "look-up",
            "measured": 90.0,
            "unit": "ms",
            "against": "at most",
            "beside": 80.0,
            "goal": 1.0,
            "at_most": True,
            "ratio": 1.125,
            "reached": False,
        }
    ]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="written by PostgreSQL")
@pytest.mark.django_db
def test_history_is_one_that_the_product_could_have_recorded():
    shop = history.build("long", customers=40, purchases=400, at=AT)

    assert list(rollups.differences(shop)) == []
    made = Purchase.objects.for_merchant(shop)
    assert (made.values("customer").distinct().count(), 380 <= made.count() <= 420) == (40, True)
    assert not made.filter(occurred_at__gt=AT).exists()


def test_shoppers_follow_the_model_and_are_the_same_every_time():
    people, again = shoppers(20_000), shoppers(20_000)

    assert np.array_equal(people.x, again.x)
    assert np.array_equal(people.recency > 0, people.x > 0)
    assert (people.recency < people.age).all()
    fit = bgnbd.fit(bgnbd.Visits.grouped(people.x, people.recency, people.age))
    assert {name: round(value, 1) for name, value in fit.params.items()} == pytest.approx(PARAMS, rel=0.25)
