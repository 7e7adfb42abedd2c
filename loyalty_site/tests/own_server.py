"""A server in processes of its own, for tests that kill it."""

import os
import subprocess
import sys

import psutil
import pytest

from loyalty_site.processes import BASE_DIR
from loyalty_site.testing.postgres import free_port


class Server:
    """`manage.py serve` on a database of its own."""

    def __init__(self, folder, database_url):
        self.env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(folder), "DEBUG": "1"}
        self.process, self.port = None, free_port()

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "manage.py", *words]

    def run(self, *words: str) -> str:
        return subprocess.run(
            self.command(*words), cwd=BASE_DIR, env=self.env, check=True, capture_output=True, text=True
        ).stdout

    def start(self) -> str:
        """Its address, once it answers; after a kill it is the same."""
        words = self.command("serve", "--port", str(self.port), "--workers", "1")
        self.process = subprocess.Popen(words, cwd=BASE_DIR, env=self.env, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().startswith("Ficha is at")
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """SIGKILL for all of it, and nothing left."""
        if self.process is None:
            return
        family = [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(self.process.pid)]
        for one in family:
            one.kill()
        psutil.wait_procs(family[:-1], timeout=20)
        self.process.wait()
        self.process.stdout.close()
        self.process = None


@pytest.fixture
def own_server(tmp_path, own_tables_url):
    """One on empty tables that nobody else uses; not started yet."""
    server = Server(tmp_path, own_tables_url)
    yield server
    server.kill()
