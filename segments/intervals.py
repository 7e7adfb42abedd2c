"""How sure a share is, and how sure a difference of two shares."""

from math import sqrt
from statistics import NormalDist

Z95 = 1.959963984540054


def wilson(part: int, whole: int, *, z: float = Z95) -> tuple[float, float]:
    """The 95 % score interval of a share of 1 (Wilson 1927): stays within 0 and 1, and holds for small counts."""
    share, square = part / whole, z**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    reach = z * sqrt(share * (1 - share) / whole + square / (4 * whole**2)) / (1 + square / whole)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def newcombe(part: int, whole: int, other_part: int, other_whole: int, *, z: float = Z95) -> tuple[float, float]:
    """The 95 % interval of the first share less the second, out of the score intervals of both.

    Newcombe, Interval estimation for the difference between independent proportions, Statistics in Medicine 17 (1998),
    873-890, method 10.
    """
    share, other = part / whole, other_part / other_whole
    (low, high), (other_low, other_high) = wilson(part, whole, z=z), wilson(other_part, other_whole, z=z)
    difference = share - other
    return (
        difference - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        difference + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )


def z_of(comparisons: int) -> float:
    """How many standard errors reach to either side so that of so many intervals all hold in 95 of 100 (Bonferroni)."""
    return NormalDist().inv_cdf(1 - 0.025 / comparisons)
