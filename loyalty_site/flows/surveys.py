"""Somebody answers a survey: the answers are kept, and programs thank for them."""

from datetime import datetime

from django.db import transaction

from customers import activity, profiles
from customers.activities import ActivityDraft
from customers.models import Customer
from rewards import programs
from rewards.earning import Earned
from rewards.rules.triggers import SURVEY
from segments.surveys import answering
from segments.surveys.models import Invitation, Response, Survey

from .activities import record_all


@transaction.atomic
def answer_survey(
    *,
    survey: Survey,
    given: dict[int, object],
    at: datetime,
    touchpoint: str,
    language: str,
    invitation: Invitation | None = None,
    may_answer: bool = False,
) -> tuple[Response, list[Earned]]:
    """Store the answers (see `answering.respond`) and let programs thank for them; also says what each gave.

    Only somebody who was invited is thanked, once for each response, within the limits of the programs' rules.
    Raises CustomerErased for somebody whose data were erased.
    """
    if invitation:
        activity.hold_known(merchant=survey.merchant, customers={invitation.customer_id})
    response = answering.respond(
        survey=survey, given=given, at=at, touchpoint=touchpoint, language=language, invitation=invitation,
        may_answer=may_answer,
    )  # fmt: skip
    return response, thank(survey, response, at=at) if invitation and survey.rewarded else []


def stop_mails(*, customer: Customer, at: datetime) -> None:
    """The customer wants no more news by e-mail, which the link of a survey may say."""
    no = {"channel": "email", "purpose": "marketing", "granted": False, "source": "survey"}
    profiles.give_consents(customer=customer, consents=[no], at=at)


def thank(survey: Survey, response: Response, *, at: datetime) -> list[Earned]:
    """What programs give for a response; nothing is recorded that no rule waits for."""
    if SURVEY not in programs.triggers(survey.merchant):
        return []
    draft = ActivityDraft(
        type=SURVEY,
        customer_id=response.customer_id,
        occurred_at=at,
        occasion=f"{SURVEY}:{response.pk}",
        attributes={"survey": survey.public_id, "response": response.public_id},
    )
    return record_all(merchant=survey.merchant, drafts=[draft], at=at)[0].earned
