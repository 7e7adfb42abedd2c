"""The first look at a file: what it seems to be, and how its first rows would be read. Only its beginning is read."""

from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from customers.reader import columns as known
from customers.reader import dates, plan, source, staging
from customers.reader.faults import BadCell

BEGINNING = source.CHUNK + source.SAMPLE  # bytes
ASKED = 2000  # rows that are asked for decimal marks and the order of dates
SHOWN = 8  # rows

CHECKS = {"known", "origin", "currency"}  # steps that only check a row

CHOSEN, PROVEN, USUAL, BOTH = "chosen", "proven", "usual", "both"


@dataclass(frozen=True, slots=True)
class Row:
    """One of the first rows: its cells as text, what each step made of them, and what is wrong by position."""

    line: int
    cells: list
    values: list
    faults: dict


@dataclass(frozen=True, slots=True)
class Look:
    """`reading` is staging.reading's; `steps` are (name, positions) of the values of each row.

    `mark` and `order` say how each was settled: chosen, proven by the rows, usual in the shop's country, both orders
    occur (order alone), or None where nothing depends on it. `missing` are fields that no column is read as. `cut`:
    the file goes on behind what was looked at.
    """

    columns: known.Columns
    reading: dict
    steps: list
    rows: list
    missing: list
    mark: str | None
    order: str | None
    cut: bool
    country: str


def look(path, *, kind, shop, mapping=None, anonymous="reject", choices=None):
    """A first look with the user's choices. Raises UnreadableFile, and UnknownColumns for a mapping that cannot be."""
    choices = choices or staging.Choices()
    table = source.inspect(path, delimiter=choices.delimiter, encoding=choices.encoding, limit=BEGINNING)
    columns = known.guess(table.header, kind=kind, mapping=mapping, skip=choices.skip)
    with closing(table.records()) as records:
        found = list(islice(records, ASKED))
    evidence, _count = staging.gather(found, columns, choices)
    steps = plan.steps(columns, shop, evidence, anonymous=anonymous)
    steps.sort(key=lambda step: step.positions)  # as the columns stand in the file
    return Look(
        columns=columns,
        reading=staging.reading(table, columns, evidence, country=shop.country),
        steps=[(step.name, step.positions) for step in steps if step.name not in CHECKS],
        rows=[_row(line, cells, steps) for line, cells in found[:SHOWN]],
        missing=known.missing(columns, anonymous=anonymous),
        mark=_settled_mark(columns, evidence, choices),
        order=_settled_order(columns, evidence, choices),
        cut=len(found) == ASKED,
        country=shop.country,
    )


def _row(line, cells, steps):
    cells = [*cells, *[""] * (max((max(step.positions) for step in steps), default=0) + 1 - len(cells))]
    values, faults = [], {}
    for step in steps:
        try:
            value = step.memo[step.get(cells)]
        except BadCell as fault:
            value = None
            faults.setdefault(step.positions[fault.part], fault.message)
        if step.name not in CHECKS:
            values.append(value)
    return Row(line, cells, values, faults)


def _settled_mark(columns, evidence, choices):
    if not set(plan.NUMBERS) & columns.positions.keys():
        return None
    if choices.mark:
        return CHOSEN
    seen = evidence.marks.seen
    return PROVEN if seen["."] != seen[","] else USUAL


def _settled_order(columns, evidence, choices):
    asked = [evidence.orders[field] for field in plan.DATES if field in columns.positions]
    asked = [orders for orders in asked if orders.asked]
    if not asked:
        return None
    if choices.order:
        return CHOSEN
    if any(orders.order() == dates.MIXED for orders in asked):
        return BOTH
    return PROVEN if all(orders.order() for orders in asked) else USUAL
