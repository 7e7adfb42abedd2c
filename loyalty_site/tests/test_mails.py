"""Mails as people receive them, and what a mail server's no becomes."""

import socket
from datetime import UTC, datetime

import pytest
from django.core import mail

from customers.merchants import staff
from customers.merchants.models import Role, User
from loyalty_site import mails
from loyalty_site.tests import factories
from loyalty_site.tests.mail_server import MailServer, send_by

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
SITE = "https://shop.example"


@pytest.fixture
def alice(shop):
    return User.objects.get()


@pytest.fixture
def smtp(settings):
    """Mails go by SMTP to a port of this machine."""
    return lambda port: send_by(settings, "smtp", host="127.0.0.1", port=port, timeout=5)


def invite(shop, email="erin@a.test", role=Role.STAFF):
    return staff.invite(merchant=shop, email=email, role=role, by=factories.place(shop), at=AT)


@pytest.mark.any_database
def test_invitation_says_who_where_and_as_what(shop):
    offered = invite(shop)

    mails.send_invitation(invitation=offered, site=SITE, language="en")

    [sent] = mail.outbox
    assert (sent.subject, sent.to, sent.from_email) == (
        "Shop A invites you to Ficha", ["erin@a.test"], "Ficha <ficha@localhost>",
    )  # fmt: skip
    assert "Alice offers you a place at Shop A as staff." in sent.body
    assert "Choose your name and password here:" in sent.body
    assert f"\n{SITE}/invitation/{staff.token(offered)}/\n" in sent.body


def test_invitation_of_somebody_known_asks_for_no_password(shop):
    User.objects.create_user("erin@a.test", "as-dull-as-can-be")

    mails.send_invitation(invitation=invite(shop), site=SITE, language="en")

    assert "You sign in to Ficha with this e-mail already." in mail.outbox[0].body
    assert "Choose your name" not in mail.outbox[0].body


def test_mail_writes_names_as_they_are(shop):
    shop.name = "Tom & Jerry's <bakery>"
    shop.save()

    mails.send_invitation(invitation=invite(shop), site=SITE, language="en")

    assert mail.outbox[0].subject == "Tom & Jerry's <bakery> invites you to Ficha"
    assert "a place at Tom & Jerry's <bakery> as staff" in mail.outbox[0].body


def test_subject_stays_on_one_line(shop):
    shop.name = "Shop\nBcc: everybody@a.test"
    shop.save()

    mails.send_invitation(invitation=invite(shop), site=SITE, language="en")

    assert mail.outbox[0].subject == "Shop Bcc: everybody@a.test invites you to Ficha"


def test_password_link_goes_to_the_address_on_record(alice):
    mails.send_password_link(email="ALICE@A.TEST", site=SITE, language="en")

    [sent] = mail.outbox
    assert (sent.subject, sent.to) == ("Set a new password for Ficha", ["alice@a.test"])
    assert f"\n{SITE}/password/" in sent.body


@pytest.mark.parametrize("email", ["nobody@a.test", "alice@a.test.evil.test"])
def test_password_link_goes_to_nobody_else(alice, email):
    mails.send_password_link(email=email, site=SITE, language="en")

    assert mail.outbox == []


def test_password_link_does_not_open_a_login_that_is_switched_off(alice):
    User.objects.update(is_active=False)

    mails.send_password_link(email="alice@a.test", site=SITE, language="en")

    assert mail.outbox == []


def test_mail_server_takes_a_mail(alice, smtp):
    with MailServer() as server:
        smtp(server.port)
        mails.send_test(user=alice, shop="Shop A", language="en")

    [taken] = server.mails
    assert "Subject: Mails from Shop A arrive" in taken
    assert "To: alice@a.test" in taken


@pytest.mark.parametrize(
    ("refuse", "sentence"),
    [
        (
            {"RCPT": "550 5.1.1 no such person here"},
            "The mail was not sent. The mail server answered: 550 5.1.1 no such person here",
        ),
        (
            {"MAIL": "451 try again later"},
            "The mail was not sent. The mail server answered: 451 try again later",
        ),
        ({"DATA": "554 looks like spam"}, "The mail was not sent. The mail server answered: 554 looks like spam"),
    ],
)
def test_mail_servers_no_is_told_in_its_own_words(alice, smtp, refuse, sentence):
    with MailServer(refuse) as server:
        smtp(server.port)
        with pytest.raises(mails.NotSent) as refusal:
            mails.send_test(user=alice, shop="Shop A", language="en")

    assert str(refusal.value) == sentence
    assert server.mails == []


def test_mail_server_that_is_not_there_is_told(alice, smtp):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    smtp(port)

    with pytest.raises(mails.NotSent) as refusal:
        mails.send_test(user=alice, shop="Shop A", language="en")

    assert str(refusal.value) == "The mail was not sent. Nobody listens there. Check host and port in EMAIL_URL."


def test_way_names_the_mail_server(smtp):
    smtp(2525)

    assert mails.way() == mails.Way(leaves=True, server="127.0.0.1:2525", sender="Ficha <ficha@localhost>")


def test_way_knows_that_a_console_sends_nothing(settings):
    send_by(settings, "console")

    assert mails.way().leaves is False
