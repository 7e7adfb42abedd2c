"""SQLite's online backup, there and back: the other side may be open meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from .refusal import CannotCopy

PATIENCE = 10  # seconds to wait for whoever writes


def live() -> sqlite3.Connection:
    """A connection of its own to the shop's database."""
    return sqlite3.connect(connection.settings_dict["NAME"], timeout=PATIENCE)


def dump(target: Path) -> None:
    """The database as a file of its own, of one moment."""
    with closing(live()) as shop, closing(sqlite3.connect(target)) as copy:
        shop.backup(copy)


def load(source: Path) -> None:
    """The file's content in the place of what is there; raises CannotCopy when it is damaged."""
    try:
        with closing(sqlite3.connect(source)) as copy:
            copy.execute("PRAGMA ignore_check_constraints = ON")  # they call functions that only Django's has
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise CannotCopy("The database in the backup is damaged. Nothing was changed.")
            with closing(live()) as shop:
                copy.backup(shop)
    except sqlite3.Error as error:
        raise CannotCopy(f"The database cannot be restored: {error}. Stop the server, then try again.") from error
