"""A till for tests: it holds a key, sends JSON with an Idempotency-Key, and reads what comes back."""

import csv
import io
import threading
from functools import cache
from itertools import count

from django.apps import apps
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from customers.merchants import keys
from customers.merchants.models import Merchant, Scope

NUMBERS = count(1)
BASE = "/api/v1/"
PROBLEM = ["code", "detail", "errors", "request_id", "retryable", "staff_message", "status", "title", "type"]


def new_key(shop: Merchant, *, scope: str = Scope.MANAGE, **more) -> str:
    """A working key of the shop."""
    return keys.create(merchant=shop, name=f"key {next(NUMBERS)}", scope=scope, at=timezone.now(), **more)


class Api:
    """Calls of one key; every POST gets a fresh Idempotency-Key unless `once` says another, or None for none."""

    def __init__(self, key: str | None):
        self.http = Client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, *, csv: bool = False, headers: dict | None = None, **params):
        headers = {**self.headers, **({"Accept": "text/csv"} if csv else {}), **(headers or {})}
        return self.http.get(BASE + path, params, headers=headers)

    def post(self, path: str, body=None, *, once: str | None = "", **more):
        return self.send("POST", path, {} if body is None else body, once=once, **more)

    def patch(self, path: str, body):
        return self.send("PATCH", path, body, once=None)

    def delete(self, path: str):
        return self.send("DELETE", path, {}, once=None)

    def send(self, method: str, path: str, body, *, once: str | None = "", content_type="application/json", **headers):
        once = f"once {next(NUMBERS)}" if once == "" else once
        headers = {**self.headers, **({"Idempotency-Key": once} if once is not None else {}), **headers}
        return self.http.generic(method, BASE + path, encoded(body), content_type=content_type, headers=headers)

    def upload(self, path: str, fields: dict, *, once: str | None = None):
        headers = {**self.headers, **({"Idempotency-Key": once} if once else {})}
        return self.http.post(BASE + path, fields, headers=headers)


def encoded(body):
    """A body as it travels; text goes as it is, so that a test can send what is no JSON."""
    from_django = Client()._encode_json
    return body if isinstance(body, (str, bytes)) else from_django(body, "application/json")


def api(shop: Merchant, *, scope: str = Scope.MANAGE, **more) -> Api:
    """A till with a new key of the shop."""
    return Api(new_key(shop, scope=scope, **more))


def refused(response) -> tuple[int, str]:
    """Status and code of a no, whose shape must be the contract's."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert [name for name in PROBLEM if name not in body] == []
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


def places(response) -> list[tuple[str, str]]:
    """Field and code of each thing that is wrong."""
    return [(error["field"], error["code"]) for error in response.json()["errors"]]


def rows(response) -> list[dict]:
    """The rows of a CSV reply."""
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def snapshot() -> dict:
    """Every row of every table, to prove that a refused or rehearsed call wrote nothing."""
    found = {}
    with connection.cursor() as cursor:
        for label, everything in tables().items():
            found[label] = cursor.execute(everything).fetchall()
    return found


@cache
def tables() -> dict[str, str]:
    """How to read each table whole: as SQL, since writing it forty times for each of a thousand calls takes long."""
    quote = connection.ops.quote_name
    return {
        model._meta.label: f"SELECT * FROM {quote(model._meta.db_table)} ORDER BY {quote(model._meta.pk.column)}"
        for model in apps.get_models()
        if model._meta.managed
    }


def together(count: int, work) -> list:
    """What `count` threads got that began at the same moment; each closes its connections."""
    begin, results = threading.Barrier(count), []

    def one(number):
        begin.wait()
        try:
            results.append(work(number))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
