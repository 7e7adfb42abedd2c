"""A server killed in the middle of 1,000 postings loses nothing that was answered, and a retry doubles nothing."""

import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from loyalty_site.processes import BASE_DIR
from loyalty_site.testing.postgres import free_port

SET_UP = """
from loyalty_site.tests import api_client, factories
shop = factories.merchant()
factories.program(shop)
place = factories.customer(shop).memberships.get()
print(api_client.new_key(shop), place.customer.public_id, place.public_id)
"""
BATCHES, RECEIPTS, BY_HAND = 24, 40, 40
ENOUGH = 30  # requests answered before the server is killed
TILLS = 4


class Server:
    """`manage.py serve` on a database of its own."""

    def __init__(self, folder, database_url):
        self.env = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(folder), "DEBUG": "1"}
        self.process = None

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "manage.py", *words]

    def run(self, *words: str) -> str:
        return subprocess.run(
            self.command(*words), cwd=BASE_DIR, env=self.env, check=True, capture_output=True, text=True
        ).stdout

    def start(self) -> str:
        """Its address, once it answers."""
        port = free_port()
        words = self.command("serve", "--port", str(port), "--workers", "1")
        self.process = subprocess.Popen(words, cwd=BASE_DIR, env=self.env, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().startswith("Ficha is at")
        return f"http://127.0.0.1:{port}/api/v1/"

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
def server(tmp_path, own_tables_url):
    server = Server(tmp_path, own_tables_url)
    yield server
    server.kill()


def requests(customer: str, membership: str) -> dict[str, tuple[str, dict]]:
    """A thousand postings by their Idempotency-Keys: batches of receipts of 1.00, and points by hand between them."""
    wanted = {}
    for batch in range(BATCHES):
        sales = [
            {"customer": customer, "amount": 100, "external_id": f"r{batch}:{number}"} for number in range(RECEIPTS)
        ]
        wanted[f"batch {batch}"] = ("purchases/batch", {"purchases": sales})
    for number in range(BY_HAND):
        wanted[f"hand {number}"] = (f"memberships/{membership}/adjustments", {"points": 1, "reason": "why"})
    keys = sorted(wanted, key=lambda key: int(key.split()[1]))
    return {key: wanted[key] for key in keys}


def ask(url: str, key: str, path: str, body: dict | None = None, once: str = ""):
    """What the server answers: status, body and whether it was a stored reply; None when there was no answer."""
    request = urllib.request.Request(url + path, data=None if body is None else json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {key}")
    request.add_header("Content-Type", "application/json")
    request.add_header("Idempotency-Key", once)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read(), "Idempotent-Replayed" in reply.headers
    except urllib.error.HTTPError as error:
        with error:
            said = json.loads(error.read())
        return ask(url, key, path, body, once) if said.get("retryable") else (error.code, said, False)
    except (urllib.error.URLError, ConnectionError, OSError):
        return None


def send_all(url: str, key: str, wanted: dict, *, after=lambda count: None) -> dict:
    """The answers by Idempotency-Key, of several tills at once."""
    answers: dict[str, tuple] = {}
    lock = threading.Lock()

    def send(item):
        once, (path, body) = item
        if (reply := ask(url, key, path, body, once)) is not None:
            with lock:
                answers[once] = reply
                count = len(answers)
            after(count)

    with ThreadPoolExecutor(TILLS) as tills:
        list(tills.map(send, wanted.items()))
    return answers


def test_a_killed_server_loses_nothing_and_a_retry_doubles_nothing(server):
    key, customer, membership = server.run("shell", "-v", "0", "-c", SET_UP).split()
    wanted = requests(customer, membership)
    answered = send_all(server.start(), key, wanted, after=lambda count: server.kill() if count == ENOUGH else None)
    assert ENOUGH <= len(answered) < len(wanted)

    url = server.start()
    again = send_all(url, key, wanted)

    assert {once: again[once][:2] for once in answered} == {once: reply[:2] for once, reply in answered.items()}
    assert all(again[once][2] for once in answered)
    assert set(Counter(reply[0] for reply in again.values())) == {200, 201}
    results = [
        one["status"] for once, reply in again.items() if "batch" in once for one in json.loads(reply[1])["results"]
    ]
    assert results == ["created"] * BATCHES * RECEIPTS
    held = json.loads(ask(url, key, f"memberships/{membership}")[1])["balance"]
    assert held["available"] == BATCHES * RECEIPTS + BY_HAND
    assert server.run("reconcile") != ""
