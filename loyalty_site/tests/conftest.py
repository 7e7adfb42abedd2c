"""The shop and the people of most tests here; a module that needs others defines its own by the same names."""

import pytest

from customers.merchants.models import Role, User
from loyalty_site.tests import factories


@pytest.fixture
def shop():
    """Shop A, which Alice owns."""
    return factories.merchant()


@pytest.fixture
def alice(client, shop):
    """A browser without scripts in which the owner is signed in."""
    client.force_login(User.objects.get(email="alice@a.test"))
    return client


@pytest.fixture
def dora(client, shop):
    """The same with somebody of the staff."""
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))
    return client
