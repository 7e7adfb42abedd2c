"""What rules would give for a purchase, without judging it."""

from customers.merchants.models import Merchant
from rewards import rules

from . import basket


def tried(
    *, merchant: Merchant, purchase, rulesets: list[rules.Ruleset], first: bool | None = None
) -> list[list[rules.Award]]:
    """The awards of each ruleset for a purchase (a draft with lines), on record or only thought of.

    The facts are those of now; limits count as not used yet, and `first` says what no record can. Writes nothing.
    """
    around = basket.Surroundings(merchant, [purchase], rulesets, history=True)
    if basket.earns_nothing(purchase):
        return [[] for __ in rulesets]
    return [given(purchase, ruleset, around, first) for ruleset in rulesets]


def given(purchase, ruleset: rules.Ruleset, around: basket.Surroundings, first: bool | None) -> list[rules.Award]:
    """The awards of one ruleset."""
    facts = basket.of(purchase, basket.earning_base(purchase, ruleset), ruleset, around)
    if first is not None:
        facts.first_purchase = first
    return rules.evaluate(ruleset, facts)
