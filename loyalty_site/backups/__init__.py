"""The whole shop in one file, and back: the database, the uploaded files, and a manifest that says what they are.

The file is a .tar.gz with `manifest.json` first. SQLite is copied by its own online backup, PostgreSQL by `pg_dump`; so
a backup may be made while the shop is open. A restore replaces everything or, when it is refused or fails, nothing.
"""

import json
import shutil
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from . import postgres, sqlite
from .refusal import CannotCopy

__all__ = ["CannotCopy", "Manifest", "make", "read_manifest", "restore"]

MANIFEST, DATABASE, FILES = "manifest.json", "database", "files"
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a backup is: of which program and database, when, and with which migrations."""

    ficha: str
    database: str
    made_at: str
    migrations: list[str]
    files: int
    format: int = FORMAT


def make(target: Path, *, at: datetime) -> Manifest:
    """Write a backup; it appears under its name only when it is whole. Raises CannotCopy, OSError."""
    with tempfile.TemporaryDirectory(prefix="ficha-backup-", dir=target.parent) as folder:
        copy = Path(folder) / DATABASE
        copier().dump(copy)
        uploaded = uploads()
        manifest = Manifest(settings.VERSION, connection.vendor, at.isoformat(), applied(), len(uploaded))
        whole = Path(folder) / "whole.tar.gz"
        pack(whole, manifest, copy, uploaded)
        whole.chmod(0o600)  # it holds every customer of the shop
        whole.replace(target)
    return manifest


def pack(target: Path, manifest: Manifest, copy: Path, uploaded: list[Path]) -> None:
    """The archive, manifest first."""
    said = copy.with_name(MANIFEST)
    said.write_text(json.dumps(asdict(manifest), indent=2))
    with tarfile.open(target, "w:gz", compresslevel=6) as archive:
        archive.add(said, MANIFEST)
        archive.add(copy, DATABASE)
        for path in uploaded:
            archive.add(path, f"{FILES}/{path.relative_to(settings.MEDIA_ROOT).as_posix()}")


def uploads() -> list[Path]:
    """Every uploaded file."""
    root = Path(settings.MEDIA_ROOT)
    return sorted(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else []


def applied() -> list[str]:
    """The migrations that the database has seen."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def read_manifest(source: Path) -> Manifest:
    """What a file says it is; raises CannotCopy for one that is no backup."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            first = archive.next()
            if first is None or first.name != MANIFEST:
                raise CannotCopy(f"{source} is no backup of Ficha: it does not begin with {MANIFEST}.")
            said = json.load(archive.extractfile(first))
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise CannotCopy(f"{source} is a backup of a form that this version cannot read. Update Ficha.")
        return Manifest(**said)
    except FileNotFoundError as error:
        raise CannotCopy(f"There is no file {source}. Check the path.") from error
    except (tarfile.TarError, EOFError, OSError, ValueError, TypeError) as error:
        raise CannotCopy(f"{source} is no backup of Ficha, or it is damaged: {error}.") from error


def check(manifest: Manifest, *, replace: bool) -> None:
    """Refuse what cannot go into this database, and, unless it may be replaced, a database that holds a shop."""
    if manifest.database != connection.vendor:
        raise CannotCopy(
            f"The backup is of {manifest.database}, and DATABASE_URL names {connection.vendor}. "
            "Set DATABASE_URL to a database of the same kind."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if order(manifest.ficha) > order(settings.VERSION) or not known.issuperset(manifest.migrations):
        raise CannotCopy(
            f"The backup is of Ficha {manifest.ficha}, newer than this {settings.VERSION}. Update Ficha, then restore."
        )
    if not replace and not is_empty():
        raise CannotCopy("The database holds a shop already. To replace everything in it, add --yes.")


def order(version: str) -> tuple[int, ...]:
    """A version as numbers, to compare."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def is_empty() -> bool:
    """Whether nobody and no shop is in the database, migrated or not."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in {"merchants_user", "merchants_merchant"} & tables:
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
            if cursor.fetchone():
                return False
    return True


def restore(source: Path, *, replace: bool) -> Manifest:
    """Put a backup in the place of what is there, then migrate it to this version.

    Raises CannotCopy, before anything is touched, for a file, database or version that does not fit.
    """
    manifest = read_manifest(source)
    check(manifest, replace=replace)
    root = Path(settings.MEDIA_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ficha-restore-", dir=root.parent) as folder:
        unpacked = unpack(source, Path(folder))
        connections.close_all()
        copier().load(unpacked / DATABASE)
        swap(unpacked / FILES, root, Path(folder) / "before")
    call_command("migrate", interactive=False, verbosity=0)
    return manifest


def unpack(source: Path, folder: Path) -> Path:
    """Everything of the archive in a folder; names that would leave it are refused by `tarfile`."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise CannotCopy(f"{source} cannot be unpacked: {error}. Nothing was changed.") from error
    (folder / FILES).mkdir(exist_ok=True)
    return folder


def swap(new: Path, root: Path, before: Path) -> None:
    """The new files in the place of the old."""
    if root.exists():
        root.rename(before)
    shutil.move(new, root)


def copier():
    """How this kind of database is dumped and loaded."""
    return postgres if connection.vendor == "postgresql" else sqlite
