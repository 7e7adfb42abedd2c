import os
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest
from django.core.management import call_command
from django.db import connection

from loyalty_site.processes import BASE_DIR, CannotServe
from loyalty_site.testing.postgres import free_port


@pytest.fixture
def serve(tmp_path):
    """Starts `manage.py serve` on a free port, reads its first line, and leaves nothing running."""
    started = []

    def start(database_url, *options):
        port = free_port()
        command = [sys.executable, "-W", "ignore", "manage.py", "serve", "--port", str(port), *options]
        env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(tmp_path), "DEBUG": "1"}
        server = subprocess.Popen(command, cwd=BASE_DIR, env=env, stdout=subprocess.PIPE, text=True)
        started.append(server)
        return server, f"http://127.0.0.1:{port}", server.stdout.readline().strip()

    yield start
    for server in started:
        server.kill()
        server.wait()
        server.stdout.close()


def assert_answers_and_ends(started, number) -> None:
    """It serves, and a signal ends it and whatever it has started."""
    server, url, line = started
    children = psutil.Process(server.pid).children(recursive=True)

    with urllib.request.urlopen(f"{url}/healthz", timeout=10) as reply:
        status = reply.status
    server.send_signal(number)
    gone, alive = psutil.wait_procs(children, timeout=20)

    assert (line, status) == (f"Ficha is at {url}", 200)
    assert server.wait(timeout=20) == 0
    assert (len(gone), alive) == (4, [])  # granian and its process, the worker, the leash


def test_serve_makes_its_tables_answers_and_ends_with_all_its_children(serve, own_database_url):
    assert_answers_and_ends(serve(own_database_url, "--workers", "1"), signal.SIGTERM)


@pytest.mark.skipif(connection.vendor == "postgresql", reason="how it ends is tried on the other lane")
def test_serve_ends_with_all_its_children_on_an_interrupt(serve, own_tables_url):
    assert_answers_and_ends(serve(own_tables_url, "--workers", "1"), signal.SIGINT)


def test_serve_without_secret_key(monkeypatch):
    monkeypatch.delenv("SECRET_KEY")

    with pytest.raises(CannotServe, match=r"SECRET_KEY is not set\..*token_urlsafe\(50\).*`make demo`"):
        call_command("serve")


def test_serve_on_a_port_in_use():
    port = free_port()

    with socket.create_server(("127.0.0.1", port)), pytest.raises(CannotServe, match=f"PORT={port + 1}"):
        call_command("serve", port=port)
