"""Retention: what became of the customers who first came in a month or a quarter, or by a first channel or product."""

from .cells import Cells
from .comparison import Compare, Span, shifted, span
from .groups import By, Group, Groups, by_first, group_definitions, in_group
from .keeping import settle, unsettled
from .periods import months_between, period_of, periods_between
from .report import Cohort, Retention, WrongMonths, check_months, definitions, pool, retention

__all__ = [
    "By",
    "Cells",
    "Cohort",
    "Compare",
    "Group",
    "Groups",
    "Retention",
    "Span",
    "WrongMonths",
    "by_first",
    "check_months",
    "definitions",
    "group_definitions",
    "in_group",
    "months_between",
    "period_of",
    "periods_between",
    "pool",
    "retention",
    "settle",
    "shifted",
    "span",
    "unsettled",
]
