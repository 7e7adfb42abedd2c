"""Fifty who spend the same points at once: as many succeed as the points allow, and nobody else."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from json import loads

from .figures import Figure
from .shop import Shop
from .tills import Refused, Till

SPENDERS, AFFORDABLE = 50, 25
BUSY, POOR = '"code":"busy"', '"code":"insufficient_points"'


def redemptions(shop: Shop, port: int, *, times: int) -> list[Figure]:
    """Somebody new with the points of 25 rewards, and 50 tills that redeem one each at the same moment."""
    headers = {"Authorization": f"Bearer {shop.key}"}
    till = Till(port, headers)
    [program] = loads(till.ask("GET", "/api/v1/programs"))["data"]
    buyer = asked(till, "customers", {"name": "Spender"})["id"]
    asked(till, "purchases", {"customer": buyer, "amount": 100_000, "external_id": uuid.uuid4().hex})
    [member] = loads(till.ask("GET", f"/api/v1/memberships?customer={buyer}"))["data"]
    points = loads(till.ask("GET", f"/api/v1/memberships/{member['id']}"))["balance"]["available"]
    cost, paid = points // AFFORDABLE, {"kind": "amount_off", "amount": 100}
    reward = asked(till, "rewards", {"name": "1.00 off", "program": program["id"], "cost": cost, "benefit": paid})
    body = {"membership": member["id"], "reward": reward["id"], "quantity": 1}
    with ThreadPoolExecutor(SPENDERS) as pool:
        succeeded = sum(pool.map(lambda __: redeemed(Till(port, headers), body), range(SPENDERS)))
    left = loads(till.ask("GET", f"/api/v1/memberships/{member['id']}"))["balance"]["available"]
    if succeeded * cost + left != points or left < 0:
        raise AssertionError(f"{points} points became {succeeded} rewards of {cost} and {left} points")
    return [Figure("50 redemptions at once", succeeded, "done", "what is affordable", AFFORDABLE, 1.0)]


def asked(till: Till, what: str, body: dict) -> dict:
    """The reply to a POST with a key of its own."""
    return loads(till.ask("POST", f"/api/v1/{what}", body, **{"Idempotency-Key": uuid.uuid4().hex}))


def redeemed(till: Till, body: dict) -> bool:
    """Whether the redemption was done; one that met too many others is asked again with the same key."""
    key = uuid.uuid4().hex
    while True:
        try:
            till.ask("POST", "/api/v1/redemptions", body, **{"Idempotency-Key": key})
        except Refused as refusal:
            said = str(refusal).replace(" ", "")
            if BUSY in said:
                continue
            if POOR in said:
                return False
            raise
        return True
