"""What a program is for, and what it may cost: kept and shown; neither changes what is earned."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid

METRICS = (
    "repeat_rate_90d", "average_purchase", "visits_per_month", "active_customers", "revenue_per_month",
    "referred_customers",
)  # fmt: skip
LARGEST = 10**15


class InvalidObjective(Invalid):
    code = "invalid_objective"


class InvalidBudget(Invalid):
    code = "invalid_budget"


def check_objective(objective: object) -> None:
    """A metric, the number to reach, and the day by which; kept as it was sent."""
    if objective is None:
        return
    if not isinstance(objective, dict) or set(objective) != {"metric", "target", "by"}:
        raise InvalidObjective(
            _('An objective is {"metric": "repeat_rate_90d", "target": 0.45, "by": "2027-06-30"}.'), field="objective"
        )
    if objective["metric"] not in METRICS:
        raise InvalidObjective(
            _("A metric is one of: %(metrics)s."), values={"metrics": ", ".join(METRICS)}, field="objective.metric"
        )
    target = objective["target"]
    if type(target) not in (int, float) or not 0 < target <= LARGEST:  # nor infinite, nor no number
        raise InvalidObjective(_("'target' is a number above 0."), field="objective.target")
    check_day(objective["by"])


def check_day(by: object) -> None:
    """A calendar day as YYYY-MM-DD."""
    try:
        if not isinstance(by, str) or date.fromisoformat(by).isoformat() != by:  # nor 2027-W26-3
            raise ValueError(by)
    except ValueError as error:
        raise InvalidObjective(_("'by' is a day, such as 2027-06-30."), field="objective.by") from error


def check_budget(budget: object) -> None:
    """How much the points granted in a month may be worth, in minor units of money."""
    if budget is None:
        return
    if not isinstance(budget, dict) or set(budget) != {"per_month"}:
        raise InvalidBudget(_('A budget is {"per_month": 50000}, in minor units of money.'), field="budget")
    if type(budget["per_month"]) is not int or not 1 <= budget["per_month"] <= LARGEST:
        raise InvalidBudget(
            _("'per_month' is money in whole minor units, more than nothing."), field="budget.per_month"
        )
