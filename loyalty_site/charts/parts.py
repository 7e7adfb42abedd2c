"""What every chart has: words, two forms, and a table that says the same."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Words:
    """The finding as title, what is shown as description; `name` makes the ids of its elements unique on a page."""

    name: str
    title: str
    description: str


@dataclass(slots=True)
class Mark:
    """A text at a place; `anchor` is SVG's start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(slots=True)
class Table:
    """The table twin: a head, and rows of a name and its cells."""

    head: list[str]
    rows: list[tuple[str, list[str]]]


@dataclass(slots=True)
class Chart:
    """A chart ready to be laid out: one form for wide places, one for narrow; `notes` by their numbers in it."""

    words: Words
    forms: list
    table: Table
    notes: list[str] = field(default_factory=list)
