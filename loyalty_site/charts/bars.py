"""Bars from zero for comparison: a group of bars for each label, from top to bottom, so that it fits a phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from .line import Series, twin
from .parts import Chart, Mark, Words
from .scale import Scale, ticks

SIZES = {"wide": (720, 128, 168), "narrow": (340, 80, 92)}  # width, room for labels, room for values
BAR, GAP, BETWEEN, TOP = 14, 2, 12, 4


@dataclass(slots=True)
class Bar:
    """A value on paper; `number` is that of its series."""

    number: int
    x: float
    y: int
    width: float
    label: Mark
    title: str


@dataclass(slots=True)
class BarForm:
    """The chart at one width."""

    kind: str
    width: int
    height: int
    zero: float
    names: list[Mark]
    bars: list[Bar]


def bars(words: Words, *, labels: Sequence[str], series: Sequence[Series], head: str) -> Chart:
    """A bar for each value of each drawn series; in the first group the values carry their series' name."""
    shown = [one for one in series if one.drawn]
    return Chart(words, [form(kind, labels, shown) for kind in SIZES], twin(labels, series, head))


def form(kind: str, labels, series) -> BarForm:
    """The chart at one width."""
    width, left, margin = SIZES[kind]
    marks = ticks([value for one in series for value in one.values if value is not None])
    across = Scale(marks[0], marks[-1], left, width - margin)
    group = len(series) * (BAR + GAP) - GAP
    names, drawn = [], []
    for place, label in enumerate(labels):
        top = TOP + place * (group + BETWEEN)
        names.append(Mark(left - 8, top + group // 2 + 5, label, "end"))
        for number, one in enumerate(series):
            if one.values[place] is not None:
                y = top + number * (BAR + GAP)
                drawn.append(bar(number + 1, one, place, y, across, label=label))
    height = TOP + len(labels) * (group + BETWEEN)
    return BarForm(kind, width, height, across(0), names, drawn)


def bar(number: int, one: Series, place: int, y: int, across: Scale, *, label: str) -> Bar:
    """From zero to the value, to the left where it is negative; its label behind the end."""
    value = one.values[place]
    start, end = sorted([across(0), across(value)])
    said = one.write(value)
    text = f"{said} {one.name}" if place == 0 else said
    return Bar(
        number, start, y, round(end - start, 1), Mark(end + 6, y + 12, text, "start"), f"{label}, {one.name}: {said}"
    )
