"""Surveys for tests: what is asked, and somebody who answers."""

from datetime import datetime

from customers.merchants.models import Merchant
from customers.models import Customer
from loyalty_site import flows
from segments.surveys import invitations, making
from segments.surveys.models import FollowUp, Response, Survey, Touchpoint

from .factories import AT

QUESTIONS = [
    {"kind": "nps", "text": {"en": "Recommend us?", "es": "¿Nos recomiendas?"}, "required": True},
    {"kind": "csat", "text": "Satisfied?"},
    {"kind": "csat", "text": "Worth it?", "measures_value": True},
    {"kind": "choice", "text": "Which?", "options": ["Bread", "Cake"]},
    {"kind": "text", "text": "Why?"},
]
THANKS = [{"name": "Thanks", "trigger": "survey", "award": {"fixed": 20}}]


def draft(shop: Merchant, *, title: str = "Ask", given: list | None = None, at: datetime = AT, **fields) -> Survey:
    """A survey that nobody can answer yet."""
    asked = QUESTIONS if given is None else given
    return making.create(merchant=shop, title=title, language="en", given=asked, at=at, **fields)


def survey(shop: Merchant, **fields) -> Survey:
    """A survey that takes answers."""
    made = draft(shop, **fields)
    making.open_(survey=made, at=fields.get("at", AT))
    return Survey.objects.select_related("merchant").get(pk=made.pk)


def answer(asked: Survey, who: Customer | None, given: dict, *, at: datetime = AT, **fields) -> Response:
    """What somebody says; without a customer over the link for everybody."""
    invitation = None
    if who:
        invitation, __ = invitations.invite(survey=asked, customer=who, touchpoint=Touchpoint.EMAIL, at=at)
    said, __ = flows.answer_survey(
        survey=asked, given=given, at=at, touchpoint=Touchpoint.WEB, language="en", invitation=invitation, **fields
    )
    return said


def unhappy(asked: Survey, who: Customer, **fields) -> FollowUp:
    """Somebody who would warn others."""
    return answer(asked, who, {1: 2, 5: "The queue"}, **fields).follow_up


def names(page: str) -> dict[str, str]:
    """The ids of shop A's surveys in the addresses of a page."""
    title = "Draft" if page in {"survey_edit", "survey_preview"} else "Asked"
    found = Survey.objects.get(merchant__slug="a", title=title)
    word = invitations.open_token(found, Touchpoint.WEB)
    known = {"survey_id": found.public_id, "task_id": FollowUp.objects.get().public_id}
    return known | ({"token": word} if page == "survey_answer" else {})
