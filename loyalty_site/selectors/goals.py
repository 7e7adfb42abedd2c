"""What a program is for and what it may cost, as people read it."""

from datetime import date, datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.templatetags.ficha import day, money, percent
from rewards import budgets
from rewards.models import Program
from rewards.models.programs import Status

METRICS = {
    "repeat_rate_90d": gettext_lazy("share of customers who come back within 90 days"),
    "average_purchase": gettext_lazy("average purchase"),
    "visits_per_month": gettext_lazy("visits of a customer in a month"),
    "active_customers": gettext_lazy("customers who bought within the month"),
    "revenue_per_month": gettext_lazy("revenue in a month"),
    "referred_customers": gettext_lazy("customers who came on a recommendation"),
}
MONEY_METRICS = {"average_purchase", "revenue_per_month"}


def aim(program: Program) -> list[str]:
    """What the program is for, in a sentence."""
    if not program.objective:
        return []
    metric, target = program.objective["metric"], program.objective["target"]
    said = written(metric, target, program.merchant.currency)
    values = {"metric": METRICS[metric], "target": said, "day": day(date.fromisoformat(program.objective["by"]))}
    return [_("Aim by %(day)s: %(target)s (%(metric)s).") % values]


def written(metric: str, number: int | float, currency: str) -> str:
    """A number of a metric as people read it."""
    if metric in MONEY_METRICS and type(number) is int:
        return money(number, currency)
    if metric == "repeat_rate_90d" and number <= 1:
        return percent(number, 1)
    return number_format(number, force_grouping=True)


def spent(program: Program, *, at: datetime) -> list[str]:
    """The budget, and what of it this month has used (one query where there is a budget that runs)."""
    if not program.budget:
        return []
    currency = program.merchant.currency
    budget = money(program.budget["per_month"], currency)
    if program.status == Status.DRAFT:
        return [_("%(budget)s are planned for a month.") % {"budget": budget}]
    [found] = budgets.this_month(program.merchant, at=at, program=program)
    values = {"budget": budget, "worth": money(found.worth, currency)}
    if found.is_over:
        return [_("%(budget)s are planned for a month. This month it granted %(worth)s: over the budget.") % values]
    return [_("%(budget)s are planned for a month. This month it granted %(worth)s.") % values]


def of(program: Program, *, at: datetime) -> list[str]:
    """The aim and the budget of a program (one query where there is a budget that runs)."""
    return [*aim(program), *spent(program, at=at)]
