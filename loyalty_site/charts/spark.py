"""A sparkline: the shape of a figure, as small as a word. Its numbers stand in the table it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from .line import path
from .scale import Scale, spread

WIDTH, HEIGHT, EDGE = 96, 28, 3


@dataclass(slots=True)
class Spark:
    """The path, its last point, and what it says to those who do not see it."""

    title: str
    path: str
    x: float
    y: float
    width: int = WIDTH
    height: int = HEIGHT


def spark(title: str, values: Sequence) -> Spark | None:
    """A sparkline from zero to the largest value; None with fewer than two values."""
    if len(values) < 2:
        return None
    low, high = min([0, *values]), max([0, *values])
    across = spread(len(values), EDGE, WIDTH - EDGE)
    up = Scale(low, high if high > low else low + 1, HEIGHT - EDGE, EDGE)
    places = [(place, x, up(value)) for place, (x, value) in enumerate(zip(across, values, strict=True))]
    return Spark(title, path(places), places[-1][1], places[-1][2])
