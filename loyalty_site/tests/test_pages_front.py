"""The way in: which shop, signing in and out, the language, and pages that do not exist or broke."""

import pytest
from django.test import RequestFactory
from django.views.defaults import server_error

from customers.merchants.models import Role, User
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db


def test_front_leads_to_the_only_shop(alice):
    assert alice.get("/").headers["Location"] == "/m/a/"


def test_front_lists_several_shops(alice, shop):
    other = factories.merchant(slug="b", owner="charlie@b.test")
    factories.staff(other, email="alice@a.test", role=Role.ANALYST)

    page = alice.get("/").content.decode()

    assert 'href="/m/a/"' in page
    assert 'href="/m/b/"' in page


def test_front_tells_somebody_without_a_shop_what_to_do(client):
    client.force_login(User.objects.create_user("erin@nowhere.test"))

    assert "create_merchant" in client.get("/").content.decode()


def test_sign_in_takes_the_e_mail_without_case(client, shop):
    alice = User.objects.get()
    alice.set_password(factories.PASSWORD)
    alice.save()

    response = client.post("/login/?next=/m/a/", {"username": "ALICE@a.test", "password": factories.PASSWORD})

    assert (response.status_code, response.headers["Location"]) == (302, "/m/a/")


def test_wrong_password_is_told_without_saying_which_was_wrong(client, shop):
    page = client.post("/login/", {"username": "alice@a.test", "password": "wrong"}).content.decode()

    assert "This e-mail and password do not belong together." in page


def test_too_many_wrong_passwords_lock_for_a_while(client, shop):
    for __ in range(10):
        response = client.post("/login/", {"username": "alice@a.test", "password": "wrong"})

    assert response.status_code == 429
    assert "Wait 15 minutes" in response.content.decode()


def test_sign_out_needs_a_click(alice):
    assert alice.get("/logout/").status_code == 405
    assert alice.post("/logout/").headers["Location"] == "/login/"


def test_language_is_remembered_with_the_person(alice):
    response = alice.post("/language/", {"language": "es", "next": "/m/a/"})

    assert response.headers["Location"] == "/m/a/"
    assert User.objects.get().language == "es"
    assert '<html lang="es">' in alice.get("/m/a/").content.decode()


def test_language_that_does_not_exist_changes_nothing(alice):
    alice.post("/language/", {"language": "tlh", "next": "/m/a/"})

    assert User.objects.get().language == ""


def test_language_switch_works_before_sign_in(client, shop):
    client.post("/language/", {"language": "es", "next": "/login/"})

    assert '<html lang="es">' in client.get("/login/").content.decode()


def test_address_that_does_not_exist_has_a_page(alice):
    response = alice.get("/nowhere/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_page_for_our_own_mistakes_needs_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        page = server_error(RequestFactory().get("/")).content.decode()

    assert "Something broke on our side" in page
