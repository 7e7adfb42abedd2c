"""How a share grows with time: steps, with the band in which the true share may lie."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .parts import Chart, Mark, Table, Words
from .scale import Scale, every, ticks

SIZES = {"wide": (720, 260, 64, 64), "narrow": (340, 220, 48, 44)}  # width, height, room at the left and right
TOP, BOTTOM = 24, 44


@dataclass(slots=True)
class Step:
    """From a day on: a share between a low and a high one."""

    day: int
    share: float
    low: float
    high: float


@dataclass(slots=True)
class CurveForm:
    """The chart at one width: `stroke` and `band` are paths, `end` the last value, `unit` the words under the axis."""

    kind: str
    width: int
    height: int
    left: int
    right: int
    rows: list[Mark]
    columns: list[Mark]
    stroke: str
    band: str
    end: Mark
    unit: Mark


def curve(
    words: Words, *, steps: Sequence[Step], until: int, days: Sequence[int], write: Callable, head: list[str]
) -> Chart:
    """The curve from day 0 until a day; the table says it at each of `days`; `head` names its four columns."""
    shown = [Step(0, 0.0, 0.0, 0.0), *(one for one in steps if one.day <= until)]
    forms = [form(kind, shown, until, write) for kind in SIZES]
    table = []
    for day in days:
        at = [one for one in shown if one.day <= day][-1]
        table.append((str(day), [write(value) for value in (at.share, at.low, at.high)]))
    return Chart(words, forms, Table(head, table))


def form(kind: str, steps: Sequence[Step], until: int, write: Callable) -> CurveForm:
    """The chart at one width."""
    width, height, left, margin = SIZES[kind]
    right = width - margin
    marks, days = ticks([one.high for one in steps]), [int(day) for day in ticks([until], count=6) if day <= until]
    up, across = Scale(marks[0], marks[-1], height - BOTTOM, TOP), Scale(0, until, left, right)
    last = steps[-1]
    shares, highs, lows = (
        stairs([(across(one.day), up(getattr(one, name))) for one in steps], right) for name in ("share", "high", "low")
    )
    return CurveForm(
        kind, width, height, left, right,
        rows=[Mark(left - 8, up(mark), write(mark), "end") for mark in marks],
        columns=[Mark(across(days[at]), height - 24, str(days[at])) for at in every(len(days), 8)],
        stroke=path(shares),
        band=f"{path(highs)} L{' L'.join(f'{x:g} {y:g}' for x, y in reversed(lows))} Z",
        end=Mark(right + 8, round(up(last.share) + 4, 1), write(last.share), "start"),
        unit=Mark((left + right) / 2, height - 4, _("days after the first visit")),
    )  # fmt: skip


def stairs(places: list[tuple[float, float]], right: float) -> list[tuple[float, float]]:
    """Corners of a line that stays where it is until the next place, and on to the right end."""
    corners = [places[0]]
    for x, y in places[1:]:
        corners += [(x, corners[-1][1]), (x, y)]
    return [*corners, (right, corners[-1][1])]


def path(corners: list[tuple[float, float]]) -> str:
    """An SVG path through corners."""
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in corners)
