"""Which things come first: a table of urgencies, and money within each."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

SHOWN = 3


class Urgency(IntEnum):
    """The lower, the sooner.

    First what makes every figure wrong, then people who wait for a word; then customers on the way out, because they
    are the most money; then what ends by itself on a day; at last what would be tidier.
    """

    BROKEN = 1
    WAITING = 2
    LEAVING = 3
    ENDING = 4
    TIDY = 5


@dataclass(slots=True)
class Todo:
    """One thing to do: what is so, why it matters, the button that leads there, and how it is counted.

    `worth` is the money that hangs on it, in minor units, where it is known.
    """

    urgency: Urgency
    title: str
    why: str
    action: str
    href: str
    definition: str = ""
    worth: int = 0


def ranked(todos: Iterable[Todo]) -> list[Todo]:
    """The more urgent first, within an urgency what is worth more; as given where both are the same."""
    return sorted(todos, key=lambda todo: (todo.urgency, -todo.worth))
