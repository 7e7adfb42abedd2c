"""Receipts as the import posts them: one sale or one return, with its lines, in the order of time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from customers.reader.dates import EPOCH


@dataclass(slots=True)
class Identity:
    """Whatever the file says about the customer; all None is an anonymous sale."""

    external_id: str | None = None
    phone: str | None = None
    email: str | None = None
    card_code: str | None = None
    name: str | None = None

    @property
    def is_anonymous(self):
        return not (self.external_id or self.phone or self.email or self.card_code)


@dataclass(slots=True)
class Line:
    """One row of a basket. `file_line` counts the header as 1; money is in minor units."""

    file_line: int
    sku: str | None
    name: str | None
    category: str | None
    quantity_thousandths: int
    amount: int
    unit_amount: int | None


@dataclass(slots=True)
class Receipt:
    """A sale, or a return where the total is negative. `rows` counts the rows of the file that it accounts for.

    `derived`: the file names no receipt for it. `lines` is empty where the file has no product columns.
    """

    receipt: str
    derived: bool
    customer: Identity
    at: datetime
    total: int
    channel: str | None
    location: str | None
    rows: int
    first_line: int
    lines: list[Line] = field(default_factory=list)

    @property
    def is_return(self):
        return self.total < 0


_FACTS = "r.id, r.receipt, r.derived, r.at, r.total, r.count, r.first_line"
_ABOUT = "s.external_id, s.phone, s.email, s.card_code, s.name, s.channel, s.location"
_GOODS = "s.line, s.sku, s.product, s.category, s.quantity, s.amount, s.unit_amount"


def iterate(scratch, *, baskets, start=0):
    """Yields receipts from the `start`-th on, counted from 0. CROSS JOIN: SQLite keeps this order of the tables."""
    match = "s.receipt = r.receipt" if baskets else "s.line = r.first_line"
    rows = scratch.db.execute(
        f"SELECT {_FACTS}, {_ABOUT}, {_GOODS} FROM receipts r CROSS JOIN staged s ON {match}"
        " WHERE r.id > ? ORDER BY r.id, s.line",
        (start,),
    )
    for _id, members in groupby(rows, key=itemgetter(0)):
        yield _receipt(list(members), baskets)


def _receipt(rows, baskets):
    _id, receipt, derived, at, total, count, first_line = rows[0][:7]
    *who, channel, location = rows[0][7:14] if len(rows) == 1 else _first_told(rows)
    lines = [_line(row) for row in rows] if baskets else []
    moment = EPOCH + timedelta(microseconds=at)
    return Receipt(receipt, bool(derived), Identity(*who), moment, total, channel, location, count, first_line, lines)


def _first_told(rows):
    """What the rows say about customer and place: of each the first that is not empty."""
    return [next((row[index] for row in rows if row[index] is not None), None) for index in range(7, 14)]


def _line(row):
    file_line, sku, name, category, quantity, amount, unit_amount = row[14:]
    return Line(file_line, sku, name, category, 1000 if quantity is None else quantity, amount, unit_amount)
