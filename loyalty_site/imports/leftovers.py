"""The rows that were not recorded, as they stand in the file, each with what is wrong: to be mended and sent again."""

import csv
import io
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter

from django.utils.translation import gettext as _

from customers.models import Import
from customers.models.imports import Kind
from customers.reader import source
from customers.reader.columns import OURS, Columns

from .machine import local_copy


def as_csv(imported: Import) -> Iterator[str]:
    """Yields the lines of a CSV file, divided as the file was; the mark at its beginning tells spreadsheets UTF-8."""
    line = io.StringIO()
    writer = csv.writer(line, delimiter=imported.reading["delimiter"])
    line.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    for row in leftovers(imported):
        writer.writerow(row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def leftovers(imported: Import) -> Iterator[list[str]]:
    """Yields the header and then every rejected row, with all its cells and one more that says what is wrong.

    Where rows are lines of a basket, those that wait with a bad one come too: half a receipt could not be recorded.
    Raises UnreadableFile when the stored file is gone.
    """
    with local_copy(imported) as path:
        noted = {name: imported.reading[name] for name in ("delimiter", "encoding", "header")}
        table = source.reopen(path, **noted)
        width = len(table.header) - table.header[-1].startswith(OURS)
        yield [*table.header[:width], OURS + _("what is wrong")]
        receipt = place_of_receipt(imported)
        waiting = receipts_of(table, receipt, faults(imported)) if receipt is not None else set()
        for cells, sentence in marked(table, faults(imported), lambda cells: name_of(cells, receipt) in waiting):
            spare = [cell for cell in cells[len(table.header) :] if cell]
            yield [*cells[:width], *[""] * (width - len(cells)), *spare, sentence]


def place_of_receipt(imported: Import) -> int | None:
    """The column of the receipt, where several rows make one."""
    header = imported.reading["header"]
    positions = {field: header.index(name) for field, name in imported.columns.items() if name in header}
    baskets = imported.kind == Kind.PURCHASES and Columns(imported.kind, tuple(header), positions, ()).has_products
    return positions.get("receipt") if baskets else None


def faults(imported: Import) -> Iterator[tuple[int, str]]:
    """Yields (line, all that is wrong with it) in the order of the file (one query)."""
    found = imported.faults.order_by("line", "pk").values_list("line", "column", "message").iterator()
    for line, group in groupby(found, key=itemgetter(0)):
        yield line, " ".join(f"{column}: {message}" if column else message for __, column, message in group)


def receipts_of(table: source.Source, receipt: int, found: Iterator[tuple[int, str]]) -> set[str]:
    """The receipts of the bad lines."""
    names = {name_of(cells, receipt) for cells, __ in marked(table, found, lambda cells: False)}
    return names - {""}


def marked(
    table: source.Source, found: Iterator[tuple[int, str]], waits: Callable[[list], bool]
) -> Iterator[tuple[list, str]]:
    """Yields (cells, what is wrong) of the lines that are bad or wait: both come in the order of the file."""
    line, sentence = next(found, (None, ""))
    for place, cells in table.records():
        while line is not None and line < place:
            line, sentence = next(found, (None, ""))
        if place == line:
            yield cells, sentence
        elif waits(cells):
            yield cells, _("Nothing is wrong here: this row waits for the others of its receipt.")


def name_of(cells: list[str], receipt: int | None) -> str:
    """The receipt that a row names."""
    return cells[receipt].strip() if receipt is not None and receipt < len(cells) else ""
