"""Tills that talk to a server at once, each over a connection that it keeps."""

import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

TILLS = 8


class Refused(Exception):
    """The server answered something else than success: the figure would mean nothing."""


class Till:
    """One connection. `headers` go with every request."""

    def __init__(self, port: int, headers: dict[str, str]):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = headers

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> bytes:
        """The body of the reply; raises Refused for anything but success."""
        sent = None if body is None else json.dumps(body)
        kind = {"Content-Type": "application/json"} if body is not None else {}
        self.connection.request(method, path, sent, {**self.headers, **kind, **headers})
        reply = self.connection.getresponse()
        text = reply.read()
        if reply.status not in (200, 201):
            raise Refused(f"{method} {path}: {reply.status} {text[:300].decode()}")
        return text


def together(port: int, headers: dict[str, str], work: Callable[[Till, int], None], *, times: int) -> list[float]:
    """Do `work` so many times from eight tills at once; returns how long each took, in seconds."""
    numbers, took = count(), []

    def serve(__: int) -> None:
        till = Till(port, headers)
        while (number := next(numbers)) < times:
            began = time.perf_counter()
            work(till, number)
            took.append(time.perf_counter() - began)

    with ThreadPoolExecutor(TILLS) as pool:
        list(pool.map(serve, range(TILLS)))
    return took


def rate(port: int, headers: dict[str, str], work: Callable[[Till, int], None], *, times: int) -> float:
    """How many of them were done in a second."""
    began = time.perf_counter()
    together(port, headers, work, times=times)
    return times / (time.perf_counter() - began)
