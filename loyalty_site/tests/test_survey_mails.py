"""Mails about surveys: only to those who agreed, once, through Django's mail back end."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from customers import audiences, profiles
from loyalty_site import mails, survey_mails
from loyalty_site.tests import asking, factories
from loyalty_site.tests.asking import AT
from loyalty_site.tests.mail_server import MailServer, send_by
from segments.surveys import making
from segments.surveys.models import FollowUp, Invitation, Survey

pytestmark = pytest.mark.django_db
SITE = "http://shop.test"


@pytest.fixture
def survey(shop):
    return asking.survey(shop)


def customer(shop, *, agreed: bool | None = True, **fields):
    """Somebody with an e-mail who said yes, no or nothing to mails."""
    who = factories.customer(shop, **{"email": f"c{next(factories.NUMBERS)}@a.test", **fields})
    if agreed is not None:
        yes = {"channel": "email", "purpose": "marketing", "granted": agreed, "source": "test"}
        profiles.give_consents(customer=who, consents=[yes], at=AT)
    return who


def test_only_those_are_asked_who_agreed_and_each_once(shop, survey):
    asked = [customer(shop), customer(shop)]
    customer(shop, agreed=False)
    customer(shop, agreed=None)
    customer(shop, email=None)

    first = survey_mails.ask_all(survey=survey, audience=None, site=SITE, at=AT)
    again = survey_mails.ask_all(survey=survey, audience=None, site=SITE, at=AT)

    assert (first, again) == (2, 0)
    assert sorted(one.to[0] for one in mail.outbox) == sorted(one.email for one in asked)
    assert list(Invitation.objects.values_list("sent_at", "touchpoint")) == [(AT, "email")] * 2


def test_newest_word_on_mails_holds(shop, survey):
    who = customer(shop)
    no = {"channel": "email", "purpose": "marketing", "granted": False, "source": "test"}
    profiles.give_consents(customer=who, consents=[no], at=AT)

    assert survey_mails.ask_all(survey=survey, audience=None, site=SITE, at=AT) == 0


def test_list_is_asked_and_nobody_else(shop, survey):
    chosen, __ = customer(shop), customer(shop)
    regulars = audiences.create(merchant=shop, name="Regulars", at=AT)
    audiences.add(audience=regulars, customers=[chosen.pk], at=AT)

    survey_mails.ask_all(survey=survey, audience=regulars, site=SITE, at=AT)

    assert [one.to for one in mail.outbox] == [[chosen.email]]


def test_link_in_a_mail_opens_the_survey_over_a_real_mail_server(shop, survey, settings, client):
    who = customer(shop, name="Ana", language="es")
    with MailServer() as server:
        send_by(settings, "smtp", host="127.0.0.1", port=server.port)
        survey_mails.ask(survey=survey, customer=who, site=SITE, at=AT)

    (sent,) = server.mails
    word = re.search(r"/survey/([^/\s]+(?:=\s+[^/\s]+)*)/", sent).group(1)
    page = client.get(reverse("survey_answer", args=[re.sub(r"=\s+", "", word)]))
    assert page.status_code == 200
    assert Invitation.objects.get().sent_at == AT


def test_mail_that_the_server_refuses_leaves_the_customer_to_be_asked_again(shop, survey, settings):
    who = customer(shop)
    with MailServer(refuse={"RCPT": "550 nobody here"}) as server:
        send_by(settings, "smtp", host="127.0.0.1", port=server.port)
        with pytest.raises(mails.NotSent):
            survey_mails.ask(survey=survey, customer=who, site=SITE, at=AT)

    assert Invitation.objects.get().sent_at is None
    assert list(survey_mails.askable(survey, None)) == [who]


def test_buyers_are_asked_after_some_hours_and_then_left_in_peace(shop, survey):
    making.update(survey=survey, at=AT, send_after_hours=24, rest_days=30, site=SITE)
    who, silent = customer(shop), customer(shop, agreed=None)
    bought = factories.purchase(shop, who, at=AT + timedelta(hours=1))
    factories.purchase(shop, silent, at=AT + timedelta(hours=1))
    hours = [2, 26, 27, 50]

    sent = [survey_mails.ask_buyers(at=AT + timedelta(hours=hour)) for hour in hours]
    factories.purchase(shop, who, at=AT + timedelta(days=3))
    later = [survey_mails.ask_buyers(at=AT + timedelta(days=day)) for day in (5, 33, 34)]

    assert (sent, later) == ([0, 1, 0, 0], [0, 0, 0])
    assert Invitation.objects.get().purchase.public_id == bought.draft.public_id
    factories.purchase(shop, who, at=AT + timedelta(days=35))
    assert survey_mails.ask_buyers(at=AT + timedelta(days=37)) == 1


def test_nobody_is_asked_by_a_survey_that_does_not_say_so_or_is_closed(shop, survey):
    factories.purchase(shop, customer(shop), at=AT)
    at = AT + timedelta(days=2)

    before = survey_mails.ask_buyers(at=at)
    making.update(survey=survey, at=AT, send_after_hours=24, site=SITE)
    making.close(survey=Survey.objects.get(), at=at)

    assert (before, survey_mails.ask_buyers(at=at)) == (0, 0)


@pytest.mark.parametrize(("agreed", "may_answer", "allowed"), [(True, False, 1), (None, True, 1), (None, False, 0)])
def test_unhappy_answer_is_mailed_back_where_that_was_agreed(alice, shop, survey, agreed, may_answer, allowed):
    task = asking.unhappy(survey, customer(shop, agreed=agreed), may_answer=may_answer)
    page = reverse("survey_task", args=["a", task.public_id])

    alice.post(page, {"text": "We bake more now.", "how": "mail"})

    assert len(mail.outbox) == allowed
    assert FollowUp.objects.filter(stage="answered", mailed=True).count() == allowed
    assert all("We bake more now." in one.body for one in mail.outbox)


def test_closed_task_is_not_mailed(alice, shop, survey):
    task = asking.unhappy(survey, customer(shop))
    alice.post(reverse("survey_task_close", args=["a", task.public_id]))

    alice.post(reverse("survey_task", args=["a", task.public_id]), {"text": "Late", "how": "mail"})

    assert mail.outbox == []


def test_mails_to_a_list_go_through_the_worker(alice, shop, survey, django_capture_on_commit_callbacks):
    customer(shop)

    with django_capture_on_commit_callbacks(execute=True):
        page = alice.post(reverse("survey_mail", args=["a", survey.public_id]), {"audience": ""}, follow=True)

    assert "1 mails are on their way." in page.content.decode()
