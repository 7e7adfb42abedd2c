"""The rule of scores, on plain numbers; and the same for a whole shop at once."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

GROUPS = 5


def score(worse: int, customers: int) -> int:
    """From 1 to 5, of somebody than whom `worse` of all `customers` are strictly worse: equal ones score equally."""
    return 1 + GROUPS * worse // customers


def scores(figures: Sequence[int]) -> list[int]:
    """The score of each figure among all of them; the greater the better, so recency comes in negative."""
    ranked = sorted(figures)
    return [score(bisect_left(ranked, figure), len(ranked)) for figure in figures]


def scores_of(figures: np.ndarray) -> np.ndarray:
    """The same of a column of numbers, without ranking anybody.

    Mark k is the ⌈kN/5⌉-th figure from the worst: whoever is above it has at least kN/5 strictly worse ones below, as
    the rule asks for one more point. So four numbers decide.
    """
    if not len(figures):
        return np.zeros(0, dtype=np.int64)
    places = [-(-number * len(figures) // GROUPS) - 1 for number in range(1, GROUPS)]
    marks = np.partition(figures, places)[places]
    return 1 + sum((figures > mark).astype(np.int64) for mark in marks)
