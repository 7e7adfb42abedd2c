"""BG/NBD: how often customers buy, and whether they still do.

While alive somebody buys at random at a rate of their own, and after each purchase leaves for good with a probability
of their own; rates differ between customers by a gamma distribution (r, alpha), probabilities by a beta distribution
(a, b). Time is in weeks, purchases are days with a purchase after the first. Source: Fader, Hardie and Lee (2005),
"Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing Science 24 (2).
"""

from dataclasses import dataclass

import numpy as np
import scipy  # which loads its parts when they are first used: no command waits for them
from numpy.polynomial import chebyshev

from . import fitting
from .quadrature import beta_nodes, nodes_needed

WEEK = 7  # days
NAMES = ("r", "alpha", "a", "b")
ENOUGH = 20_000  # groups that a first climb looks at, or customers that it takes of more
AGES = 32  # ages that a polynomial is laid through


@dataclass(frozen=True, slots=True)
class Visits:
    """What the model needs of customers: `x` days with a purchase after the first, the last of them `recency` days
    after the first, of `age` days known; `count` customers are alike in the three. Whole numbers, one row a group."""

    x: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    count: np.ndarray

    @classmethod
    def grouped(cls, x: np.ndarray, recency: np.ndarray, age: np.ndarray) -> "Visits":
        """Customers who are alike put together, in the order of x, recency, age."""
        if not len(x):
            return cls(*(np.zeros(0, dtype=np.int64) for __ in range(4)))
        days = int(age.max()) + 1
        code = (x.astype(np.int64) * days + recency) * days + age
        code, count = np.unique(code, return_counts=True)
        rest, age = np.divmod(code, days)
        x, recency = np.divmod(rest, days)
        return cls(x, recency, age, count)

    def sampled(self, step: int) -> "Visits":
        """Every so manieth customer, in the order of the groups: as representative as a sample can be."""
        upto = np.cumsum(self.count)
        place, count = np.unique(
            np.searchsorted(upto, np.arange(step // 2, upto[-1], step), side="right"), return_counts=True
        )
        return Visits(self.x[place], self.recency[place], self.age[place], count)


class Likelihood:
    """The log-likelihood of the four parameters, with what depends on the data alone reckoned once.

    Γ-functions are taken once per number of purchases, logarithms once per day; only the question whether somebody
    who came back is still there is asked of each group. Sums of exponentials are taken in logarithms, so that
    thousands of purchases neither overflow nor vanish.
    """

    def __init__(self, visits: Visits):
        x, recency, age, count = visits.x, visits.recency, visits.age, visits.count
        self.size = float(count.sum())
        self.weeks = np.arange(int(age.max()) + 1) / WEEK
        self.at_age = np.bincount(age, weights=count)
        self.bought_at_age = np.bincount(age, weights=count * x)
        self.times = np.unique(x)
        self.customers = np.bincount(np.searchsorted(self.times, x), weights=count)
        again = x > 0
        self.x = x[again].astype(float)
        self.recency, self.age = recency[again], age[again]
        self.count = count[again].astype(float)
        self.again, self.place = np.unique(x[again], return_inverse=True)
        self.returned = np.bincount(self.place, weights=self.count, minlength=len(self.again))

    def __call__(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood and its gradient by the logarithms of r, alpha, a and b."""
        params = np.exp(logs)
        buying, by_buying = self.buying(*params[:2])
        leaving, by_leaving = self.leaving(*params[2:])
        alive, by_alive = self.alive(*params)
        return buying + leaving + alive, (np.concatenate([by_buying, by_leaving]) + by_alive) * params

    def buying(self, r: float, alpha: float) -> tuple[float, np.ndarray]:
        """The part of the purchases, as if nobody had left."""
        lngamma, psi = scipy.special.gammaln, scipy.special.digamma
        known = alpha + self.weeks
        logs, weight, times = np.log(known), r * self.at_age + self.bought_at_age, self.times
        scale = self.size * np.log(alpha)
        value = self.customers @ (lngamma(r + times) - lngamma(r)) + r * scale - weight @ logs
        by_r = self.customers @ (psi(r + times) - psi(r)) + scale - self.at_age @ logs
        by_alpha = self.size * r / alpha - weight @ (1 / known)
        return value, np.array([by_r, by_alpha])

    def leaving(self, a: float, b: float) -> tuple[float, np.ndarray]:
        """The part of staying after each purchase."""
        lnbeta, psi = scipy.special.betaln, scipy.special.digamma
        x, n = self.again, self.returned
        value = n @ (lnbeta(a, b + x) - lnbeta(a, b))
        both = psi(a + b) - psi(a + b + x)
        return value, np.array([n @ both, n @ (both + psi(b + x) - psi(b))])

    def alive(self, r: float, alpha: float, a: float, b: float) -> tuple[float, np.ndarray]:
        """The part of having left after the last purchase or being silent by chance."""
        known = alpha + self.weeks
        logs, inverse = np.log(known), 1 / known
        gone = np.log(a) - np.log(b + self.again - 1)
        silence = logs[self.age] - logs[self.recency]
        odds = gone[self.place] + (r + self.x) * silence
        value = self.count @ np.logaddexp(0, odds)
        left = self.count * scipy.special.expit(odds)
        by_place = np.bincount(self.place, weights=left, minlength=len(self.again))
        by_alpha = (left * (r + self.x)) @ (inverse[self.age] - inverse[self.recency])
        by_b = -by_place @ (1 / (b + self.again - 1))
        return value, np.array([left @ silence, by_alpha, left.sum() / a, by_b])


def fit(visits: Visits) -> fitting.Fit | None:
    """The parameters that make the visits most likely; None where nobody came back, so that nothing tells them."""
    if not (visits.x > 0).any():
        return None
    whole, few = Likelihood(visits), len(visits.x) <= ENOUGH
    sample = None if few else visits.sampled(int(whole.size) // ENOUGH)
    weeks = max(whole.at_age @ whole.weeks / whole.size, 1 / WEEK)
    return fitting.maximise(
        NAMES,
        whole,
        start=[0.5, weeks / 4, 0.5, 1.5],
        sample=Likelihood(sample) if sample is not None and (sample.x > 0).any() else None,
    )


def p_alive(params: dict[str, float], x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:  # noqa: N803
    """The probability that a customer still buys; 1 for whoever came once, because nobody leaves before buying."""
    r, alpha, a, b = (params[name] for name in NAMES)
    odds = np.log(a) - np.log(b + np.maximum(x, 1) - 1) + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    return np.where(x > 0, scipy.special.expit(-odds), 1.0)


def while_alive(
    params: dict[str, float],
    x: np.ndarray,
    T: np.ndarray,  # noqa: N803
    weeks: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Expected purchases of somebody who is alive, a row for each x and T: those by the end of each of `weeks`, summed
    up by the columns of `weights`.

    Times P(alive) they are what somebody is expected to buy. For one x they are a smooth function of log(alpha + T),
    so that many ages are read off a polynomial through a few, without a difference that a billionth would show.
    """
    found = np.empty((len(x), weights.shape[1]))
    for times in np.unique(x):
        rows = np.flatnonzero(x == times)
        ages = np.log(params["alpha"] + T[rows])
        if len(rows) <= AGES:
            found[rows] = bought(params, float(times), np.exp(ages), weeks) @ weights
        else:
            found[rows] = between(ages, lambda known, times=times: bought(params, float(times), known, weeks) @ weights)
    return found


def bought(params: dict[str, float], times: float, known: np.ndarray, weeks: np.ndarray) -> np.ndarray:
    """Expected purchases while alive by the end of each of `weeks`, for one x; `known` are values of alpha + T.

    The published form holds Gauss's hypergeometric function, which loses its digits at large x and has no value at
    a = 1. It is the mean of (1 − (1 + p t / (alpha + T))^−(r + x)) / p over p from a beta distribution (a, b + x).
    """
    p, weight = beta_nodes(params["a"], params["b"] + times, count=nodes_needed(float(weeks.max() / known.min())))
    reach = weeks[None, :, None] / known[:, None, None]
    return -np.expm1(-(params["r"] + times) * np.log1p(reach * p)) @ (weight / p)


def between(places: np.ndarray, function) -> np.ndarray:
    """A smooth function at many places, from its values at AGES of Chebyshev's."""
    low, high = places.min(), places.max()
    nodes = np.cos(np.pi * (np.arange(AGES) + 0.5) / AGES)
    values = function(np.exp((low + high + (high - low) * nodes) / 2))
    through = chebyshev.chebfit(nodes, values, AGES - 1)
    return chebyshev.chebval((2 * places - low - high) / (high - low), through).T
