"""Whether the forecast held: what was expected of customers beside what they bought afterwards."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from . import forecasts
from .bgnbd import WEEK
from .history import History

KNOWN = 28  # days after a day that say more than chance
OFTEN = 7  # customers with so many further days or more are one group


@dataclass(frozen=True, slots=True)
class Group:
    """Customers alike in how often they had come (`often`: or oftener), with their mean purchases afterwards."""

    x: int
    often: bool
    customers: int
    actual: float
    forecast: float


@dataclass(frozen=True, slots=True)
class Holdout:
    """Purchase days in the `weeks` after `cut`: all customers together, and by how often they had come until then.

    `held_back`: the weeks are the last of the history, which the tested forecast did not know; otherwise they lie
    behind the day of the report. `correlation` is that of forecast and purchases of each customer, None where all are
    alike.
    """

    cut: date
    held_back: bool
    weeks: float
    actual: int
    forecast: float
    correlation: float | None
    groups: list[Group]

    @property
    def error(self) -> float | None:
        """By how much of what was bought the forecast is off; None where nothing was bought."""
        return self.forecast / self.actual - 1 if self.actual else None


def split(bounds: tuple[date, date], *, as_of: date) -> tuple[date, date]:
    """Where a history is cut, and its end: at the day of the report if four weeks after it are known, otherwise so
    that the last quarter of the history, in whole weeks, is held back; both are the same where that is no week."""
    first, newest = bounds
    if newest >= as_of + timedelta(days=KNOWN):
        return as_of, newest
    quarter = (as_of - first).days // 4 // WEEK * WEEK
    return as_of - timedelta(days=quarter), as_of


def tried(history: History, params: dict[str, float], *, as_of: date) -> Holdout:
    """The forecast of `params` for the time after the cut, beside what was bought then."""
    people, later = history.until_cut(), history.later()
    weeks = (history.end - history.cut).days / WEEK
    expected = forecasts.purchases(params, people, weeks)
    return Holdout(
        cut=history.cut,
        held_back=history.cut < as_of,
        weeks=weeks,
        actual=int(later.sum()),
        forecast=float(expected.sum()),
        correlation=correlation(expected, later),
        groups=groups(people.x, expected, later),
    )


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Pearson's; None where either is the same for everybody."""
    if len(one) < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def groups(x: np.ndarray, expected: np.ndarray, later: np.ndarray) -> list[Group]:
    """Means by how often customers had come; groups without customers are left out."""
    capped = np.minimum(x, OFTEN)
    return [
        Group(times, times == OFTEN, int(those.sum()), float(later[those].mean()), float(expected[those].mean()))
        for times in range(OFTEN + 1)
        if (those := capped == times).any()
    ]
