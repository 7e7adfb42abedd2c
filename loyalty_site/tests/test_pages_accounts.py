"""Signing in again after forgetting, being invited, and how pages look to a person."""

import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from customers.merchants import staff
from customers.merchants.models import Role, StaffMember, User
from loyalty_site.tests import factories

pytestmark = pytest.mark.django_db
NEW = "a-rather-long-secret"


def page(response) -> str:
    return response.content.decode()


def forgotten(client, email, **headers):
    """Ask for the link, and let the worker send it; the path of the link, if one came."""
    response = client.post("/password/", {"email": email}, headers=headers)
    call_command("work", "--once")
    found = re.search(r"http://\S+?(/password/\S+)", mail.outbox[-1].body) if mail.outbox else None
    return response, found and found.group(1)


def invite(shop, email="erin@a.test", role=Role.STAFF):
    offered = staff.invite(merchant=shop, email=email, role=role, by=factories.place(shop), at=timezone.now())
    return f"/invitation/{staff.token(offered)}/"


@pytest.mark.any_database
@pytest.mark.usefixtures("transactional_db")
def test_forgotten_password_is_set_by_the_mailed_link(client, shop):
    response, path = forgotten(client, "Alice@A.test")
    form = client.get(path, follow=True)
    answer = client.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW}, follow=True)

    assert response.headers["Location"] == "/password/sent/"
    assert "Your new password works. You are signed in." in page(answer)
    assert answer.redirect_chain[-1] == ("/m/a/", 302)
    assert User.objects.get().check_password(NEW)


@pytest.mark.any_database
@pytest.mark.usefixtures("transactional_db")
def test_link_has_the_host_under_which_it_was_asked_for(client, shop, settings):
    settings.ALLOWED_HOSTS = ["loyal.example"]

    forgotten(client, "alice@a.test", host="loyal.example:8080")

    assert "http://loyal.example:8080/password/" in mail.outbox[0].body


@pytest.mark.any_database
@pytest.mark.usefixtures("transactional_db")
def test_nobody_learns_who_signs_in_here(client, shop):
    known, __ = forgotten(client, "alice@a.test")
    mail.outbox.clear()
    unknown, path = forgotten(client, "nobody@a.test")

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert (path, mail.outbox) == (None, [])


@pytest.mark.any_database
@pytest.mark.usefixtures("transactional_db")
def test_link_works_once(client, shop):
    __, path = forgotten(client, "alice@a.test")
    form = client.get(path, follow=True)
    client.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})

    again = client.get(path, follow=True)

    assert "This link does not work any more" in page(again)
    assert 'href="/password/"' in page(again)


@pytest.mark.any_database
def test_link_that_was_never_made_opens_nothing(client, shop):
    assert "This link does not work any more" in page(client.get("/password/MQ/abc-def/"))


@pytest.mark.parametrize("email", ["", "nobody"])
def test_forgotten_without_an_address_is_told_beside_the_field(client, email):
    response = client.post("/password/", {"email": email})

    assert response.status_code == 200
    assert 'id="id_email_error"' in page(response)


def test_sign_in_leads_to_the_forgotten_password(client):
    assert 'href="/password/"' in page(client.get("/login/"))


def test_weak_password_is_refused_beside_the_field(alice):
    User.objects.get().set_password(factories.PASSWORD)

    response = alice.post(
        "/account/password/", {"old_password": "x", "new_password1": "12345", "new_password2": "12345"}
    )

    assert response.status_code == 200
    assert 'id="id_new_password2_error"' in page(response)


def test_password_is_changed_and_the_person_stays_signed_in(client, shop):
    user = User.objects.get()
    user.set_password(factories.PASSWORD)
    user.save()
    client.force_login(user)
    sent = {"old_password": factories.PASSWORD, "new_password1": NEW, "new_password2": NEW}

    answer = client.post("/account/password/", sent, follow=True)

    assert "Your password is changed." in page(answer)
    assert answer.redirect_chain == [("/account/", 302)]
    assert User.objects.get().check_password(NEW)


@pytest.mark.any_database
def test_account_keeps_name_language_and_theme(alice):
    answer = alice.post("/account/", {"name": "Alice A.", "language": "es", "theme": "dark"}, follow=True)

    user = User.objects.get()
    assert (user.name, user.language, user.theme) == ("Alice A.", "es", "dark")
    assert '<html lang="es" data-theme="dark">' in page(answer)
    assert '<meta name="color-scheme" content="dark">' in page(alice.get("/m/a/"))


def test_account_of_the_browsers_language_forgets_the_language_clicked_before(alice):
    alice.post("/language/", {"language": "es", "next": "/"})
    User.objects.update(language="es")

    alice.post("/account/", {"name": "Alice", "language": "", "theme": ""}, headers={"accept-language": "en"})

    assert '<html lang="en">' in page(alice.get("/account/", headers={"accept-language": "en"}))


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"language": "tlh"}])
def test_account_refuses_what_does_not_exist(alice, wrong):
    response = alice.post("/account/", {"name": "Alice", "language": "", "theme": "", **wrong})

    assert response.status_code == 200
    assert (User.objects.get().theme, User.objects.get().language) == ("", "")


def test_nobody_signed_in_follows_the_device(client):
    assert '<html lang="en">' in page(client.get("/login/"))
    assert '<meta name="color-scheme" content="light dark">' in page(client.get("/login/"))


def test_theme_holds_on_the_page_for_a_wrong_address(alice):
    User.objects.update(theme="light")

    assert 'data-theme="light"' in page(alice.get("/nowhere/"))


def test_menu_leads_to_account_settings_and_programs(alice):
    shown = page(alice.get("/m/a/"))

    assert [f'href="{path}"' in shown for path in ("/account/", "/m/a/settings/", "/m/a/programs/")] == [True] * 3


def test_menu_of_staff_has_the_account_only(client, shop):
    client.force_login(factories.staff(shop, email="dora@a.test", role=Role.STAFF))

    shown = page(client.get("/m/a/"))

    assert [f'href="{path}"' in shown for path in ("/account/", "/m/a/settings/", "/m/a/programs/")] == [
        True,
        False,
        False,
    ]


def test_invited_person_chooses_name_and_password_and_is_in(client, shop):
    path = invite(shop)

    sent = {"name": "Erin", "new_password1": NEW, "new_password2": NEW}
    answer = client.post(path, sent, follow=True)

    assert answer.redirect_chain == [("/m/a/", 302)]
    assert "Welcome to Shop A." in page(answer)
    assert StaffMember.objects.get(user__email="erin@a.test").role == Role.STAFF


def test_invited_person_is_told_what_is_wrong(client, shop):
    response = client.post(invite(shop), {"name": "", "new_password1": "1", "new_password2": "2"})

    assert 'id="id_name_error"' in page(response)
    assert 'id="id_new_password2_error"' in page(response)
    assert User.objects.count() == 1


def test_known_person_takes_the_place_with_one_click(client, shop):
    factories.merchant(slug="b", owner="charlie@b.test")
    charlie = User.objects.get(email="charlie@b.test")
    charlie.set_password(NEW)
    charlie.save()
    client.force_login(charlie)
    path = invite(shop, "charlie@b.test", Role.ANALYST)

    shown, answer = client.get(path), client.post(path)

    assert "your password stays" in page(shown)
    assert answer.headers["Location"] == "/m/a/"
    assert sorted(charlie.places.values_list("merchant__slug", "role")) == [("a", "analyst"), ("b", "owner")]


def test_invitation_that_is_over_says_what_to_do(client, shop):
    path = invite(shop)
    client.post(path, {"name": "Erin", "new_password1": NEW, "new_password2": NEW})

    for response in (client.get(path), client.post(path), client.get("/invitation/made-up/")):
        assert response.status_code == 410
        assert "Ask for a new one." in page(response)


def test_front_without_anybody_says_how_to_make_the_shop(client):
    shown = page(client.get("/"))

    assert "python manage.py create_merchant --name" in shown
    assert "--url http://testserver" in shown


def test_front_with_somebody_asks_to_sign_in(client, shop):
    assert client.get("/").headers["Location"] == "/login/?next=/"
