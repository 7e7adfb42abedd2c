"""A shop with a customer, and surveys with dull questions."""

from datetime import UTC, datetime

import pytest

from customers import profiles
from customers.merchants import shops
from segments.surveys import making

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
QUESTIONS = [
    {"kind": "nps", "text": {"en": "Recommend us?", "es": "¿Nos recomiendas?"}, "required": True},
    {"kind": "csat", "text": "Satisfied?"},
    {"kind": "csat", "text": "Worth it?", "measures_value": True},
    {"kind": "choice", "text": "Which?", "options": ["Bread", "Cake"]},
    {"kind": "text", "text": "Why?"},
    {"kind": "benefit_request", "text": "Which benefit?"},
]


@pytest.fixture
def shop():
    opened, __ = shops.open_shop(
        name="Shop A", slug="a", currency="EUR", country="ES", timezone="Europe/Madrid", owner_email="alice@a.test",
        owner_name="Alice",
    )  # fmt: skip
    return opened


@pytest.fixture
def ana(shop):
    return profiles.register(merchant=shop, fields={"name": "Ana", "email": "ana@a.test"}, consents=[], at=AT)


@pytest.fixture
def draft(shop):
    return making.create(merchant=shop, title="Ask", language="en", given=QUESTIONS, at=AT)


@pytest.fixture
def survey(draft):
    return making.open_(survey=draft, at=AT)
