"""What an import asks of the machine: room on the disk, the file with its hash, SQLite's pages kept together."""

import errno
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files import File
from django.db import connections, router
from django.utils.translation import gettext as _

from customers.merchants import rows
from customers.models import Customer, CustomerActivity, CustomerMonth, Import, Purchase, PurchaseLine, Refund
from rewards.models import Entry, Judgement, Lot, LotUse, Membership, PointsAccount

MANY = 5_000  # rows after which PostgreSQL should look at its tables anew
GROWN = (
    Customer, CustomerActivity, CustomerMonth, Purchase, PurchaseLine, Refund, Membership, PointsAccount, Judgement,
    Entry, Lot, LotUse,
)  # fmt: skip

PAGES_GATHERED = {"cache_size": -64_000, "wal_autocheckpoint": 16_000}  # 64 MB both: kibibytes, and pages of 4 KB


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


def look_anew() -> None:
    """Let PostgreSQL look at the tables that an import makes grow; until then it plans as for small ones."""
    rows.analyze(*GROWN)


def fingerprint(content: File) -> str:
    """SHA-256 of a file's content."""
    digest = hashlib.sha256()
    for chunk in content.chunks():
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()
