"""The way in: a file becomes staged rows, faults and, for purchases, receipts.

Two passes. The first asks whole columns how they are written, the second parses each row into the scratch database.
"""

import json
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.utils.translation import ngettext

from customers.reader import columns as known
from customers.reader import grouping, plan, receipts, source
from customers.reader.columns import ATTRIBUTE
from customers.reader.faults import Fault
from customers.reader.rows import Judge
from customers.reader.scratch import Scratch

BATCH = 4000  # rows between two inserts and two reports of progress


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user knows better than the reader finds out; None is found out. `skip` names columns left unread.

    `delimiter` and `encoding` are of `layout`, `mark` is "." or ",", `order` is dates.DAY or dates.MONTH.
    """

    delimiter: str | None = None
    encoding: str | None = None
    mark: str | None = None
    order: str | None = None
    skip: tuple = ()


def stage(
    path,
    *,
    kind,
    at,
    zone,
    country,
    currency,
    decimals=2,
    mapping=None,
    anonymous="reject",
    choices=None,
    progress=None,
    batch=BATCH,
):
    """Reads a whole file into a scratch database and returns it as Staged; close it when done.

    `kind` is purchases, customers, balances or referrals; `at` the moment that counts as now; `mapping` {field: header}
    where the user knows better than the vocabulary; `anonymous` "accept" takes purchases without a customer; `choices`
    are the user's about delimiter, encoding, decimal mark and date order;
    `progress(done, total)` is called with numbers of rows. Raises UnreadableFile and UnknownColumns; whatever is wrong
    with single cells is in `faults()`.
    """
    choices = choices or Choices()
    table = source.inspect(path, delimiter=choices.delimiter, encoding=choices.encoding)
    columns = known.find(table.header, kind=kind, mapping=mapping, anonymous=anonymous, skip=choices.skip)
    shop = plan.Shop(country, currency, decimals, zone, at)
    evidence, total = gather(table.records(), columns, choices)
    judge = Judge(columns, plan.steps(columns, shop, evidence, anonymous=anonymous))
    scratch = Scratch()
    try:
        _fill(scratch, table, judge, total, progress, batch)
        if kind == "purchases":
            grouping.group(scratch, columns)
        return Staged(scratch, columns, total, reading(table, columns, evidence, country=country))
    except BaseException:
        scratch.close()
        raise


class Staged:
    """What a file holds. Numbers: `rows` without the header, `rejected`, `duplicates` and `receipt_count`.

    `reading` says how it was read: see the function. For purchases
    rows = rejected + duplicates + the rows of all receipts.
    """

    def __init__(self, scratch, columns, rows, found):
        self._scratch = scratch
        self._columns = columns
        self.rows = rows
        self.reading = found
        self.columns = columns.mapping
        self.ignored = list(columns.ignored)
        self.fault_count = scratch.number("SELECT count(*) FROM faults")
        self.receipt_count = scratch.number("SELECT count(*) FROM receipts")
        self._count()

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        """Removes the scratch database; nothing can be read afterwards."""
        self._scratch.close()

    @property
    def has_products(self):
        return self._columns.has_products

    def faults(self, limit=None):
        """Yields one Fault per bad cell in the order of the file."""
        rows = self._scratch.db.execute(
            "SELECT line, col, value, message, others FROM faults ORDER BY line, position LIMIT ?",
            (-1 if limit is None else limit,),
        )
        for line, column, value, message, others in rows:
            yield Fault(line, column, value, _with_companions(message, others))

    def receipts(self, start=0):
        """Yields the receipts of a purchases file in posting order, from the `start`-th on; the same on every run."""
        return receipts.iterate(self._scratch, baskets=self.has_products, start=start)

    def receipt_chunks(self, size, start=0):
        """Yields lists of at most `size` receipts."""
        found = self.receipts(start)
        return iter(lambda: list(islice(found, size)), [])

    def records(self, start=0):
        """Yields a dict per good row of the other kinds in the order of the file: fields that are filled, and `line`.

        `attributes` is a dict of its own, `expires_on` a date, `birthday` is "MM-DD".
        """
        rows = self._scratch.db.execute("SELECT line, content FROM records ORDER BY line LIMIT -1 OFFSET ?", (start,))
        for line, content in rows:
            yield _record(line, json.loads(content))

    def _count(self):
        good = self._scratch.number("SELECT sum(count) FROM receipts")
        good += self._scratch.number("SELECT count(*) FROM records")
        self.rejected = self._scratch.number("SELECT count(*) FROM bad")
        if self._columns.kind == "purchases" and self.has_products:
            self.rejected = self.rows - good  # with the good rows of receipts that wait
        self.duplicates = self.rows - good - self.rejected


def reading(table, columns, evidence, *, country):
    """How a file was read, as plain values: delimiter, encoding, header, decimal mark and order of day and month."""
    field = next((field for field in plan.DATES if field in columns.positions), None)
    return {
        "delimiter": table.delimiter,
        "encoding": table.encoding,
        "header": list(columns.header),
        "mark": evidence.mark(country=country),
        "order": field and evidence.order(field),
    }


def gather(records, columns, choices):
    """The evidence of all rows, and how many they are."""
    evidence, total = plan.Evidence(mark=choices.mark, order=choices.order), 0
    asked = [(step.get, step.memo) for step in evidence.steps(columns)]
    width = len(columns.header)
    for _line, cells in records:
        total += 1
        if len(cells) < width:
            cells += [""] * (width - len(cells))
        for get, memo in asked:
            memo[get(cells)]
    return evidence, total


def _fill(scratch, table, judge, total, progress, batch):
    add = scratch.add_purchases if judge.kind == "purchases" else scratch.add_records
    rows, done = table.records(), 0
    while chunk := list(islice(rows, batch)):
        good, bad, faults = judge.judge(chunk)
        add(judge.names, good)
        scratch.add_bad(bad)
        scratch.add_faults(faults)
        done += len(chunk)
        if progress:
            progress(done, total)


def _record(line, values):
    record = {name: value for name, value in values.items() if not name.startswith(ATTRIBUTE)}
    attributes = {name.removeprefix(ATTRIBUTE): value for name, value in values.items() if name.startswith(ATTRIBUTE)}
    if attributes:
        record["attributes"] = attributes
    names = [record.pop(part, None) for part in ("first_name", "last_name")]
    if any(names):
        record.setdefault("name", " ".join(filter(None, names)))
    if "birthday" in record:
        record["birthday"], year = record["birthday"]
        if year:
            record.setdefault("birth_year", year)
    if "expires_on" in record:
        record["expires_on"] = date.fromisoformat(record["expires_on"])
    return record | {"line": line}


def _with_companions(message, others):
    if not others:
        return message
    more = ngettext(
        "The other line of this receipt waits with it.",
        "The other %(count)s lines of this receipt wait with it.",
        others,
    )
    return f"{message} {more % {'count': others}}"
