"""Surveys as they are written, opened and closed."""

from datetime import timedelta

import pytest

from customers.merchants.refusals import Refusal
from segments.surveys import making, questions
from segments.surveys.models import Status, Survey

from .conftest import AT, QUESTIONS

pytestmark = pytest.mark.django_db


def test_draft_keeps_its_questions_in_order_and_by_language(draft):
    kept = list(draft.questions.order_by("position").values_list("position", "kind", "text"))

    assert kept[0] == (1, "nps", {"en": "Recommend us?", "es": "¿Nos recomiendas?"})
    assert [kind for __, kind, __ in kept] == [one["kind"] for one in QUESTIONS]
    assert kept[1][2] == {"en": "Satisfied?"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ("nothing", "questions"),
        ([{"kind": "nps", "text": "x"}] * 13, "questions"),
        ([{"kind": "stars", "text": "x"}], "questions[0].kind"),
        ([{"kind": ["nps"], "text": "x"}], "questions[0].kind"),
        ([{"kind": "nps", "text": " "}], "questions[0].text"),
        ([{"kind": "nps", "text": {"fr": "x"}}], "questions[0].text"),
        ([{"kind": "nps", "text": "x" * 301}], "questions[0].text"),
        ([{"kind": "nps", "text": "x", "colour": "red"}], "questions[0].colour"),
        ([{"kind": "nps", "text": "x", "options": ["a", "b"]}], "questions[0].options"),
        ([{"kind": "nps", "text": "x", "measures_value": True}], "questions[0].measures_value"),
        ([{"kind": "csat", "text": "x", "required": "yes"}], "questions[0].required"),
        ([{"kind": "choice", "text": "x", "options": ["a"]}], "questions[0].options"),
        ([{"kind": "choice", "text": "x", "options": ["a", {"es": "b"}]}], "questions[0].options"),
        ([{"kind": "choice", "text": "x", "options": ["a", 2]}], "questions[0].options[1]"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_by_its_place(given, field):
    with pytest.raises(Refusal) as refused:
        questions.parse(given, language="en")

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"language": "fr"}, "language"),
        ({"intro": 5}, "intro"),
        ({"opens_at": AT, "closes_at": AT}, "closes_at"),
        ({"send_after_hours": 721}, "send_after_hours"),
        ({"rest_days": 0}, "rest_days"),
    ],
)
def test_survey_that_cannot_be_is_refused_by_its_field(shop, fields, field):
    with pytest.raises(Refusal) as refused:
        making.create(merchant=shop, at=AT, **{"title": "Ask", "language": "en", **fields})

    assert (refused.value.field, Survey.objects.count()) == (field, 0)


def test_draft_is_changed_whole(draft):
    making.update(survey=draft, at=AT, title=" New ", given=[QUESTIONS[4]])

    draft.refresh_from_db()
    assert (draft.title, [one.kind for one in draft.questions.all()]) == ("New", ["text"])


def test_open_survey_keeps_its_questions(survey):
    with pytest.raises(making.NotADraft):
        making.update(survey=survey, at=AT, given=[QUESTIONS[4]])

    assert survey.questions.count() == len(QUESTIONS)
    assert making.update(survey=survey, at=AT, title="Asked").title == "Asked"


def test_survey_without_questions_is_not_opened(shop):
    empty = making.create(merchant=shop, title="Ask", language="en", at=AT)

    with pytest.raises(making.NoQuestions):
        making.open_(survey=empty, at=AT)


def test_survey_opens_once_and_closes_once(survey):
    later = AT + timedelta(hours=1)

    again = making.open_(survey=survey, at=later)
    closed = making.close(survey=again, at=later)

    assert (again.opened_at, closed.status, closed.closed_at) == (AT, Status.CLOSED, later)
    assert making.close(survey=closed, at=later + timedelta(hours=1)).closed_at == later
    with pytest.raises(making.Closed):
        making.open_(survey=closed, at=later)


def test_draft_is_not_closed(draft):
    with pytest.raises(making.NotOpen):
        making.close(survey=draft, at=AT)


def test_survey_takes_answers_within_its_window(survey):
    making.update(survey=survey, at=AT, closes_at=AT + timedelta(hours=1))
    survey.refresh_from_db()

    moments = [AT, AT + timedelta(minutes=59), AT + timedelta(hours=1)]
    assert [survey.takes(at) for at in moments] == [True, True, False]
    assert [Survey.objects.taking(at).count() for at in moments] == [1, 1, 0]


def test_copy_asks_the_same_as_a_draft(survey):
    made = making.copy(survey=survey, at=AT)

    assert (made.title, made.status, made.questions.count()) == ("Ask (copy)", Status.DRAFT, len(QUESTIONS))
