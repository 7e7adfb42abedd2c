"""Means over a beta distribution by Gauss's quadrature."""

import numpy as np

FEWEST, MOST = 16, 128


def nodes_needed(reach: float, *, digits: float = 10.0) -> int:
    """How many nodes give so many digits for a function that is smooth but for a pole at −1 / reach.

    Gauss's quadrature with n nodes on [0, 1] errs by rho^(−2n), where rho measures how far away the pole is.
    """
    if reach <= 0:
        return FEWEST
    distance = 1 + 2 / reach
    rho = distance + np.sqrt(distance**2 - 1)
    return int(np.clip(np.ceil(digits * np.log(10) / (2 * np.log(rho))), FEWEST, MOST))


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
