"""Dumping and loading a PostgreSQL database by its own programs."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from .refusal import CannotCopy

ASIDE = "ficha_before_restore"
INSTALL = (
    "{program} was not found. Install PostgreSQL's client programs (Debian, Ubuntu: postgresql-client), of the "
    "server's version or newer, or set PGBIN to their folder."
)


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs: in PGBIN, Debian's newest, or in PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"), key=lambda path: float(path.parent.name))
    folders = [os.environ["PGBIN"]] if os.environ.get("PGBIN") else [str(path) for path in reversed(debian)]
    found = next(filter(None, (shutil.which(name, path=folder) for folder in folders)), None) or shutil.which(name)
    if found is None:
        raise CannotCopy(INSTALL.format(program=name))
    return found


def run(name: str, *options: str) -> None:
    """Run a program against the database of DATABASE_URL; the password travels in the environment."""
    words, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    where, database = words[1:-1], words[-1]
    command = [program(name), *where, "--no-password", *options, f"--dbname={database}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})})
    if done.returncode:
        raise CannotCopy(f"{name} failed: {' '.join(done.stderr.split())[-600:]}")


def dump(target: Path) -> None:
    """The database as pg_dump's own archive, of one moment."""
    run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")


def load(source: Path) -> None:
    """The archive in the place of what is there: the old tables stand aside until the new ones are whole."""
    program("pg_restore")
    with set_aside():
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        run("pg_restore", *options, "--schema=public", str(source))


@contextmanager
def set_aside():
    """Move what is there to another schema; drop it when the block succeeds, move it back when it does not."""
    execute(f"ALTER SCHEMA public RENAME TO {ASIDE}", "CREATE SCHEMA public")
    try:
        yield
    except BaseException:
        execute("DROP SCHEMA IF EXISTS public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    execute(f"DROP SCHEMA {ASIDE} CASCADE")


def execute(*statements: str) -> None:
    """Run statements of this module, all or none, on a connection that is not kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()
