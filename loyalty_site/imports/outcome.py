"""What settling a part of a file came to."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from customers.models import Import
from customers.reader.faults import Fault


@dataclass
class Outcome:
    """Counters of the part being settled, and what a dry run must remember because nothing was written.

    `dry_cards` (by kind of identifier), `dry_receipts` (what is left, and whose) and `dry_keys` (of postings) are what
    earlier parts of a dry run would have made: without them the second thousand would meet the same new customers
    again. `settled` are known customers of a file of customers: the first row about each decides.
    """

    imported: Import
    at: datetime
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    new_customers: int = 0
    value: int = 0
    faults: list[Fault] = field(default_factory=list)
    dry_cards: dict[str, dict[str, object]] = field(default_factory=lambda: defaultdict(dict))
    dry_receipts: dict[str, tuple[int, object]] = field(default_factory=dict)
    dry_keys: set[str] = field(default_factory=set)
    settled: set[int] = field(default_factory=set)
    seen: set = field(default_factory=set)

    def accept(self, rows: int, *, value: int = 0, customer: object = None) -> None:
        """Count rows that were recorded, what they are worth, and for whom."""
        self.accepted += rows
        self.value += value
        if customer is not None and self.imported.dry_run:
            self.seen.add(customer)

    def reject(self, rows: int, *, line: int, field: str, value: str, message: object) -> None:
        """Count rows that could not be recorded, with the cell that is to blame, named as in the file."""
        self.rejected += rows
        column = self.imported.columns.get(field, field)
        self.faults.append(Fault(line=line, column=column, value=value or "", message=str(message)))

    def take_faults(self) -> list[Fault]:
        """The faults found since the last call."""
        faults, self.faults = self.faults, []
        return faults

    def count_customers(self) -> int:
        """Distinct customers so far: a dry run counts as it goes, a real one at the end from what was recorded."""
        return len(self.seen) if self.imported.dry_run else self.imported.customers_seen

    def start_afresh(self) -> None:
        """Zero the counters for the next part, or for the same one again."""
        self.faults = []
        self.accepted = self.duplicates = self.rejected = self.new_customers = self.value = 0
