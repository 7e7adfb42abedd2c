"""What is measured, each with both sides of its ratio."""

import json
import os
import random
import uuid
from collections.abc import Callable

from . import raw
from .figures import Figure, quantile
from .insights import insights
from .redemptions import redemptions
from .shop import Shop
from .tills import Till, rate, together
from .worth import worth

PREVIEW_MS, LOOK_UP_MS = 150, 80  # the counter's limits for 95 of 100 requests


def purchases(shop: Shop, port: int, *, times: int) -> list[Figure]:
    """One purchase at a time and a thousand at once, beside what the database alone could post; one account or many."""
    limit = raw.purchases(os.environ["DATABASE_URL"], seconds=max(times // 400, 2))
    headers = {"Authorization": f"Bearer {shop.key}"}
    spread = rate(port, headers, buying(lambda number: shop.customers[number % 1000]), times=times)
    hot = rate(port, headers, buying(lambda number: shop.customers[0]), times=times)
    batches = max(times // 500, 2)
    batch = 1000 * rate(port, headers, batching(shop), times=batches)
    return [
        Figure("one purchase over HTTP", spread, "/s", "posted by the database alone", limit, 0.20),
        Figure("the same on one account", hot, "/s", "on a thousand accounts", spread, 0.8),
        Figure("batches of 1,000 over HTTP", batch, "/s", "posted by the database alone", limit, 1.0),
    ]


def buying(who: Callable[[int], str]) -> Callable[[Till, int], None]:
    """One purchase for somebody."""

    def work(till: Till, number: int) -> None:
        body = {"customer": who(number), "amount": 1234}
        till.ask("POST", "/api/v1/purchases", body, **{"Idempotency-Key": uuid.uuid4().hex})

    return work


def batching(shop: Shop) -> Callable[[Till, int], None]:
    """A thousand purchases at once."""

    def work(till: Till, number: int) -> None:
        mark = uuid.uuid4().hex
        rows = [
            {"customer": shop.customers[place % len(shop.customers)], "amount": 1234, "external_id": f"{mark}-{place}"}
            for place in range(number * 1000, number * 1000 + 1000)
        ]
        reply = till.ask("POST", "/api/v1/purchases/batch", {"purchases": rows}, **{"Idempotency-Key": mark})
        created = sum(one["status"] == "created" for one in json.loads(reply)["results"])
        if created != len(rows):
            raise AssertionError(f"{created} of {len(rows)} were recorded")

    return work


def counter(shop: Shop, port: int, *, times: int) -> list[Figure]:
    """Looking somebody up and previewing a purchase, 95 of 100 requests, as eight tills see it: the way there and back
    is in it, and so is the work of the tills themselves, which share the machine."""
    headers = {"Cookie": f"sessionid={shop.session}", "HX-Request": "true", "Accept": "text/html"}
    dice, page = random.Random(2), f"/m/{shop.merchant.slug}/counter/"

    def look_up(till: Till, number: int) -> None:
        found(till.ask("GET", f"{page}?q={dice.choice(shop.names)[:13].replace(' ', '+')}"), b"Customer 0")

    def preview(till: Till, number: int) -> None:
        asked = f"{page}{dice.choice(shop.customers)}/?amount=12.34&receipt=till-{uuid.uuid4().hex[:22]}"
        found(till.ask("GET", asked), b"Points")

    figures = []
    for name, work, limit in (("look-up", look_up, LOOK_UP_MS), ("preview", preview, PREVIEW_MS)):
        together(port, headers, work, times=64)  # connections and caches
        slow = 1000 * quantile(together(port, headers, work, times=times), 0.95)
        figures.append(Figure(f"counter: {name}, p95", slow, "ms", "at most", limit, 1.0, at_most=True))
    return figures


def found(page: bytes, wanted: bytes) -> None:
    """Raise where a page does not show what it was asked for: an empty one would be quick."""
    if wanted not in page:
        raise AssertionError(f"{wanted!r} is not in {page[:300]!r}")


ALL = {
    "purchases": purchases,
    "counter": counter,
    "redemptions": redemptions,
    "insights": insights,
    "worth": worth,
}
