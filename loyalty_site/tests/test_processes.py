import signal
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from loyalty_site import processes
from loyalty_site.processes import CannotServe, Child, Leash
from loyalty_site.testing.postgres import free_port

WELL = """
import http.server, os, signal, sys
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers["Host"] == sys.argv[2] else 400)
        self.end_headers()
    def log_message(self, *args): pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Well).serve_forever()
"""
SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def leash():
    leash = Leash()
    yield leash
    leash.drop()


def python(script, *words):
    return Child("a child", [sys.executable, "-c", script, *map(str, words)])


def wait_for(condition, seconds=10):
    """Polls until `condition()` is true; its last value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value


def is_gone(pid):
    """No process, or only the entry of one that ended."""
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_claim_free_port(port):
    processes.claim("127.0.0.1", port)


def test_claim_port_in_use_names_the_way_out(port):
    with socket.create_server(("127.0.0.1", port)), pytest.raises(CannotServe) as refusal:
        processes.claim("127.0.0.1", port)

    assert f"Port {port} on 127.0.0.1 cannot be used (Address already in use)" in str(refusal.value)
    assert f"make serve PORT={port + 1}" in str(refusal.value)


@pytest.mark.parametrize(("host", "number"), [("127.0.0.1", 70000), ("192.0.2.1", 8000)])
def test_claim_what_nobody_can_have(host, number):
    with pytest.raises(CannotServe, match="cannot be used"):
        processes.claim(host, number)


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("0.0.0.0", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")],
)
def test_address(host, url):
    assert processes.address(host, 80) == url


def test_child_end_kills_the_stubborn(leash):
    child = python(STUBBORN)
    child.start(leash)

    child.end(time.monotonic() + 0.1)

    assert child.exit_code() is not None
    assert is_gone(child.process.pid)


def test_leash_kills_when_its_holder_is_killed():
    holder = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            "import sys, time; from loyalty_site import processes; leash = processes.Leash()\n"
            f"for n in range(2): child = processes.Child('x', [sys.executable, '-c', {SLEEP!r}]); child.start(leash); "
            "print(child.process.pid, flush=True)\ntime.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        cwd=processes.BASE_DIR,
    )
    pids = [int(holder.stdout.readline()) for _ in range(2)]

    holder.kill()
    holder.wait()

    assert [wait_for(lambda pid=pid: is_gone(pid)) for pid in pids] == [True, True]
    holder.stdout.close()


def test_supervise_says_where_and_ends_on_a_signal(port):
    server, worker, lines = python(WELL, port, "shop.test"), python(SLEEP), []
    handler = signal.getsignal(signal.SIGTERM)

    def say(line):
        lines.append(line)
        signal.raise_signal(signal.SIGTERM)

    processes.supervise(server, worker, url=f"http://127.0.0.1:{port}", say=say, host_header="shop.test")

    assert lines == [f"Ficha is at http://127.0.0.1:{port}"]
    assert (server.exit_code(), worker.exit_code()) == (0, -signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is handler


def test_supervise_server_that_never_starts(port):
    server, worker = python("raise SystemExit(3)"), python(SLEEP)

    with pytest.raises(CannotServe, match=r"ended at once \(exit code 3\)"):
        processes.supervise(server, worker, url=f"http://127.0.0.1:{port}", say=print)

    assert worker.exit_code() == -signal.SIGTERM


def test_supervise_server_that_dies_takes_the_worker_along(port):
    server, worker = python(WELL, port, f"127.0.0.1:{port}"), python(SLEEP)

    with pytest.raises(CannotServe, match=r"The web server ended \(exit code -9\)"):
        processes.supervise(server, worker, url=f"http://127.0.0.1:{port}", say=lambda line: server.process.kill())

    assert worker.exit_code() == -signal.SIGTERM


def test_server_that_never_answers(port, leash, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.1)
    server = python(SLEEP)
    server.start(leash)

    with pytest.raises(CannotServe, match=f"did not answer 200 on http://127.0.0.1:{port}/healthz"):
        processes.wait_until_it_answers(server, f"http://127.0.0.1:{port}", threading.Event(), host_header=None)

    server.end(time.monotonic())


def test_watch_starts_an_ended_worker_again(leash, monkeypatch):
    monkeypatch.setattr(processes, "REST", 0)
    server, worker, stop, lines = python(SLEEP), python("raise SystemExit(5)"), threading.Event(), []
    server.start(leash)
    worker.start(leash)
    first = worker.process.pid

    def say(line):
        lines.append(line)
        if len(lines) == 2:
            stop.set()

    processes.watch(server, worker, leash, stop, say)

    assert lines == ["The background worker ended (exit code 5). It starts again in 0 seconds."] * 2
    assert worker.process.pid != first
    server.end(time.monotonic())
