"""What stands beside a step of the wizard: how people buy here, and what the promise would mean for them."""

from dataclasses import dataclass, field
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import money, percent, points
from loyalty_site.wizard.forecast import Forecast, forecast, objections
from loyalty_site.wizard.steps import MEASURED, baseline
from loyalty_site.wizard.wizard import Wizard
from rewards import rules
from rewards.models.programs import Kind

from .goals import METRICS, MONEY_METRICS, aim
from .programs import read, sentences


@dataclass(slots=True)
class Beside:
    """Sentences: of the shop's habits, of the promise, what it would mean, and what speaks against it."""

    habits: list[str]
    promise: list[str] = field(default_factory=list)
    means: list[str] = field(default_factory=list)
    against: list[str] = field(default_factory=list)
    today: list[str] = field(default_factory=list)


def beside(wizard: Wizard, *, at) -> Beside:
    """What is known at this step (no query)."""
    shown = Beside(habits_in_words(wizard))
    if wizard.here == "objective":
        shown.today = [f"{METRICS[metric]}: {standing(wizard, metric)}" for metric in MEASURED]
    if not wizard.is_whole:
        return shown
    try:
        version = wizard.version()
    except Refusal as refusal:
        shown.against = [str(refusal)]
        return shown
    program = version.program
    shown.promise = [*sentences(version, program.unit, wizard.merchant.currency), *first_reward(wizard), *aim(program)]
    found = reckoned(wizard, version)
    shown.means = meaning(found, wizard, program.unit)
    if shown.means and version.tiers:
        shown.means.append(_("What tiers add comes on top."))
    shown.against = [
        *objections(found, wizard.habits, version.policies), *(one.text for one in rules.doubts(read(version), at=at))
    ]  # fmt: skip
    return shown


def first_reward(wizard: Wizard) -> list[str]:
    """What is put on the menu with the program."""
    first = wizard.first_reward()
    if first is None:
        return []
    return [_("On the menu: %(name)s for %(points)s.") % {"name": first["name"], "points": points(first["cost"])}]


def habits_in_words(wizard: Wizard) -> list[str]:
    """How people buy here."""
    habits, currency = wizard.habits, wizard.merchant.currency
    if habits.basket is None:
        return [_("No sales of a whole month are on record, so nothing is reckoned. The amounts are only a start.")]
    said = [_("The purchase in the middle: %(amount)s.") % {"amount": money(habits.basket, currency)}]
    if habits.visits is not None:
        values = {"number": number_format(habits.regulars), "visits": number_format(round(float(habits.visits), 1), 1)}
        said.append(_("%(number)s regulars, who come %(visits)s times a month.") % values)
    values = {"amount": money(int(habits.revenue_a_month), currency), "months": habits.months}
    return [*said, _("Known customers spend %(amount)s a month. From the last %(months)d whole months.") % values]


def standing(wizard: Wizard, metric: str) -> str:
    """Where the shop stands with an objective."""
    found = baseline(metric, wizard.habits)
    if found is None:
        return _("not known yet")
    if metric in MONEY_METRICS:
        return money(int(found), wizard.merchant.currency)
    return number_format(round(float(found), 1), 1)


def reckoned(wizard: Wizard, version) -> Forecast:
    """The forecast of a valid wizard."""
    rewards = wizard.forms["rewards"].cleaned_data
    kind = version.program.kind
    goal = rewards["size"] if kind == Kind.STAMPS else rewards["goal"]
    worth = Fraction(rewards.get("value") or 0)
    return forecast(read(version), wizard.habits, point_value=worth, reward_points=goal)


def meaning(found: Forecast, wizard: Wizard, unit: str) -> list[str]:
    """The forecast in sentences; what is not known is left out."""
    if found.per_visit is None:
        return []
    said = [_("An ordinary purchase earns %(points)s.") % {"points": points(found.per_visit, unit)}]
    if found.a_month is not None:
        said.append(_("A regular collects %(points)s a month.") % {"points": points(found.a_month, unit)})
    if found.visits_to_reward:
        said.append(_("The first reward takes %(visits)d visits.") % {"visits": found.visits_to_reward})
    if found.cost and found.share is not None:
        values = {"amount": money(found.cost, wizard.merchant.currency), "share": percent(float(found.share), 1)}
        said.append(_("It gives back %(amount)s a month, %(share)s of what known customers spend.") % values)
    elif unit == "stamps":
        said.append(_("What it costs a month is what the reward costs you, times the cards that fill."))
    return said
