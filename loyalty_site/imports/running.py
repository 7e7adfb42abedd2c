"""Storing, reading and posting a file, in steps that survive a kill."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import Error, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants import money, rows
from customers.merchants.models import ApiKey, Merchant, User
from customers.merchants.refusals import Invalid, Refusal
from customers.models import Customer, Import, ImportFault, Purchase, Refund
from customers.models.imports import Kind, State
from customers.purchases import MovedMeanwhile
from customers.reader import staging

from . import balances, people, sales
from .machine import MANY, explain, fingerprint, is_disk_full, local_copy, look_anew, room_to_write
from .outcome import Outcome

AT_ONCE = 1_000
FAULT_FIELDS = ["imported", "line", "column", "value", "message"]
FAULTS_SHOWN = 1_000
TRIES = 5  # of a part whose purchases are moved in the very moment
LARGEST_FILE = 500_000_000  # bytes
SETTLE = {Kind.PURCHASES: sales.settle, Kind.CUSTOMERS: people.settle, Kind.BALANCES: balances.settle}


class Superseded(Exception):
    """Another run of the same import has got further: this one's last part is rolled back, and it ends."""


class UnknownKind(Invalid):
    code = "unknown_kind"


class FileTooLarge(Invalid):
    code = "file_too_large"
    message = gettext_lazy("The file is larger than 500 MB. Split it, for example by year, and send the parts.")


def create(
    *,
    merchant: Merchant,
    kind: str,
    content: File,
    filename: str,
    at: datetime,
    mapping: dict | None = None,
    anonymous: str = "reject",
    dry_run: bool = False,
    user: User | None = None,
    api_key: ApiKey | None = None,
    state: str = State.QUEUED,
) -> Import:
    """Store a file to be read; nothing of it is recorded yet. Raises UnknownKind, FileTooLarge."""
    if kind not in Kind.values:
        raise UnknownKind(
            _("Files of the kind '%(kind)s' cannot be read in this version. Use one of: %(kinds)s."),
            values={"kind": kind, "kinds": ", ".join(Kind.values)},
            field="kind",
        )
    if content.size > LARGEST_FILE:
        raise FileTooLarge(field="file")
    imported = Import(
        merchant=merchant,
        kind=kind,
        state=state,
        language=translation.get_language() or "",
        filename=filename[-255:],
        fingerprint=fingerprint(content),
        mapping=mapping or {},
        anonymous=anonymous,
        dry_run=dry_run,
        user=user,
        api_key=api_key,
        created_at=at,
    )
    imported.file.save(f"{imported.public_id}.csv", content, save=False)
    imported.save()
    return imported


def digest(content: bytes) -> str:
    """A short name of something, for comparing."""
    return hashlib.blake2b(content, digest_size=12).hexdigest()


def run(import_id: int, *, at: datetime, progress: Callable[[int, int], None] | None = None) -> Import:
    """Read a stored file and post it in short transactions; called again, it goes on where it stopped.

    A file that cannot be read, or a disk that is full, ends it as `failed` with a sentence; what was posted before
    stays, and sending the file again adds the rest. `progress(done, total)` counts rows.
    """
    imported = Import.objects.select_related("merchant").get(pk=import_id)
    if imported.state in {State.CHECKING, State.DONE, State.UNDOING, State.UNDONE}:
        return imported
    with translation.override(imported.language or translation.get_language()):
        work(imported, at=at, progress=progress)
    return imported


def work(imported: Import, *, at: datetime, progress: Callable[[int, int], None] | None) -> None:
    """Read and post, and write down how it ended, in the language of whoever sent the file."""
    try:
        with local_copy(imported) as path, stage(imported, path, progress) as staged, room_to_write():
            if imported.position == 0 or imported.dry_run:  # what a dry run remembers dies with it
                begin(imported, staged)
            post(imported, staged, at=at, progress=progress)
        finish(imported, at=at)
    except Superseded:
        imported.refresh_from_db()
    except Refusal as refusal:
        fail(imported, str(refusal), at=at)
    except (OSError, Error, sqlite3.Error) as error:  # the last: the scratch file of the reader
        fail(imported, explain(error), at=at)
        if not is_disk_full(error):
            raise


def stage(imported: Import, path: Path, progress) -> staging.Staged:
    """The file's rows in a scratch file; the moment of sending counts as now, so that every run reads the same."""
    merchant = imported.merchant
    note = Note(imported, progress)
    note(0, 0)
    return staging.stage(
        path,
        kind=imported.kind,
        at=imported.created_at,
        zone=ZoneInfo(merchant.timezone),
        country=merchant.country,
        currency=merchant.currency,
        decimals=money.DECIMALS[merchant.currency],
        mapping=imported.mapping or None,
        anonymous=imported.anonymous,
        choices=staging.Choices(**imported.choices),
        progress=note,
    )


class Note:
    """Tells how far reading is: whoever waits for it, and in the row those who look at its page.

    An import that goes on after a crash is being recorded already, and stays so.
    """

    def __init__(self, imported: Import, progress: Callable[[int, int], None] | None):
        self.imported = imported
        self.progress = progress
        self.fresh = imported.position == 0 or imported.dry_run

    def __call__(self, done: int, total: int) -> None:
        if self.fresh:
            self.imported.state, self.imported.read, self.imported.rows = State.READING, done, total
            self.imported.save(update_fields=["state", "read", "rows"])
        if self.progress and total:
            self.progress(done // 2, total)


@transaction.atomic
def begin(imported: Import, staged: staging.Staged) -> None:
    """Note what reading found: columns, counts and the faults of the file itself."""
    imported.columns, imported.ignored, imported.reading = staged.columns, staged.ignored, staged.reading
    imported.rows, imported.rejected, imported.duplicates = staged.rows, staged.rejected, staged.duplicates
    imported.position = imported.accepted = imported.new_customers = imported.value = 0
    imported.state = State.POSTING
    imported.faults.all().delete()
    write_faults(imported, staged.faults())
    imported.save()


def post(imported: Import, staged: staging.Staged, *, at: datetime, progress) -> None:
    """Settle the receipts or records from the position on, a thousand at a time, each in its own transaction."""
    outcome = Outcome(imported=imported, at=at)
    next_look = imported.position + 2 * AT_ONCE
    for chunk in chunks(imported, staged):
        settle(imported, outcome, chunk)
        if imported.position >= next_look and not imported.dry_run:
            look_anew()
            next_look = 4 * imported.position
        if progress:
            settled = imported.accepted + imported.duplicates + imported.rejected
            progress((imported.rows + settled) // 2, imported.rows)


def settle(imported: Import, outcome: Outcome, chunk: list, *, tries: int = TRIES) -> None:
    """Settle a part in one transaction; begun anew where a till moved one of its purchases in that very moment."""
    try:
        with transaction.atomic():
            SETTLE[Kind(imported.kind)](outcome, chunk)
            write_faults(imported, outcome.take_faults())
            imported.accepted += outcome.accepted
            imported.duplicates += outcome.duplicates
            imported.rejected += outcome.rejected
            imported.new_customers += outcome.new_customers
            imported.value += outcome.value
            imported.customers_seen = outcome.count_customers()
            advance(imported, len(chunk))
            outcome.start_afresh()
    except MovedMeanwhile:
        if tries == 1:
            raise
        outcome.start_afresh()
        settle(imported, outcome, chunk, tries=tries - 1)


def advance(imported: Import, count: int) -> None:
    """Move the position on and write the counters; raises Superseded when another run has moved it already."""
    stood = imported.position
    imported.position += count
    if not Import.objects.filter(pk=imported.pk, position=stood).update(position=imported.position):
        raise Superseded
    imported.save()


def chunks(imported: Import, staged: staging.Staged) -> Iterator[list]:
    """What is to be settled, from the position on."""
    if imported.kind == Kind.PURCHASES:
        yield from staged.receipt_chunks(AT_ONCE, start=imported.position)
        return
    chunk = []
    for record in staged.records(start=imported.position):
        chunk.append(record)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def finish(imported: Import, *, at: datetime) -> None:
    """Count the distinct customers of what was recorded and close the import."""
    if not imported.dry_run:
        imported.customers_seen = COUNT[Kind(imported.kind)](imported)
        if imported.accepted >= MANY:
            look_anew()
    imported.state, imported.finished_at, imported.message = State.DONE, at, ""
    imported.save()


def buyers(imported: Import) -> int:
    """Customers of the purchases and returns that were recorded."""
    mine = {"imported": imported, "customer__isnull": False}
    bought = Purchase.objects.filter(**mine).values("customer")
    returned = Refund.objects.filter(**mine).values("customer")
    return Customer.objects.filter(pk__in=bought.union(returned)).count()


def members(imported: Import) -> int:
    """Customers whose opening points were recorded."""
    return Customer.objects.filter(memberships__entries__imported=imported).distinct().count()


COUNT = {Kind.PURCHASES: buyers, Kind.CUSTOMERS: attrgetter("accepted"), Kind.BALANCES: members}


def fail(imported: Import, message: str, *, at: datetime) -> None:
    """End the import with a sentence; what was settled stays counted."""
    imported.refresh_from_db()
    imported.state, imported.finished_at, imported.message = State.FAILED, at, message
    imported.save()


def write_faults(imported: Import, faults) -> None:
    """Keep bad cells, some thousand at a time."""
    batch = []
    for fault in faults:
        batch.append((imported.pk, fault.line, fault.column[:200], fault.value[:200], fault.message[:500]))
        if len(batch) == AT_ONCE:
            rows.insert(ImportFault, FAULT_FIELDS, batch)
            batch = []
    rows.insert(ImportFault, FAULT_FIELDS, batch)


def summary(imported: Import) -> dict:
    """What an import did, in the contract's words; money in minor units, the first thousand bad cells."""
    faults = imported.faults.values("line", "column", "value", "message")[:FAULTS_SHOWN]
    return {
        "rows": imported.rows,
        "accepted": imported.accepted,
        "duplicates": imported.duplicates,
        "rejected": imported.rejected,
        "customers": imported.customers_seen,
        "new_customers": imported.new_customers,
        "value": imported.value,
        "errors": list(faults),
    }
