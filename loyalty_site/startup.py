"""What happens between the operator's command and a shop that answers: `serve` and `demo` share it."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, connections

from loyalty_site import database, processes
from loyalty_site.processes import CannotServe

NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'


def require_secret_key() -> None:
    """Refuses to serve with a key that nobody chose: sessions and links would die with the file that holds it."""
    if not os.environ.get("SECRET_KEY", "").strip():
        raise CannotServe(
            "SECRET_KEY is not set. It signs sessions and links, so keep one for the life of the shop. "
            f"Make one with `{NEW_KEY}`, store it, and set SECRET_KEY to it. To only look around: `make demo`."
        )


def prepare() -> None:
    """A database that is reachable and migrated, and static files that are collected; raises CannotServe."""
    database.require()
    with database.explained():
        call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()
    try:
        collect_static()
    except OSError as error:
        raise CannotServe(
            f"The static files cannot be written to {settings.STATIC_ROOT} ({error.strerror or error}). "
            "Set DATA_DIR to a folder that this user may write and that has room."
        ) from error


def collect_static() -> None:
    """Collects only what changed since the last time: compressing it all again takes many seconds."""
    mark, now = Path(settings.STATIC_ROOT) / ".collected", static_fingerprint()
    if mark.exists() and mark.read_text() == now:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    mark.write_text(now)


def static_fingerprint() -> str:
    """Changes with every file to collect and with how it is stored."""
    found = [(name, storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    facts = [(name, os.stat(path).st_size, os.stat(path).st_mtime_ns) for name, path in sorted(found)]
    return hashlib.sha256(repr((settings.STORAGES["staticfiles"], facts)).encode()).hexdigest()


def serve(*, host: str, port: int, workers: int, with_worker: bool, say: Callable[[str], None]) -> None:
    """Serves the prepared shop until SIGTERM or SIGINT; raises CannotServe when it cannot. `say` gets each line."""
    processes.claim(host, port)
    env = served_environment()
    processes.supervise(
        processes.web_server(host=host, port=port, workers=workers, env=env),
        processes.background_worker(env) if with_worker else None,
        url=processes.address(host, port),
        say=say,
        host_header=known_host(),
    )


def served_environment() -> dict[str, str]:
    """Served processes keep their PostgreSQL connections in a pool unless the operator decided otherwise."""
    pool = {"DATABASE_POOL": "1"} if connection.vendor == "postgresql" else {}
    return {**pool, **os.environ}


def known_host() -> str | None:
    """A name under which the site answers, for our own question whether it does; None when any will do."""
    first = settings.ALLOWED_HOSTS[0].lstrip(".") if settings.ALLOWED_HOSTS else "*"
    return None if first == "*" else first
