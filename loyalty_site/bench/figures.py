"""What a scenario found, and the table of all of them."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: `measured` in `unit`, beside `against` (what, and how much in the same unit).

    `ratio` is measured / against; it should reach `goal`, at least or (`at_most`) at most.
    """

    name: str
    measured: float
    unit: str
    against: str
    beside: float
    goal: float
    at_most: bool = False

    @property
    def ratio(self) -> float:
        return self.measured / self.beside

    @property
    def reached(self) -> bool:
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal


def quantile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def as_json(figures: list[Figure]) -> list[dict]:
    """The figures as `bench.json` has them."""
    return [{**asdict(one), "ratio": round(one.ratio, 3), "reached": one.reached} for one in figures]


def table(figures: list[Figure]) -> str:
    """The figures in lines of equal columns."""
    head = ("what", "measured", "beside", "ratio", "goal", "")
    rows = [head] + [
        (
            one.name,
            f"{one.measured:,.1f} {one.unit}",
            f"{one.against}: {one.beside:,.1f}",
            f"{one.ratio:.2f}",
            f"{'≤' if one.at_most else '≥'} {one.goal:g}",
            "reached" if one.reached else "MISSED",
        )
        for one in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
