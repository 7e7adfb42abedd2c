"""Runs the web server and the background worker as children of one process, and leaves none of them behind."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management.base import CommandError

BASE_DIR = Path(__file__).resolve().parent.parent
THREADS = 4  # per server process; more would only queue behind Python's lock and the database's connections
GRACE = 10  # seconds that a child has to finish what it is doing
PATIENCE = 60  # seconds until the server must have answered for the first time
REST = 5  # seconds before a worker that ended is started again
LOOK = 0.1  # seconds between two looks at the children


class CannotServe(CommandError):
    """The server cannot run; the message says why and what to do, and a command shows it without a traceback."""


@dataclass
class Child:
    """One process in a session of its own, so that a Ctrl-C in the terminal reaches only its parent."""

    name: str
    command: list[str]
    env: dict[str, str] | None = None
    process: subprocess.Popen | None = field(default=None, init=False)

    def start(self, leash: "Leash") -> None:
        self.process = subprocess.Popen(
            self.command, cwd=BASE_DIR, env=self.env, stdin=subprocess.DEVNULL, start_new_session=True
        )
        leash.hold(self.process.pid)

    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.process.poll() if self.process else None

    def tell(self, number: int) -> None:
        """To the process and its descendants, as far as any are left."""
        with suppress(ProcessLookupError, PermissionError):  # macOS says the second for a group of the dead
            os.killpg(self.process.pid, number)

    def end(self, deadline: float) -> None:
        """Waits for one that was told to end, tells it again every second (one that is just starting may have missed
        it), and kills what is left at `deadline` (of time.monotonic)."""
        while self.exit_code() is None and (left := deadline - time.monotonic()) > 0:
            try:
                self.process.wait(timeout=min(1, left))
            except subprocess.TimeoutExpired:
                self.tell(signal.SIGTERM)
        self.tell(signal.SIGKILL)
        self.process.wait()


class Leash:
    """Ends the held process groups when this process dies in whatever way, SIGKILL included.

    A shell reads their numbers from a pipe. The kernel closes the pipe with us, and then the shell kills them. A death
    signal through prctl would do the same on Linux only, and would miss the grandchildren.
    """

    SCRIPT = f"""
        groups=
        while read -r group; do groups="$groups -$group"; done
        for group in $groups; do kill -s TERM -- $group; done
        for group in $groups; do
            left={GRACE}
            while [ $left -gt 0 ] && kill -s 0 -- $group; do left=$((left - 1)); sleep 1; done
            kill -s KILL -- $group
        done
    """

    def __init__(self):
        self.shell = subprocess.Popen(
            ["/bin/sh", "-c", self.SCRIPT],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # "no such process" is what we hope for
            start_new_session=True,
            text=True,
        )

    def hold(self, group: int) -> None:
        self.shell.stdin.write(f"{group}\n")
        self.shell.stdin.flush()

    def drop(self) -> None:
        """The held processes have ended: nothing is left to watch."""
        self.shell.kill()
        self.shell.wait()
        self.shell.stdin.close()


@contextmanager
def stop_signals():
    """An event that SIGTERM and SIGINT set instead of ending the process."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def claim(host: str, port: int) -> None:
    """Refuses a port that is in use: granian shares ports, so two servers would silently divide the visitors."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise CannotServe(
            f"Port {port} on {host} cannot be used ({getattr(error, 'strerror', None) or error}). Stop what uses it, "
            f"or choose another port: `make serve PORT={port + 1 if port < 65535 else 8000}` (--port for manage.py)."
        ) from error


def address(host: str, port: int) -> str:
    """Where a browser on this machine finds the server."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"


def web_server(*, host: str, port: int, workers: int, env: dict[str, str] | None = None) -> Child:
    """The command of the WSGI server: granian, without an access log."""
    options = {
        "--interface": "wsgi",
        "--host": host,
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(THREADS),
        "--workers-kill-timeout": str(GRACE - 2),
        "--log-level": "warning",
    }
    words = [word for option in options.items() for word in option]
    flags = ["--no-ws", "--respawn-failed-workers", "loyalty_site.wsgi:application"]
    return Child("web server", [sys.executable, "-m", "granian", *words, *flags], env)


def background_worker(env: dict[str, str] | None = None) -> Child:
    """The command of the worker: messages, expiry, segments, schedule."""
    return Child("background worker", [sys.executable, "manage.py", "work"], env)


def answers(url: str, *, host_header: str | None = None) -> bool:
    """Whether the server says that it is well."""
    request = urllib.request.Request(  # noqa: S310 - always http to this machine
        f"{url}/healthz", headers={"Host": host_header} if host_header else {}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=2) as reply:
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_until_it_answers(server: Child, url: str, stop: threading.Event, *, host_header: str | None) -> bool:
    """True once the server answers, False when we are asked to stop before; raises when it never will."""
    deadline = time.monotonic() + PATIENCE
    while not stop.is_set():
        if server.exit_code() is not None:
            raise CannotServe(
                f"The web server ended at once (exit code {server.exit_code()}). Its message is above; "
                "`python manage.py check` often says more."
            )
        if answers(url, host_header=host_header):
            return True
        if time.monotonic() > deadline:
            raise CannotServe(
                f"The web server did not answer 200 on {url}/healthz within {PATIENCE} seconds. "
                "Look at its messages above, and whether the database is reachable."
            )
        stop.wait(LOOK)
    return False


def watch(server: Child, worker: Child | None, leash: Leash, stop: threading.Event, say: Callable[[str], None]) -> None:
    """Returns when we are asked to stop; raises when the server ends; starts a worker that ended again."""
    back_at = None
    while not stop.wait(LOOK):
        if server.exit_code() is not None:
            raise CannotServe(f"The web server ended (exit code {server.exit_code()}). Its message is above.")
        if worker is None or worker.exit_code() is None:
            continue
        if back_at is None:
            say(f"The background worker ended (exit code {worker.exit_code()}). It starts again in {REST} seconds.")
            back_at = time.monotonic() + REST
        elif time.monotonic() > back_at:
            worker.start(leash)
            back_at = None


def supervise(
    server: Child, worker: Child | None, *, url: str, say: Callable[[str], None], host_header: str | None = None
) -> None:
    """Runs both until SIGTERM or SIGINT, then stops both; raises CannotServe when the server ends by itself."""
    children = [child for child in (server, worker) if child]
    leash = Leash()
    with stop_signals() as stop:
        try:
            for child in children:
                child.start(leash)
            if wait_until_it_answers(server, url, stop, host_header=host_header):
                say(f"Ficha is at {url}")
                watch(server, worker, leash, stop, say)
        finally:
            deadline = time.monotonic() + GRACE
            started = [child for child in children if child.process]
            for child in started:
                child.tell(signal.SIGTERM)
            for child in started:
                child.end(deadline)
            leash.drop()
