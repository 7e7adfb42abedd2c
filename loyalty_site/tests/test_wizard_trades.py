"""Every trade suggests a promise that can be published as it is, with or without sales of the shop's own."""

from fractions import Fraction

import pytest
from django.utils import timezone

from loyalty_site.tests import factories
from loyalty_site.wizard.forecast import forecast, objections
from loyalty_site.wizard.trades import TRADES, rounded
from rewards import programs, rules
from rewards.programs.policies import check_policies
from segments.habits import Habits

BAKERY = Habits(
    months=6, basket=850, regulars=200, visits=Fraction(4), customers=700, purchases=6000, revenue=5_400_000
)


@pytest.mark.django_db
@pytest.mark.parametrize("currency", ["EUR", "JPY"])
@pytest.mark.parametrize("habits", [BAKERY, Habits()], ids=["sales", "none"])
def test_suggestion_can_be_published_and_is_not_doubted(currency, habits):
    shop = factories.merchant(currency=currency)

    for trade in TRADES:
        made = programs.create(
            merchant=shop, name=str(trade.label), at=timezone.now(), **trade.suggest(habits, currency).parts()
        )
        assert rules.doubts(rules.parse(made.versions.get().rules), at=factories.AT) == []
    assert shop.programs.count() == 8


@pytest.mark.parametrize("trade", TRADES, ids=[trade.name for trade in TRADES])
def test_suggestion_meets_no_objection_at_the_bakery(trade):
    found = trade.suggest(BAKERY, "EUR")
    policies = check_policies(found.policies)
    ruleset = rules.parse(found.rules)

    reckoned = forecast(
        ruleset, BAKERY, point_value=Fraction(found.point_value or 0), reward_points=found.reward_points
    )

    assert objections(reckoned, BAKERY, policies) == []


@pytest.mark.parametrize(
    ("amount", "currency", "kept"),
    [(283, "EUR", 200), (499, "EUR", 200), (500, "EUR", 500), (1, "EUR", 10), (1234, "JPY", 1000), (0, "JPY", 1)],
)
def test_amounts_are_ones_that_people_remember(amount, currency, kept):
    assert rounded(amount, currency) == kept
