"""Answering a survey by its link: small, once, thanked, and told when it cannot be."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from customers.models import Consent
from loyalty_site.pages import survey_public
from loyalty_site.tests import asking, factories
from loyalty_site.tests.asking import THANKS
from loyalty_site.tests.page_text import text
from loyalty_site.tests.receipts import assert_sound, points
from segments.surveys import invitations, making
from segments.surveys.models import Response

pytestmark = pytest.mark.django_db
SAID = {"q1": "9", "q2": "4", "q4": "2", "q5": "Bread <b>"}


@pytest.fixture(autouse=True)
def _nobody_came_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def survey(shop):
    return asking.survey(shop, intro={"en": "Half a minute.", "es": "Medio minuto."})


@pytest.fixture
def ana(shop, survey):
    factories.program(shop, rules=THANKS)
    return factories.customer(shop, email="ana@a.test")


@pytest.fixture
def own(survey, ana):
    """Ana's own link."""
    return link(invitations.token(invite(survey, ana)))


@pytest.fixture
def poster(survey):
    """The link for everybody."""
    return link(invitations.open_token(survey, "till"))


def invite(survey, who):
    return invitations.invite(survey=survey, customer=who, touchpoint="email", at=factories.AT)[0]


def link(word: str) -> str:
    return reverse("survey_answer", args=[word])


def test_own_link_says_what_is_asked_and_what_one_gets(client, own):
    page = client.get(own)

    assert "Shop A Ask Half a minute. As a thank-you: 20 points for answering a survey" in text(page)
    assert "the shop sees that the answer is yours" in text(page)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in page.headers["Cache-Control"]
    assert "<script" not in page.content.decode()


def test_answers_are_kept_and_thanked_on_the_same_page(client, own, ana, shop):
    page = client.post(own, {**SAID, "may_answer": "on"})

    said = Response.objects.get()
    assert (said.customer, said.nps, said.csat, said.touchpoint, said.may_answer) == (ana, 9, 4, "email", True)
    assert "Thank you Your answers have arrived. 20 points for your answer are on your card." in text(page)
    assert points(ana) == 20
    assert_sound(shop)


def test_second_answer_is_told_and_changes_nothing(client, own, ana):
    client.post(own, SAID)

    again = [client.post(own, {**SAID, "q1": "0"}), client.get(own)]

    assert ["each invitation counts once" in text(page) for page in again] == [True, True]
    assert (Response.objects.get().nps, points(ana)) == (9, 20)


def test_link_for_everybody_asks_nobody_who_they_are_and_thanks_with_words_alone(client, poster, ana):
    page = client.get(poster)
    sent = client.post(poster, {"q1": "2", "q5": "Queue"})

    assert "Nobody is asked who you are." in text(page)
    assert "As a thank-you" not in text(page)
    assert "Your answers have arrived." in text(sent)
    said = Response.objects.get()
    assert (said.customer, said.touchpoint, said.may_answer) == (None, "till", False)


def test_missing_and_wrong_answers_are_said_beside_their_question(client, poster):
    page = client.post(poster, {"q2": "7", "q5": "x" * 2001})

    assert "Nothing is sent yet." in text(page)
    assert "Please answer this one." in text(page)
    assert page.content.decode().count('class="error"') == 3
    assert Response.objects.count() == 0


def test_page_speaks_the_language_of_the_visitor_and_the_surveys_own_where_that_is_missing(client, poster):
    page = client.get(poster, headers={"Accept-Language": "es"})

    assert "Medio minuto." in text(page)
    assert "¿Nos recomiendas?" in text(page)
    assert "Satisfied?" in text(page)


@pytest.mark.parametrize("place", [2, 20, -1])
def test_link_changed_by_one_character_is_a_page_that_says_so(client, own, place):
    word = own.split("/")[2]
    changed = list(word)
    changed[place] = "A" if word[place] != "A" else "B"

    page = client.get(link("".join(changed)))

    assert (page.status_code, "This link leads to no survey." in text(page)) == (404, True)
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_nonsense_as_a_link_is_answered(client):
    assert [client.get(f"/survey/{word}/").status_code for word in ("siv_", "siv_a.b:c", "%00", "é")] == [404] * 4


def test_closed_survey_says_so_and_takes_nothing(client, survey, own, poster):
    making.close(survey=survey, at=factories.AT)

    pages = [client.get(poster), client.post(poster, SAID), client.post(own, SAID)]

    assert [page.status_code for page in pages] == [410, 410, 410]
    assert "This survey takes no answers now." in text(pages[0])
    assert Response.objects.count() == 0


def test_program_that_fills_in_everything_is_thanked_and_forgotten(client, poster):
    page = client.post(poster, {**SAID, "trap": "http://buy.test"})

    assert "Thank you" in text(page)
    assert Response.objects.count() == 0


def test_one_address_does_not_answer_without_end(client, poster, monkeypatch):
    monkeypatch.setattr(survey_public, "MOST", 2)

    pages = [client.post(poster, SAID) for __ in range(3)]

    assert [page.status_code for page in pages] == [200, 200, 429]
    assert "Too many answers have come from here within the hour." in text(pages[2])
    assert Response.objects.count() == 2


def test_last_button_ends_the_mails(client, own, ana):
    page = client.post(own, {"stop": "1"})

    assert "sends you no more news and questions by e-mail" in text(page)
    said = Consent.objects.values_list("customer", "channel", "purpose", "granted", "source").get()
    assert said == (ana.pk, "email", "marketing", False, "survey")
    assert Response.objects.count() == 0


@pytest.mark.parametrize("questions", [1, 12])
def test_page_takes_the_same_queries(client, shop, django_assert_num_queries, questions):
    asked = asking.survey(shop, given=[{"kind": "text", "text": "Why?"}] * questions)
    page = link(invitations.open_token(asked, "web"))

    with django_assert_num_queries(2):  # the survey with its shop, its questions
        client.get(page)
