"""Retention: what became of the customers who first came in a month or a quarter, or by a first channel or product."""

from .keeping import settle
from .periods import months_between
from .report import Cohort, Retention, WrongMonths, check_months, definitions, pool, retention

__all__ = [
    "Cohort",
    "Retention",
    "WrongMonths",
    "check_months",
    "definitions",
    "months_between",
    "pool",
    "retention",
    "settle",
]
