"""A line for what runs through time; several lines are labelled at their ends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .parts import Chart, Mark, Table, Words
from .scale import Scale, every, spread, ticks


@dataclass(slots=True)
class Series:
    """A name and a value for each label of the chart; None where nothing is known.

    `write` says a value in words. A series that is not `drawn` stands in the table only. A `level` is no measurement
    but what one is compared with: a thin line without dots, from end to end.
    """

    name: str
    values: Sequence
    write: Callable = str
    drawn: bool = True
    level: bool = False


@dataclass(slots=True)
class Dot:
    """A value on paper, with what a pointer learns."""

    x: float
    y: float
    title: str
    open: bool = False


@dataclass(slots=True)
class Line:
    """One series on paper: solid path, dashed path to what is not complete, dots, and the label at its end."""

    number: int
    path: str
    dashed: str
    dots: list[Dot]
    end: Mark | None
    level: bool = False


@dataclass(slots=True)
class LineForm:
    """The chart at one width."""

    kind: str
    width: int
    height: int
    left: int
    right: int
    rows: list[Mark]
    columns: list[Mark]
    lines: list[Line] = field(default_factory=list)
    flags: list[Mark] = field(default_factory=list)


SIZES = {"wide": (720, 260, 64, 64), "narrow": (340, 220, 48, 44)}  # width, height, room at the left and right
TOP, BOTTOM, LETTER, AIR = 24, 28, 8, 16
CLOSE, LINE_HEIGHT = 30, 16  # labels that are nearer than both lie on each other


def line(
    words: Words,
    *,
    labels: Sequence[str],
    series: Sequence[Series],
    head: str,
    axis: Callable | None = None,
    partial: bool = False,
    moments: Sequence[tuple[int, str]] = (),
) -> Chart:
    """Lines from zero. `axis` says a value shortly; `partial`: the last label is not complete.

    `moments` are what happened, by the place of its label: numbers in the chart, words beneath it.
    """
    forms = [form(kind, labels, series, axis=axis or series[0].write, partial=partial) for kind in SIZES]
    for one in forms:
        one.flags = flags(moments, spread(len(labels), one.left, one.right))
    return Chart(words, forms, twin(labels, series, head), [text for __, text in moments])


def flags(moments: Sequence[tuple[int, str]], across: Sequence[float]) -> list[Mark]:
    """A number for each moment; those of one label share a line."""
    numbers: dict[int, list[str]] = {}
    for number, (place, __) in enumerate(moments, 1):
        numbers.setdefault(place, []).append(str(number))
    return [Mark(across[place], TOP - 8, ", ".join(found)) for place, found in sorted(numbers.items())]


def twin(labels: Sequence[str], series: Sequence[Series], head: str) -> Table:
    """The table of a chart with a value for each label and series."""
    rows = [(label, [written(one.values[place], one.write) for one in series]) for place, label in enumerate(labels)]
    return Table([head, *(one.name for one in series)], rows)


def written(value, write: Callable) -> str:
    """A value in words, also where there is none."""
    return _("not known yet") if value is None else write(value)


def form(kind: str, labels, series, *, axis: Callable, partial: bool) -> LineForm:
    """The chart at one width."""
    width, height, left, margin = SIZES[kind]
    right, shown = width - margin, [one for one in series if one.drawn]
    marks = ticks([value for one in shown for value in one.values if value is not None])
    across, up = spread(len(labels), left, right), Scale(marks[0], marks[-1], height - BOTTOM, TOP)
    lines = [
        drawn(number, one, across, up, labels=labels, axis=axis, partial=partial)
        for number, one in enumerate(shown, 1)
    ]  # fmt: skip
    return LineForm(
        kind, width, height, left, right,
        rows=[Mark(left - 8, up(mark), axis(mark), "end") for mark in marks],
        columns=[Mark(across[at], height - 8, labels[at]) for at in every(len(labels), room(labels, right - left))],
        lines=apart(lines),
    )  # fmt: skip


def drawn(number: int, one: Series, across, up: Scale, *, labels, axis: Callable, partial: bool) -> Line:
    """A series with its gaps left open, and what is not complete dashed."""
    places = [(place, across[place], up(value)) for place, value in enumerate(one.values) if value is not None]
    last = len(labels) - 1
    if one.level:
        return Line(number, path(places), "", [], end(places, one, axis, last=last), level=True)
    dots = [
        Dot(x, y, f"{one.name}, {labels[place]}: {one.write(one.values[place])}", open=partial and place == last)
        for place, x, y in places
    ]
    whole, dashed = split(places, last) if partial else (places, [])
    return Line(number, path(whole), path(dashed), dots, end(whole, one, axis, last=last))


def apart(lines: list[Line]) -> list[Line]:
    """The label of a level where it would lie on another: above that if the level is, otherwise below."""
    others = [one.end for one in lines if one.end and not one.level]
    for mark in (one.end for one in lines if one.end and one.level):
        for other in others:
            if abs(mark.x - other.x) < CLOSE and abs(mark.y - other.y) < LINE_HEIGHT:
                mark.y = round(other.y + (LINE_HEIGHT if mark.y > other.y else -LINE_HEIGHT), 1)
    return lines


def room(labels: Sequence[str], width: int) -> int:
    """How many labels stand side by side."""
    return max(1, width // (LETTER * max(map(len, labels), default=1) + AIR))


def end(places: list, one: Series, axis: Callable, *, last: int) -> Mark | None:
    """The newest complete value, behind the end of its line; where the line goes on, above it or below a fall."""
    if not places:
        return None
    place, x, y = places[-1]
    text = axis(one.values[place])
    if place == last:
        return Mark(round(x + 8, 1), round(y + 4, 1), text, "start")
    if len(places) > 1 and places[-2][2] < y:
        return Mark(round(x - 4, 1), round(y + 18, 1), text, "end")
    return Mark(x, round(y - 10, 1), text)


def split(places: list, last: int) -> tuple[list, list]:
    """The places that are complete, and the last step where it leads to what is not."""
    if [place for place, *__ in places[-2:]] == [last - 1, last]:
        return places[:-1], places[-2:]
    return places, []


def path(places: Sequence[tuple[int, float, float]]) -> str:
    """An SVG path that moves over gaps and draws between neighbours."""
    parts, before = [], None
    for place, x, y in places:
        parts.append(f"{'L' if before == place - 1 else 'M'}{x:g} {y:g}")
        before = place
    return " ".join(parts)
