"""Somebody is unhappy: a task for the owner, answered to the customer, then closed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import StaffMember
from customers.merchants.refusals import Conflict, Invalid

from .models import FollowUp, Response, Stage

LOW_NPS, LOW_SCORE = 6, 2
LONGEST = 2_000


class NoAnswer(Invalid):
    code = "no_answer"
    message = _("Write what you tell the customer, or what you did.")


class Settled(Conflict):
    code = "settled"
    message = _("This is closed already.")


def is_low(response: Response) -> bool:
    """Whether somebody would rather warn others, or was let down: 0 to 6 of 10, 1 or 2 of 5."""
    low = response.nps is not None and response.nps <= LOW_NPS
    scores = (response.csat, response.value_score)
    return low or any(score is not None and score <= LOW_SCORE for score in scores)


def begin(*, response: Response) -> FollowUp | None:
    """Open a task for an unhappy answer of somebody who is known; None for every other."""
    if response.customer_id is None or not is_low(response):
        return None
    return FollowUp.objects.create(
        merchant_id=response.merchant_id, response=response, customer_id=response.customer_id,
        opened_at=response.answered_at,
    )  # fmt: skip


@transaction.atomic
def answer(*, follow_up: FollowUp, text: str, mailed: bool, by: StaffMember, at: datetime) -> FollowUp:
    """Remember what the customer was told, by e-mail or otherwise. Raises NoAnswer, Settled."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise NoAnswer(field="text")
    follow_up = lock(follow_up)
    follow_up.stage, follow_up.answer, follow_up.mailed = Stage.ANSWERED, text, mailed
    follow_up.by, follow_up.answered_at = by, at
    follow_up.save()
    return follow_up


@transaction.atomic
def close(*, follow_up: FollowUp, by: StaffMember, at: datetime) -> FollowUp:
    """Nothing more is to be done. Raises Settled."""
    follow_up = lock(follow_up)
    follow_up.stage, follow_up.by, follow_up.closed_at = Stage.CLOSED, by, at
    follow_up.save()
    return follow_up


def lock(follow_up: FollowUp) -> FollowUp:
    """The task as it is now, held; raises Settled for one that is closed."""
    found = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if found.stage == Stage.CLOSED:
        raise Settled
    return found
