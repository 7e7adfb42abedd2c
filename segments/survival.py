"""How long until something happens, when for some it has not happened yet: the product-limit estimate.

Kaplan and Meier, Nonparametric estimation from incomplete observations, Journal of the American Statistical
Association 53 (1958), 457-481; the variance by Greenwood (1926).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from .intervals import Z95


@dataclass(frozen=True, slots=True)
class Point:
    """A time at which something happened: `events` to some of those `at_risk`, who had lasted until then.

    `survival` is the share to whom it has not happened by the end of that time; `error` its standard error.
    """

    time: int
    at_risk: int
    events: int
    survival: float
    error: float

    @property
    def share(self) -> float:
        """To how many it has happened, as a share."""
        return 1 - self.survival

    @property
    def interval(self) -> tuple[float, float]:
        """Between which ends that share lies in 95 of 100 cases, by the normal approximation."""
        return max(0.0, self.share - Z95 * self.error), min(1.0, self.share + Z95 * self.error)


def product_limit(happened: Iterable[tuple[int, int]], censored: Iterable[tuple[int, int]]) -> list[Point]:
    """The curve of (time, how many): to whom it happened then, and who was watched so long without.

    Who is watched until exactly t is at risk at t. A time stands in the curve where something happened.
    """
    events, gone = added(happened), added(censored)
    at_risk = sum(events.values()) + sum(gone.values())
    survival, variance, points = 1.0, 0.0, []
    for time in sorted({*events, *gone}):
        came = events.get(time, 0)
        if came:
            survival *= (at_risk - came) / at_risk
            # With nobody left the estimate is 0, and Greenwood's formula has nothing to say about it.
            variance += came / (at_risk * (at_risk - came)) if at_risk > came else 0.0
            points.append(Point(time, at_risk, came, survival, survival * sqrt(variance)))
        at_risk -= came + gone.get(time, 0)
    return points


def added(counts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Counts by time."""
    found: dict[int, int] = {}
    for time, count in counts:
        found[time] = found.get(time, 0) + count
    return found


def until(points: list[Point], time: int) -> Point | None:
    """The point that holds at a time; None before the first."""
    return next((point for point in reversed(points) if point.time <= time), None)


def median(points: list[Point]) -> int | None:
    """The first time by which it has happened to half; None where the curve does not come so far."""
    return next((point.time for point in points if point.survival <= 0.5), None)
