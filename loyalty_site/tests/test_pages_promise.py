"""Changing a promise by hand."""

import pytest

from loyalty_site.tests import factories
from loyalty_site.tests.receipts import rule

pytestmark = pytest.mark.django_db


def page(response) -> str:
    return response.content.decode()


def test_smoke(alice, shop):
    made = factories.program(shop, rules=[rule(1, "Euro")])
    response = alice.get(f"/m/a/programs/{made.public_id}/edit/")
    assert response.status_code == 200
    assert "1 point for each full 1.00" in page(response)
