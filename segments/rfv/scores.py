"""The rule of scores, on plain numbers: the definition that the statement of `people` follows."""

from bisect import bisect_left
from collections.abc import Sequence

GROUPS = 5


def score(worse: int, customers: int) -> int:
    """From 1 to 5, of somebody than whom `worse` of all `customers` are strictly worse: equal ones score equally."""
    return 1 + GROUPS * worse // customers


def scores(figures: Sequence[int]) -> list[int]:
    """The score of each figure among all of them; the greater the better, so recency comes in negative."""
    ranked = sorted(figures)
    return [score(bisect_left(ranked, figure), len(ranked)) for figure in figures]
