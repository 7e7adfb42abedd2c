"""Storing, reading and posting a file, in steps that survive a kill."""

import errno
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from zoneinfo import ZoneInfo

from django.core.files import File
from django.db import Error, connections, router, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants import money, rows
from customers.merchants.models import ApiKey, Merchant, User
from customers.merchants.refusals import Invalid, Refusal
from customers.models import Customer, Import, ImportFault, Purchase, Refund
from customers.models.imports import Kind, State
from customers.reader import staging

from . import balances, people, sales
from .outcome import Outcome

AT_ONCE = 1_000
FAULT_FIELDS = ["imported", "line", "column", "value", "message"]
FAULTS_SHOWN = 1_000
PAGES_GATHERED = {"cache_size": -64_000, "wal_autocheckpoint": 16_000}  # 64 MB both: kibibytes, and pages of 4 KB
LARGEST_FILE = 500_000_000  # bytes
SETTLE = {Kind.PURCHASES: sales.settle, Kind.CUSTOMERS: people.settle, Kind.BALANCES: balances.settle}


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


def fingerprint(content: File) -> str:
    """SHA-256 of a file's content."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def run(import_id: int, *, at: datetime, progress: Callable[[int, int], None] | None = None) -> Import:
    """Read a stored file and post it in short transactions; called again, it goes on where it stopped.

    A file that cannot be read, or a disk that is full, ends it as `failed` with a sentence; what was posted before
    stays, and sending the file again adds the rest. `progress(done, total)` counts rows.
    """
    imported = Import.objects.select_related("merchant").get(pk=import_id)
    if imported.state in {State.DONE, State.UNDONE}:
        return imported
    try:
        with local_copy(imported) as path, stage(imported, path, progress) as staged, room_to_write():
            if imported.position == 0 or imported.dry_run:  # what a dry run remembers dies with it
                begin(imported, staged)
            post(imported, staged, at=at, progress=progress)
        finish(imported, at=at)
    except Refusal as refusal:
        fail(imported, str(refusal), at=at)
    except (OSError, Error, sqlite3.Error) as error:  # the last: the scratch file of the reader
        fail(imported, explain(error), at=at)
        if not is_disk_full(error):
            raise
    return imported


def stage(imported: Import, path: Path, progress) -> staging.Staged:
    """The file's rows in a scratch file; the moment of sending counts as now, so that every run reads the same."""
    merchant = imported.merchant
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
        progress=None if progress is None else lambda done, total: progress(done // 2, total),
    )


@transaction.atomic
def begin(imported: Import, staged: staging.Staged) -> None:
    """Note what reading found: columns, counts and the faults of the file itself."""
    imported.columns, imported.ignored = staged.columns, staged.ignored
    imported.rows, imported.rejected, imported.duplicates = staged.rows, staged.rejected, staged.duplicates
    imported.position = imported.accepted = imported.new_customers = imported.value = 0
    imported.state = State.POSTING
    imported.faults.all().delete()
    write_faults(imported, staged.faults())
    imported.save()


def post(imported: Import, staged: staging.Staged, *, at: datetime, progress) -> None:
    """Settle the receipts or records from the position on, a thousand at a time, each in its own transaction."""
    outcome = Outcome(imported=imported, at=at)
    for chunk in chunks(imported, staged):
        with transaction.atomic():
            SETTLE[Kind(imported.kind)](outcome, chunk)
            write_faults(imported, outcome.take_faults())
            imported.accepted += outcome.accepted
            imported.duplicates += outcome.duplicates
            imported.rejected += outcome.rejected
            imported.new_customers += outcome.new_customers
            imported.value += outcome.value
            imported.position += len(chunk)
            imported.customers_seen = outcome.count_customers()
            imported.save()
            outcome.start_afresh()
        if progress:
            settled = imported.accepted + imported.duplicates + imported.rejected
            progress((imported.rows + settled) // 2, imported.rows)


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


def is_disk_full(error: Exception) -> bool:
    """Whether a failure means that there is no room left, here or at the database."""
    return (
        getattr(error, "errno", None) == errno.ENOSPC or "disk is full" in str(error) or "No space left" in str(error)
    )


def explain(error: Exception) -> str:
    """A failure of the machine as a sentence that says what to do."""
    if is_disk_full(error):
        return _("The disk is full. Make room and send the file again: what is recorded already will not count twice.")
    return _("The import stopped because of a fault of the machine (%(error)s). It will go on by itself.") % {
        "error": str(error).strip()[:200]
    }


def write_faults(imported: Import, faults) -> None:
    """Keep bad cells, some thousand at a time."""
    batch = []
    for fault in faults:
        batch.append((imported.pk, fault.line, fault.column[:200], fault.value[:200], fault.message[:500]))
        if len(batch) == AT_ONCE:
            rows.insert(ImportFault, FAULT_FIELDS, batch)
            batch = []
    rows.insert(ImportFault, FAULT_FIELDS, batch)


@contextmanager
def room_to_write() -> Iterator[None]:
    """Let SQLite gather pages before it writes them.

    Each thousand receipts touch the same pages of many indexes. With the 2 MB that SQLite keeps by default a page goes
    to the log again and again within one transaction, and with a checkpoint every 4 MB as often from there to the file.
    """
    connection = connections[router.db_for_write(Purchase)]
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in PAGES_GATHERED]
        for name, value in PAGES_GATHERED.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        try:
            yield
        finally:
            for name, value in zip(PAGES_GATHERED, before, strict=True):
                cursor.execute(f"PRAGMA {name} = {value}")


@contextmanager
def local_copy(imported: Import) -> Iterator[Path]:
    """The stored file as a path on this machine, wherever the storage keeps it."""
    try:
        path = Path(imported.file.path)
    except NotImplementedError:
        path = None  # a storage without paths: fetch it
    if path:
        yield path
        return
    with tempfile.NamedTemporaryFile(suffix=".csv") as copy, imported.file.open("rb") as stored:
        shutil.copyfileobj(stored, copy)
        copy.flush()
        yield Path(copy.name)


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
