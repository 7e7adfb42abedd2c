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


def given(
    purchase, ruleset: rules.Ruleset, around: basket.Surroundings, first: bool | None, tier: str | None = None
) -> list[rules.Award]:
    """The awards of one ruleset."""
    facts = basket.of(purchase, basket.earning_base(purchase, ruleset), ruleset, around)
    if first is not None:
        facts.first_purchase = first
    facts.tier = tier
    return rules.evaluate(ruleset, facts)


def tried_all(
    *, merchant: Merchant, purchases: list, ruleset: rules.Ruleset, tier: str | None = None
) -> list[list[rules.Award]]:
    """The awards of one ruleset for each purchase that one customer of a `tier` might make next.

    As `tried`; what no record can say follows from what is on it: it is the first where there is none before.
    """
    around = basket.Surroundings(merchant, purchases, [ruleset], history=True)
    return [given(purchase, ruleset, around, not around.firsts, tier) for purchase in purchases]
