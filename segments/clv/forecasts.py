"""What the fitted models expect of each customer."""

from dataclasses import dataclass

import numpy as np

from . import bgnbd, gamma_gamma
from .history import People

YEAR = 52  # weeks


@dataclass(frozen=True, slots=True)
class Forecast:
    """For each customer: the probability of still buying, purchases expected over 52 weeks, and (money in units of
    the currency) what they are worth; None where the models do not say."""

    p_alive: np.ndarray
    purchases: np.ndarray
    worth: np.ndarray | None


def ahead(params: dict[str, float], people: People, weeks: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Expected purchases by the end of each of `weeks`, summed up by the columns of `weights`: a row a customer.

    What somebody does while alive depends on x and age alone, so it is reckoned once for those who share them.
    """
    days = int(people.age.max(initial=0)) + 1
    codes, place = np.unique(people.x * days + people.age, return_inverse=True)
    x, age = np.divmod(codes, days)
    return bgnbd.while_alive(params, x, age / bgnbd.WEEK, weeks, weights)[place] * alive(params, people)[:, None]


def alive(params: dict[str, float], people: People) -> np.ndarray:
    """The probability that each customer still buys."""
    return bgnbd.p_alive(params, people.x, people.recency / bgnbd.WEEK, people.age / bgnbd.WEEK)


def purchases(params: dict[str, float], people: People, weeks: float) -> np.ndarray:
    """Purchases expected of each customer in so many weeks."""
    return ahead(params, people, np.array([weeks]), np.ones((1, 1)))[:, 0]


def year(buying: dict[str, float], spending: dict[str, float] | None, people: People, *, discount: float, unit: float):
    """The next 52 weeks of each customer: Σ over weeks of (E[Y(w)] − E[Y(w − 1)]) · E[M] / (1 + discount)^(w / 52).

    `discount` is a year's; `unit` is how many minor units make one of the currency.
    """
    weeks = np.arange(1, YEAR + 1, dtype=float)
    today = np.append((1 + discount) ** (-weeks / YEAR), 0.0)
    expected = ahead(buying, people, weeks, np.column_stack([weeks == YEAR, today[:-1] - today[1:]]).astype(float))
    worth = None
    if spending is not None:
        worth = expected[:, 1] * gamma_gamma.expected_mean(spending, people.x, people.spent / unit)
    return Forecast(p_alive=alive(buying, people), purchases=expected[:, 0], worth=worth)
