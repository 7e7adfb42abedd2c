"""How sure a share is."""

from math import sqrt

Z95 = 1.959963984540054


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % score interval of a share of 1 (Wilson 1927): stays within 0 and 1, and holds for small counts."""
    share, square = part / whole, Z95**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    reach = Z95 * sqrt(share * (1 - share) / whole + square / (4 * whole**2)) / (1 + square / whole)
    return max(0.0, middle - reach), min(1.0, middle + reach)
