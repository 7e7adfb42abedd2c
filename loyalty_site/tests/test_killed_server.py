"""A server killed in the middle of 1,000 postings loses nothing that was answered, and a retry doubles nothing."""

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

SET_UP = """
from loyalty_site.tests import api_client, factories
shop = factories.merchant()
factories.program(shop)
place = factories.customer(shop).memberships.get()
print(api_client.new_key(shop), place.customer.public_id, place.public_id)
"""
API = "/api/v1/"
BATCHES, RECEIPTS, BY_HAND = 24, 40, 40
ENOUGH = 30  # requests answered before the server is killed
TILLS = 4


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


def test_a_killed_server_loses_nothing_and_a_retry_doubles_nothing(own_server):
    key, customer, membership = own_server.run("shell", "-v", "0", "-c", SET_UP).split()
    wanted = requests(customer, membership)
    url = own_server.start() + API
    answered = send_all(url, key, wanted, after=lambda count: own_server.kill() if count == ENOUGH else None)
    assert ENOUGH <= len(answered) < len(wanted)

    own_server.start()
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
    assert own_server.run("reconcile") != ""
