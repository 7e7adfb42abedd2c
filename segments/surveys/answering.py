"""Answers are taken once per invitation, whole or not at all."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict, Invalid
from customers.models import Customer

from . import follow_ups
from .models import Answer, FollowUp, Invitation, Kind, Question, Response, Satisfaction, Survey
from .models.answers import LONGEST

RANGES = {Kind.NPS: (0, 10), Kind.CSAT: (1, 5)}
FIGURES = ("nps", "csat", "value_score")


class SurveyOver(Conflict):
    code = "survey_closed"
    message = _("This survey takes no answers now. Thank you all the same.")


class AnsweredAlready(Conflict):
    code = "already_answered"
    message = _("This was answered already. Each invitation counts once.")


class InvalidAnswer(Invalid):
    code = "invalid_answer"


@dataclass(slots=True)
class AnswerDraft:
    """An answer that may be stored."""

    question: Question
    number: int | None = None
    option: int | None = None
    text: str = ""


def read(asked: list[Question], given: dict[int, object]) -> list[AnswerDraft]:
    """Answers by the number of their question, checked; what is left out or empty is no answer.

    Raises InvalidAnswer with the field `answers[n]`, n being the question's number.
    """
    known = {question.position: question for question in asked}
    for position in given:
        if position not in known:
            raise InvalidAnswer(_("This survey has no question of that number."), field=f"answers[{position}]")
    found = [read_one(question, given.get(position)) for position, question in sorted(known.items())]
    drafts = [draft for draft in found if draft]
    if not drafts:
        raise InvalidAnswer(_("Answer at least one question."), field="answers")
    return drafts


def read_one(question: Question, value: object) -> AnswerDraft | None:
    """One answer; None for none."""
    place = f"answers[{question.position}]"
    if value is None or (isinstance(value, str) and not value.strip()):
        if question.required:
            raise InvalidAnswer(_("Please answer this one."), field=place)
        return None
    if question.kind in RANGES:
        least, most = RANGES[question.kind]
        return AnswerDraft(question, number=whole(value, least, most, place))
    if question.kind == Kind.CHOICE:
        return AnswerDraft(question, option=whole(value, 1, len(question.options), place) - 1)
    if not isinstance(value, str) or "\0" in value:
        raise InvalidAnswer(_("Answer this one in words."), field=place)
    if len(value.strip()) > LONGEST:
        raise InvalidAnswer(
            _("This answer is longer than %(longest)s characters."), values={"longest": LONGEST}, field=place
        )
    return AnswerDraft(question, text=value.strip())


def whole(value: object, least: int, most: int, place: str) -> int:
    """A whole number between two others."""
    if type(value) is not int or not least <= value <= most:
        raise InvalidAnswer(
            _("Choose a whole number from %(least)s to %(most)s."), values={"least": least, "most": most}, field=place
        )
    return value


@transaction.atomic
def respond(
    *,
    survey: Survey,
    given: dict[int, object],
    at: datetime,
    touchpoint: str,
    language: str,
    invitation: Invitation | None = None,
    may_answer: bool = False,
) -> Response:
    """Store the answers, keep the customer's figures, and open a follow-up where somebody is unhappy.

    Raises SurveyOver, AnsweredAlready, InvalidAnswer; nothing is written then. Whoever calls it for a customer holds
    the customer already.
    """
    survey = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if not survey.takes(at):
        raise SurveyOver
    if invitation:
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if invitation.answered_at:
            raise AnsweredAlready
    drafts = read(list(survey.questions.order_by("position")), given)
    response = Response.objects.create(
        merchant_id=survey.merchant_id, survey=survey, invitation=invitation,
        customer_id=invitation and invitation.customer_id, touchpoint=touchpoint, language=language,
        may_answer=may_answer, answered_at=at, **figures(drafts),
    )  # fmt: skip
    Answer.objects.bulk_create(
        Answer(response=response, question=one.question, number=one.number, option=one.option, text=one.text)
        for one in drafts
    )
    if invitation:
        Invitation.objects.filter(pk=invitation.pk).update(answered_at=at)
        keep(response)
        follow_ups.begin(response=response)
    return response


def figures(drafts: list[AnswerDraft]) -> dict[str, int | None]:
    """The first answer of each kind that has a number."""
    found = dict.fromkeys(FIGURES)
    for one in drafts:
        name = "value_score" if one.question.measures_value else one.question.kind
        if name in found and found[name] is None:
            found[name] = one.number
    return found


def keep(response: Response) -> None:
    """Keep the customer's newest figures; what was not asked this time stays as it was, and so does a newer answer."""
    said = {name: getattr(response, name) for name in FIGURES}
    said = {name: number for name, number in said.items() if number is not None}
    if not said:
        return
    first = {**said, "merchant_id": response.merchant_id, "answered_at": response.answered_at}
    kept, new = Satisfaction.objects.get_or_create(customer_id=response.customer_id, defaults=first)
    if new:
        return
    newer = response.answered_at >= kept.answered_at
    for name, number in said.items():
        if newer or getattr(kept, name) is None:
            setattr(kept, name, number)
    kept.answered_at = max(kept.answered_at, response.answered_at)
    kept.save(update_fields=[*FIGURES, "answered_at"])


@transaction.atomic
def forget(*, customer: Customer) -> None:
    """Take out what an erased customer wrote, the links sent to them and the tasks about them; numbers stay nobody's.

    Whoever calls it holds the customer.
    """
    mine = Response.objects.filter(customer=customer)
    Answer.objects.filter(response__in=mine).exclude(text="").delete()
    FollowUp.objects.filter(customer=customer).delete()
    Satisfaction.objects.filter(customer=customer).delete()
    Invitation.objects.filter(customer=customer).update(link_version=F("link_version") + 1)
    mine.update(may_answer=False)
