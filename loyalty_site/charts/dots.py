"""A dot with its interval: a share or an effect, and how sure it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .line import written
from .parts import Chart, Mark, Table, Words
from .scale import Scale, ticks

SIZES = {"wide": (720, 128, 168, 5), "narrow": (340, 72, 56, 3)}  # width, room for labels, for values, marks below
ROW, TOP, BOTTOM, LONGER = 28, 8, 28, 46


@dataclass(slots=True)
class Estimate:
    """A value between a low and a high one; None where it is not known yet."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(slots=True)
class Whisker:
    """An estimate on paper."""

    x: float
    low: float
    high: float
    y: int
    label: Mark
    title: str


@dataclass(slots=True)
class DotForm:
    """The chart at one width."""

    kind: str
    width: int
    height: int
    bottom: int
    names: list[Mark]
    columns: list[Mark]
    whiskers: list[Whisker]
    unknown: list[Mark]


def dots(
    words: Words, *, estimates: Sequence[Estimate], write: Callable, head: list[str], long_labels: bool = False
) -> Chart:
    """A row for each estimate; `head` names the label, the value, and the two ends of the interval."""
    rows = [
        (one.label, [written(value, write) for value in (one.value, one.low, one.high)]) for one in estimates
    ]  # fmt: skip
    forms = [form(kind, estimates, write, LONGER if long_labels else 0) for kind in SIZES]
    return Chart(words, forms, Table(head, rows))


def form(kind: str, estimates: Sequence[Estimate], write: Callable, longer: int) -> DotForm:
    """The chart at one width, with so much more room for labels."""
    width, left, margin, room = SIZES[kind]
    left += longer
    ends = [end for one in estimates if one.value is not None for end in (one.low, one.high)]
    marks = ticks(ends, count=room)
    across = Scale(marks[0], marks[-1], left, width - margin)
    bottom = TOP + len(estimates) * ROW
    middles = [TOP + place * ROW + ROW // 2 for place in range(len(estimates))]
    return DotForm(
        kind, width, bottom + BOTTOM, bottom,
        names=[Mark(left - 8, y + 5, one.label, "end") for one, y in zip(estimates, middles, strict=True)],
        columns=[Mark(across(mark), bottom + 20, write(mark)) for mark in marks],
        whiskers=[
            whisker(one, y, across, write) for one, y in zip(estimates, middles, strict=True) if one.value is not None
        ],
        unknown=[
            Mark(left + 8, y + 5, written(None, write), "start")
            for one, y in zip(estimates, middles, strict=True)
            if one.value is None
        ],
    )  # fmt: skip


def whisker(one: Estimate, y: int, across: Scale, write: Callable) -> Whisker:
    """An estimate in its row, with its value at the right."""
    title = _("%(label)s: %(value)s, between %(low)s and %(high)s") % {
        "label": one.label, "value": write(one.value), "low": write(one.low), "high": write(one.high),
    }  # fmt: skip
    high = across(one.high)
    return Whisker(across(one.value), across(one.low), high, y, Mark(high + 8, y + 5, write(one.value), "start"), title)
