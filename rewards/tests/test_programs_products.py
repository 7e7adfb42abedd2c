"""What running programs ask for by name, so that a till can tell it."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.tests.factories import merchant
from rewards import programs
from rewards.programs import Asked
from rewards.tests import factories
from rewards.tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return merchant()


def rule(award, name, **when):
    return {"name": name, "trigger": "purchase", "award": award, "when": when}


def test_products_of_all_rules_are_named_once_as_they_were_written(shop):
    first = rule({"per_item": 1}, "a", categories=["Coffee", " Tea "], skus=["RYE"])
    second = rule({"fixed": 1}, "b", exclude_categories=["coffee", "Tobacco"], exclude_skus=["rye", "OATS"])
    factories.program(shop, rules=[first, second])

    assert programs.asked(shop, at=AT) == Asked(("RYE", "OATS"), ("Coffee", "Tea", "Tobacco"), items=False)


def test_rule_that_counts_all_items_asks_for_their_number(shop):
    factories.program(shop, rules=[rule({"per_item": 1}, "a", weekdays=[1])])

    assert programs.asked(shop, at=AT) == Asked((), (), items=True)


def test_programs_that_do_not_run_and_rules_that_are_over_ask_for_nothing(shop):
    over = rule({"fixed": 1}, "a", skus=["RYE"], ends_at="2026-03-20T00:00:00Z")
    factories.program(shop, rules=[over])
    paused = factories.program(shop, name="Paused", rules=[rule({"fixed": 1}, "a", skus=["OATS"])])
    programs.pause(program=paused, at=AT)
    programs.create(merchant=shop, name="Draft", rules=[rule({"fixed": 1}, "a", skus=["EGGS"])], at=AT)
    end = datetime(2026, 3, 20, tzinfo=UTC)

    assert programs.asked(shop, at=end - timedelta(seconds=1)).skus == ("RYE",)
    assert programs.asked(shop, at=end) == Asked()


def test_rules_for_other_occasions_ask_for_nothing(shop):
    factories.program(shop, rules=[{"name": "review", "trigger": "review", "award": {"fixed": 1}}])

    assert programs.asked(shop, at=AT) == Asked()


@pytest.mark.parametrize("number", [1, 5])
def test_it_costs_the_same_for_one_program_and_for_many(shop, django_assert_num_queries, number):
    for place in range(number):
        factories.program(shop, name=f"P{place}", rules=[rule({"fixed": 1}, "a", skus=["RYE"])])

    with django_assert_num_queries(3):
        programs.asked(shop, at=AT)
