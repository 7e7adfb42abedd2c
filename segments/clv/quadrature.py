"""Means over a beta distribution by Gauss's quadrature."""

import numpy as np

FEWEST, MOST = 16, 192
DIGITS = 6


def nodes_needed(reach: float) -> int:
    """How many nodes give six digits for (1 + reach p)^−s, however large s and the second parameter of the beta
    distribution are. Gauss's quadrature with n nodes then errs by (1 + 2 / reach)^(−2n) or less."""
    if reach <= 0:
        return FEWEST
    return int(np.clip(np.ceil(DIGITS * np.log(10) / (2 * np.log1p(2 / reach))), FEWEST, MOST))


def beta_nodes(a: float, b: float, *, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places in (0, 1) and weights that add up to 1, for a beta distribution (a, b): Golub and Welsch (1969).

    From the recurrence of Jacobi's polynomials, scaled to weights of 1 from the start: the usual tables begin with a
    beta function that vanishes for b in the thousands.
    """
    k = np.arange(count, dtype=float)
    total = 2 * k + a + b
    middle = np.empty(count)
    middle[0] = a / (a + b)
    middle[1:] = 0.5 + (a - b) * (a + b - 2) / (2 * (total[1:] - 2) * total[1:])
    n = k[1:]
    beside = np.empty(count - 1)
    beside[0] = a * b / ((a + b) ** 2 * (a + b + 1))
    m, s = n[1:], 2 * n[1:] + a + b - 2
    beside[1:] = m * (m + a - 1) * (m + b - 1) * (m + a + b - 2) / (s**2 * (s + 1) * (s - 1))
    places, vectors = np.linalg.eigh(np.diag(middle) + np.diag(np.sqrt(beside), 1) + np.diag(np.sqrt(beside), -1))
    tiny = np.finfo(float).tiny
    return np.clip(places, tiny, 1.0), vectors[0] ** 2
