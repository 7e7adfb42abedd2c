"""The living page of the look: whole, and for nobody but those who build the site."""

from pathlib import Path

import pytest
from django.conf import settings as configured

from customers.merchants.models import User
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db
PARTS = {f"ui/{path.name}" for path in (Path(configured.BASE_DIR) / "templates/ui").iterdir()}


@pytest.fixture
def alice(client, settings):
    """A builder at work, with a place at a shop as anybody has."""
    settings.DEBUG = True
    factories.merchant()
    User.objects.update(is_staff=True)
    client.force_login(User.objects.get(email="alice@a.test"))
    return client


def test_every_shared_part_is_shown(alice):
    response = alice.get("/design/")

    assert {one.name for one in response.templates if one.name.startswith("ui/")} == PARTS


def test_page_is_not_there_unless_debug_is_on(alice, settings):
    settings.DEBUG = False

    assert alice.get("/design/").status_code == 404


def test_page_is_not_there_for_people_of_shops(alice):
    User.objects.update(is_staff=False)

    assert alice.get("/design/").status_code == 404


def test_page_is_not_there_for_nobody(client, settings):
    settings.DEBUG = True

    assert client.get("/design/").status_code == 404


@pytest.mark.any_database
@pytest.mark.parametrize(("address", "theme"), [("?theme=dark", ' data-theme="dark"'), ("?theme=pink", "")])
def test_theme_is_tried_and_not_kept(alice, address, theme):
    page = alice.get(f"/design/{address}").content.decode()

    assert f'<html lang="en"{theme}>' in page
    assert User.objects.get(email="alice@a.test").theme == ""


def test_page_costs_who_is_asking_and_nothing_else(alice, django_assert_num_queries):
    with django_assert_num_queries(2):  # session, user
        alice.get("/design/")
