"""What a promise would mean for a shop whose customers go on as they do: pure numbers, and what speaks against it."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from django.utils.translation import gettext as _

from rewards import rules
from rewards.expiry import shortest_life
from rewards.rules import Facts, Line, Ruleset
from segments.habits import Habits

DAYS_A_MONTH = Fraction(365, 12)
SELDOM = Fraction(1, 2)  # visits of a regular in a month; below, months go by between two stamps
FEW = 20  # regulars
FAR = 12  # visits to the first reward
DEAR = Fraction(1, 10)  # of revenue


@dataclass(frozen=True, slots=True)
class Forecast:
    """`per_visit` and `a_month` are points of a regular; `cost` and `share` of all, of what points are worth.

    None where the shop's own sales do not say it yet. `visits_to_reward` is rounded up to whole visits.
    """

    per_visit: int | None
    a_month: int | None
    visits_to_reward: int | None
    cost: int | None
    share: Fraction | None


def forecast(ruleset: Ruleset, habits: Habits, *, point_value: Fraction, reward_points: int | None) -> Forecast:
    """What a basket in the middle earns, in an ordinary hour and for the second time at least.

    Rules for some products, days, or people add nothing here: the shop's habits do not say how often they apply.
    """
    if habits.basket is None:
        return Forecast(None, None, None, None, None)
    per_visit = earned(ruleset, habits.basket)
    cost = int(per_visit * habits.purchases_a_month * point_value)
    return Forecast(
        per_visit=per_visit,
        a_month=None if habits.visits is None else int(per_visit * habits.visits),
        visits_to_reward=ceil(Fraction(reward_points, per_visit)) if reward_points and per_visit else None,
        cost=cost,
        share=Fraction(cost) / habits.revenue_a_month if habits.revenue else None,
    )


def earned(ruleset: Ruleset, basket: int) -> int:
    """What an ordinary purchase earns by the rules that ask for nothing but an amount."""
    plain = Ruleset(tuple(rule for rule in ruleset.rules if is_plain(rule)), ruleset.rounding, ruleset.multipliers)
    awards = rules.evaluate(plain, Facts(base=basket, lines=(Line(basket),))) if plain.rules else []
    return sum(award.points for award in awards)


def is_plain(rule: rules.Rule) -> bool:
    """Whether a rule asks for nothing but an amount, so that it applies to an ordinary purchase."""
    if rule.when is None:
        return True
    return rule.when == rules.When(min_amount=rule.when.min_amount)


def objections(found: Forecast, habits: Habits, policies: dict) -> list[str]:
    """What speaks against a promise: that people buy too seldom, or that its parts contradict each other."""
    return [
        said for said in (seldom(habits), *far(found, habits, policies), held(habits, policies), dear(found)) if said
    ]


def seldom(habits: Habits) -> str:
    """Whether there are too few regulars, or they come too seldom, for a program to be noticed."""
    if habits.months == 0 or habits.basket is None:
        return ""
    if habits.visits is None or habits.visits < SELDOM:
        return _("People buy here too seldom for a program of visits: even regulars come less than every second month.")
    if habits.regulars < FEW:
        return _("Only %(number)d customers come regularly. A program pays when there are more of them.") % {
            "number": habits.regulars
        }
    return ""


def far(found: Forecast, habits: Habits, policies: dict) -> list[str]:
    """Whether the first reward is out of sight, or points are gone before it."""
    if found.visits_to_reward is None:
        return []
    said = []
    if found.visits_to_reward > FAR:
        said.append(
            _("The first reward takes %(visits)d visits. Few wait that long: more points, or a smaller reward.")
            % {"visits": found.visits_to_reward}
        )
    life = shortest_life(*life_of(policies))
    if life and habits.visits and found.visits_to_reward / habits.visits * DAYS_A_MONTH > life:
        said.append(_("Points of a regular expire before the first reward is reached. Let them live longer."))
    if found.visits_to_reward == 1:
        said.append(_("One visit reaches the reward: that is a discount, and nobody comes back for it."))
    return said


def held(habits: Habits, policies: dict) -> str:
    """Whether points are still on hold when their owner comes again."""
    if not habits.visits or policies["hold_days"] <= DAYS_A_MONTH / habits.visits:
        return ""
    return _("Points are still on hold when a regular comes again. Hold them for fewer days.")


def dear(found: Forecast) -> str:
    """Whether it gives away more than a shop usually can."""
    if found.share is None or found.share <= DEAR:
        return ""
    return _("It gives back more than a tenth of what customers spend.")


def life_of(policies: dict) -> tuple[str, int]:
    """Kind and count of an expiry."""
    expiry = policies["expiry"]
    return expiry["kind"], next((value for name, value in expiry.items() if name != "kind"), 0)
