"""A file of customers as a list that stands still: who is found, and what becomes of the other rows."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from django.core.files import File
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from customers.reader import columns, source, texts
from customers.reader.columns import UnknownColumns
from customers.reader.faults import BadCell
from customers.reader.receipts import Identity
from loyalty_site.imports.cards import IDENTIFIERS, Bad, Cards
from segments import lists
from segments.models import Segment

LARGEST_FILE, MOST_ROWS = 20_000_000, 100_000  # bytes, rows: a request waits for it
AT_A_TIME = 1_000
SHOWN = 100  # rows that were left out, as far as they are named
LONGEST_EMAIL = 254
UNKNOWN, DUPLICATE, AMBIGUOUS, UNREADABLE = "unknown", "duplicate", "ambiguous", "unreadable"
SAID = {
    UNKNOWN: gettext_noop("Nobody has this card, number, phone or e-mail."),
    DUPLICATE: gettext_noop("Somebody of an earlier line again."),
    AMBIGUOUS: gettext_noop("Its cells name two different customers."),
    UNREADABLE: gettext_noop("This cell cannot be read."),
}


class FileTooLarge(Invalid):
    code = "file_too_large"
    message = _("A list may have 100,000 lines and 20 MB at most. Send it in several files.")


class NobodyFound(Invalid):
    code = "nobody_found"
    message = _(
        "None of the %(rows)d lines names a customer of this shop. The file needs a column with their number, phone, "
        "e-mail or card as they stand on their cards here."
    )


@dataclass(slots=True)
class Report:
    """What became of the rows: `rows` of the file, `people` found, and how many of each kind were left out.

    `faults` names the first of these by line, column and kind; never by what stands there, which may be about people
    who never became customers.
    """

    filename: str = ""
    rows: int = 0
    people: int = 0
    unknown: int = 0
    duplicate: int = 0
    ambiguous: int = 0
    unreadable: int = 0
    faults: list[dict] = field(default_factory=list)

    def leave_out(self, kind: str, line: int, column: str = "") -> None:
        """Count a row that adds nobody."""
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.faults) < SHOWN:
            self.faults.append({"line": line, "column": column, "code": kind})


@dataclass(frozen=True, slots=True)
class Row:
    """A line and whom it names; `unreadable` is the column of a cell that cannot be read."""

    line: int
    person: Identity
    unreadable: str = ""


def upload(*, merchant: Merchant, name: str, content: File, filename: str, at: datetime) -> Segment:
    """A list of the customers whom a file names by number, phone, e-mail or card; other rows are reported.

    Raises UnreadableFile, UnknownColumns, FileTooLarge, NobodyFound, and what `lists.keep` raises.
    """
    if content.size > LARGEST_FILE:
        raise FileTooLarge(field="file")
    report, people = Report(filename=filename[:255]), {}
    with tempfile.NamedTemporaryFile(suffix=".csv") as kept:
        for chunk in content.chunks():
            kept.write(chunk)
        kept.flush()
        rows = read(kept.name)
        while part := list(islice(rows, AT_A_TIME)):
            find(merchant, part, report, people)
    if not people:
        raise NobodyFound(values={"rows": report.rows}, field="file")
    report.people = len(people)
    return lists.keep(merchant=merchant, name=name, customers=people, at=at, report=asdict(report))


def read(path: str) -> Iterator[Row]:
    """The rows of a file. Raises UnreadableFile, UnknownColumns, FileTooLarge."""
    table = source.inspect(path)
    known = columns.guess(table.header, kind="customers")
    places = {name: known.positions[name] for name in IDENTIFIERS if name in known.positions}
    if not places:
        raise UnknownColumns(
            _(
                "The file has no column that says who somebody is. Name one of its columns customer, phone, email "
                "or card. Its first line names: %(columns)s."
            ),
            values={"columns": ", ".join(name[:60] for name in known.header[: columns.LISTED])},
            field="file",
        )
    with closing(table.records()) as records:
        for number, (line, cells) in enumerate(records, 1):
            if number > MOST_ROWS:
                raise FileTooLarge(field="file")
            yield row(line, cells, places, known.header)


def row(line: int, cells: list[str], places: dict[str, int], header: tuple) -> Row:
    """Whom a line names."""
    told = {}
    for name, place in places.items():
        text = cells[place] if place < len(cells) else ""
        try:
            told[name] = texts.code(text, longest=LONGEST_EMAIL) if name == "email" else texts.customer_id(text)
        except BadCell:
            return Row(line, Identity(), header[place])
    return Row(line, Identity(**told))


def find(merchant: Merchant, rows: Iterable[Row], report: Report, people: dict[int, int]) -> None:
    """Add whom these rows name to `people` (primary key to line), and count the others (four queries)."""
    cards = Cards(merchant, [one.person for one in rows if not one.unreadable])
    for one in rows:
        report.rows += 1
        person = Bad(one.unreadable, "", "") if one.unreadable else cards.of(one.person)
        if isinstance(person, Bad):
            report.leave_out(UNREADABLE, one.line, person.field)
            continue
        keys = {cards.known[name].get(getattr(person, name)) for name in IDENTIFIERS} - {None}
        if len(keys) == 1 and not keys & people.keys():
            people[keys.pop()] = one.line
        else:
            report.leave_out({0: UNKNOWN, 1: DUPLICATE}.get(len(keys), AMBIGUOUS), one.line)
