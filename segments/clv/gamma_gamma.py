"""Gamma-Gamma: how much customers spend on a day with a purchase.

A customer's days scatter around a mean of their own by a gamma distribution (p), the means between customers by
another (q, gamma), and how much somebody spends has nothing to do with how often. `gamma` is in units of the currency.
Source: Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value, www.brucehardie.com/notes/025/.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy  # which loads its parts when they are first used: no command waits for them

from . import fitting

NAMES = ("p", "q", "gamma")
ENOUGH = 20_000  # customers that a first climb looks at


@dataclass(frozen=True, slots=True)
class Spending:
    """Customers with `x` further days who spent `total` on those days in all, in units of the currency; both over 0."""

    x: np.ndarray
    total: np.ndarray


class Likelihood:
    """The log-likelihood of the three parameters, with what depends on the data alone reckoned once."""

    def __init__(self, spending: Spending):
        x, self.total = spending.x.astype(float), spending.total.astype(float)
        self.times, self.place = np.unique(x, return_inverse=True)
        self.x, self.size = x, float(len(x))
        self.customers = np.bincount(self.place).astype(float)
        logs = np.log(self.total)
        self.by_p = x @ logs
        self.constant = -(logs - np.log(x)).sum()

    def __call__(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        """The log-likelihood and its gradient by the logarithms of p, q and gamma."""
        p, q, gamma = params = np.exp(logs)
        lnbeta, psi = scipy.special.betaln, scipy.special.digamma
        px, n, scale = p * self.times, self.customers, self.size * np.log(gamma)
        reach, shapes = gamma + self.total, p * self.x + q
        written, both = np.log(reach), psi(px + q)
        value = self.constant - n @ lnbeta(px, q) + q * scale + p * self.by_p - shapes @ written
        by_p = (n * self.times) @ (both - psi(px)) + self.by_p - self.x @ written
        by_q = n @ (both - psi(q)) + scale - written.sum()
        by_gamma = self.size * q / gamma - shapes @ (1 / reach)
        return value, np.array([by_p, by_q, by_gamma]) * params


def fit(spending: Spending) -> fitting.Fit | None:
    """The parameters that make the spending most likely; None where nobody spent anything again.

    The climb works on spending relative to its mean, so that it is the same in every currency.
    """
    if not len(spending.x):
        return None
    usual = float(spending.total.sum() / spending.x.sum())
    scaled = Spending(spending.x, spending.total / usual)
    whole, step = Likelihood(scaled), len(scaled.x) // ENOUGH
    sample = Likelihood(Spending(scaled.x[::step], scaled.total[::step])) if step > 1 else None
    found = fitting.maximise(NAMES, whole, start=[3.0, 3.0, 1.0], sample=sample)
    return replace(
        found,
        params={**found.params, "gamma": found.params["gamma"] * usual},
        log_likelihood=float(found.log_likelihood - whole.size * np.log(usual)),
    )


def expected_mean(params: dict[str, float], x: np.ndarray, total: np.ndarray) -> np.ndarray:
    """What a customer is expected to spend on a day, given `total` on `x` further days; the more of them, the closer
    to the customer's own mean. It has no value where q is 1 or less."""
    p, q, gamma = (params[name] for name in NAMES)
    return p * (gamma + total) / (p * x + q - 1)
