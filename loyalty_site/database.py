"""The database as an operator meets it: its name without the password, and a sentence for what went wrong."""

import re
from contextlib import contextmanager
from pathlib import Path

from django.db import Error, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from loyalty_site.processes import CannotServe

NO_ROOM = "The disk is full. Free some space where the database lives, then start again."
START_IT = (
    "The server does not answer. Start it (for example `systemctl start postgresql`), or correct host and port in "
    "DATABASE_URL. Without DATABASE_URL Ficha keeps its data in a SQLite file and needs no server."
)
LOGIN_REFUSED = (
    "The server refuses this user with this password. Correct them in DATABASE_URL; "
    "characters such as @ or / in the password must be percent-encoded."
)
NO_SUCH_USER = (
    "The server does not know this user. Create it (`createuser --pwprompt {user}`) or correct it in DATABASE_URL."
)
NO_SUCH_DATABASE = (
    "The server runs, but this database does not exist. Create it (`createdb --owner={user} {name}`) "
    "or correct the name in DATABASE_URL."
)
POSTGRES = [
    ("password authentication failed", LOGIN_REFUSED),
    (
        "no password supplied",
        "The server wants a password. Write it in DATABASE_URL: postgres://user:password@host/name.",
    ),
    ('role ".*" does not exist', NO_SUCH_USER),
    ('database ".*" does not exist', NO_SUCH_DATABASE),
    ("connection refused|no such file or directory", START_IT),
    ("timeout|timed out", "The server does not answer within seconds. Check host, port and firewall in DATABASE_URL."),
    (
        "name or service not known|could not translate host|name resolution|failed to resolve",
        "The host's name is not known. Correct it in DATABASE_URL.",
    ),
    ("no pg_hba.conf entry", "The server does not let this machine in. Add a line for it to the server's pg_hba.conf."),
    ("too many clients|remaining connection slots", "The server has no connection left. Raise its max_connections."),
    (
        "permission denied",
        "The user may not create tables there. Make it the owner: `ALTER DATABASE {name} OWNER TO {user}`.",
    ),
    ("no space left|could not extend file", NO_ROOM),
]
SQLITE = [
    ("unable to open", "Its folder does not exist or may not be entered. Create the folder, or correct the path."),
    ("readonly|read-only", "The file or its folder may not be written. Give this user the right to write both."),
    ("not a database", "The file is something else than a SQLite database. Correct the path, or move the file away."),
    ("malformed", "The file is damaged. Restore it from the last backup."),
    ("locked|busy", "Another process is writing to it for long. Stop that process, then start again."),
    ("full|disk i/o", NO_ROOM),
]


def shown(database: BaseDatabaseWrapper = connection) -> str:
    """What DATABASE_URL names, without the password."""
    given = database.settings_dict
    if database.vendor == "sqlite":
        return f"SQLite file {given['NAME']}"
    user = f"{given['USER']}@" if given.get("USER") else ""
    port = f":{given['PORT']}" if given.get("PORT") else ""
    return f"postgres://{user}{given.get('HOST') or 'localhost'}{port}/{given['NAME']}"


def sentence(error: Exception, database: BaseDatabaseWrapper = connection) -> str:
    """What went wrong and what to do; the database's own words when they are none of those we know."""
    said = " ".join(str(error).split())
    known = SQLITE if database.vendor == "sqlite" else POSTGRES
    advice = next((text for pattern, text in known if re.search(pattern, said, re.IGNORECASE)), None)
    given = {"user": database.settings_dict.get("USER") or "ficha", "name": database.settings_dict["NAME"]}
    told = advice.format(**given) if advice else f"It says: {said} Correct DATABASE_URL or the database, and try again."
    return f"The database cannot be used ({shown(database)}). {told}"


@contextmanager
def explained(database: BaseDatabaseWrapper = connection):
    """Turns the database's errors into CannotServe with a sentence."""
    try:
        yield
    except Error as error:
        raise CannotServe(sentence(error, database)) from error


def require(database: BaseDatabaseWrapper = connection) -> None:
    """Refuses a database that cannot be reached or written, within seconds rather than a network's patience."""
    options = database.settings_dict["OPTIONS"]
    options.pop("pool", None)  # a command needs one connection, and a pool would only retry in silence
    if database.vendor == "postgresql":
        options.setdefault("connect_timeout", 5)
    elif not Path(database.settings_dict["NAME"]).parent.is_dir():
        raise CannotServe(sentence(Error("unable to open"), database))
    with explained(database), database.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE" if database.vendor == "sqlite" else "BEGIN")
        cursor.execute("ROLLBACK")
