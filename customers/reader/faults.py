"""What is wrong with one cell, said so that the shopkeeper can put it right in the file."""

from dataclasses import dataclass

SHOWN = 200  # characters of a bad value that are kept: enough to find it again


class BadCell(Exception):
    """A cell that cannot be used. `part` says which cell, where a value is read from two (quantity and price)."""

    def __init__(self, message, part=0):
        super().__init__(message)
        self.message = str(message)
        self.part = part


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad cell: the line counts the header as 1, the column is named as in the file."""

    line: int
    column: str
    value: str
    message: str
