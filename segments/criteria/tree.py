"""A definition that was read and found right: conditions in groups."""

from dataclasses import dataclass

from .field import Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Listed:
    """Being in one of some other segments; `inside` are those of them that a definition fills, each with it.

    `lists` are the primary keys of the audiences that are filled by hand, and asked as they stand.
    """

    condition: Condition
    lists: tuple[int, ...]
    inside: tuple["Node", ...]


Node = All | Any | Not | Listed | Condition


@dataclass(frozen=True, slots=True)
class Criteria:
    """A whole definition: the definition as it came, and what it says."""

    definition: dict
    root: All
