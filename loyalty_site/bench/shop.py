"""A shop of a chosen size, written by the product's own verbs, and the ways in to it."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from customers.merchants import keys, shops
from customers.merchants.models import Merchant, User
from customers.models import Customer
from customers.purchases import PurchaseDraft
from loyalty_site import flows
from rewards import programs

SLUG, CHUNK = "bench", 5_000
RULES = [
    {"name": "1 per euro", "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": 100}}},
    {"name": "Tuesdays", "trigger": "purchase", "award": {"multiply": "2"}, "when": {"weekdays": [2]}},
]
POLICIES = {"expiry": {"kind": "months", "months": 12}}


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop to measure: its customers' public ids, an API key, and the session of somebody at the counter."""

    merchant: Merchant
    customers: list[str]
    names: list[str]
    key: str
    session: str


def build(*, customers: int, purchases: int, at: datetime) -> Shop:
    """A shop with so many customers, each bought purchases/customers times in the last two years, with points."""
    merchant, owner = shops.open_shop(
        name="Bench", slug=SLUG, currency="EUR", country="ES", timezone="Europe/Madrid", owner_email="owner@bench.test"
    )
    program = programs.create(merchant=merchant, name="Points", rules=RULES, policies=POLICIES, at=at)
    programs.activate(program=program, at=at - timedelta(days=731))
    people = enrol(merchant, customers, at=at)
    sell(merchant, people, purchases, at=at)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return Shop(
        merchant=merchant,
        customers=[one.public_id for one in people],
        names=[one.name for one in people],
        key=keys.create(merchant=merchant, name="bench", scope="manage", at=at),
        session=sign_in(owner),
    )


def enrol(merchant: Merchant, wanted: int, *, at: datetime) -> list[Customer]:
    """Cards with names and phones."""
    people: list[Customer] = []
    while len(people) < wanted:
        numbers = range(len(people), min(len(people) + CHUNK, wanted))
        cards = [
            {"name": f"Customer {number:06}", "phone": f"+346{number:08}", "external_id": f"b{number}"}
            for number in numbers
        ]
        people += flows.enrol_many(merchant=merchant, cards=cards, at=at - timedelta(days=730))
    return people


def sell(merchant: Merchant, people: list[Customer], wanted: int, *, at: datetime) -> None:
    """Purchases of 1.00 to 60.00, spread over two years, the same ones every time."""
    dice, done = random.Random(1), 0
    while done < wanted:
        count = min(CHUNK, wanted - done)
        moment = at - timedelta(days=729) + timedelta(days=728) * (done / wanted)
        drafts = [
            PurchaseDraft(
                amount=dice.randrange(100, 6000),
                occurred_at=moment,
                customer_id=dice.choice(people).pk,
                external_id=f"old-{done + number}",
            )
            for number in range(count)
        ]
        flows.record_purchases(merchant=merchant, drafts=drafts, at=moment)
        done += count


def sign_in(user: User) -> str:
    """The key of a session of this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key
