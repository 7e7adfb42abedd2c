"""From values to places on paper: round ticks, exact arithmetic, numbers as SVG writes them."""

from collections.abc import Sequence
from fractions import Fraction

STEPS = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5), Fraction(10))


def exact(value) -> Fraction:
    """A number as people mean it: 0.1 is a tenth."""
    return Fraction(value) if isinstance(value, int | Fraction) else Fraction(repr(value))


def step(span: Fraction, count: int) -> Fraction:
    """The smallest of 1, 2, 2.5, 5 times a power of ten of which `count` cover the span."""
    size = Fraction(1)
    while size * count < span:
        size *= 10
    while size * count >= span * 10:
        size /= 10
    return next(size * one / 10 for one in (*STEPS, Fraction(100)) if size * one / 10 * count >= span)


def ticks(values: Sequence, *, count: int = 4) -> list[Fraction]:
    """Round marks from at most zero to at least the largest value, about `count` of them."""
    low, high = min([Fraction(0), *map(exact, values)]), max([Fraction(0), *map(exact, values)])
    if low == high:
        return [Fraction(0), Fraction(1)]
    size = step(high - low, count)
    first, last = low // size, -(-high // size)
    return [number * size for number in range(first, last + 1)]


class Scale:
    """A straight scale from [low, high] to [start, end] on paper."""

    def __init__(self, low, high, start: int, end: int):
        self.low, self.high, self.start, self.end = exact(low), exact(high), start, end

    def __call__(self, value) -> float:
        return rounded(self.start + (exact(value) - self.low) * (self.end - self.start) / (self.high - self.low))


def rounded(place: Fraction | float) -> float:
    """A place to a tenth of a unit, which is finer than a screen shows."""
    return round(float(place), 1)


def spread(count: int, start: int, end: int) -> list[float]:
    """Places of `count` points from the start to the end; a single one lies in the middle."""
    if count == 1:
        return [rounded(Fraction(start + end, 2))]
    return [rounded(Fraction(start) + Fraction(end - start) * place / (count - 1)) for place in range(count)]


def every(count: int, room: int) -> list[int]:
    """Which of `count` labels to write so that at most `room` stand there, the last among them."""
    apart = -(-count // room)
    return [place for place in range(count) if (count - 1 - place) % apart == 0]
