"""Surveys, responses and invitations as the API shows them."""

from django.urls import reverse

from loyalty_site.selectors.surveys import listing
from segments.surveys import invitations
from segments.surveys.models import Answer, Invitation, Response, Survey


def shown(merchant):
    """Surveys with their questions and counts (two queries)."""
    return listing.surveys(merchant).prefetch_related("questions")


def survey(one: Survey, request) -> dict:
    """A survey with its questions and the links for everybody."""
    fields = (
        "title", "language", "intro", "thanks", "status", "opens_at", "closes_at", "opened_at", "closed_at",
        "rewarded", "simulated", "created_at",
    )  # fmt: skip
    return {
        "id": one.public_id,
        **{name: getattr(one, name) for name in fields},
        "questions": [
            {
                "number": asked.position, "kind": asked.kind, "text": asked.text, "options": asked.options,
                "required": asked.required, "measures_value": asked.measures_value,
            }
            for asked in sorted(one.questions.all(), key=lambda asked: asked.position)
        ],
        "asked": one.asked,
        "responses": one.answers,
        "links": {
            point.value: link(request, invitations.open_token(one, point)) for point in invitations.OPEN_LINKS
        },
    }  # fmt: skip


def link(request, word: str) -> str:
    """The address of a link, as this site is being asked."""
    return request.build_absolute_uri(reverse("survey_answer", args=[word]))


def response(one: Response) -> dict:
    """A response with its answers."""
    given = sorted(one.answers.all(), key=lambda answer: answer.question.position)
    return {
        "id": one.public_id,
        "survey": one.survey.public_id,
        "customer": one.customer.public_id if one.customer else None,
        "touchpoint": one.touchpoint,
        "language": one.language,
        "nps": one.nps,
        "csat": one.csat,
        "value_score": one.value_score,
        "answers": [
            {"question": answer.question.position, "kind": answer.question.kind, "value": value(answer)}
            for answer in given
        ],
        "answered_at": one.answered_at,
    }


def value(answer: Answer):
    """What was answered, as it is sent."""
    if answer.option is not None:
        return answer.option + 1
    return answer.text if answer.number is None else answer.number


def invitation(one: Invitation, request) -> dict:
    """An invitation with its link."""
    return {
        "id": one.public_id,
        "survey": one.survey.public_id,
        "customer": one.customer.public_id,
        "purchase": one.occasion or None,
        "url": link(request, invitations.token(one)),
        "created_at": one.created_at,
        "answered_at": one.answered_at,
    }
