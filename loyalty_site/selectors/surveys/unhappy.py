"""Unhappy answers and what is done about them."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, QuerySet, Value, When

from customers.merchants.models import Merchant
from customers.models import Customer
from loyalty_site import survey_mails
from segments.surveys.models import Answer, FollowUp, Stage
from segments.surveys.wording import spoken

ORDER = Case(
    When(stage=Stage.OPEN, then=Value(0)), When(stage=Stage.ANSWERED, then=Value(1)), default=Value(2),
    output_field=IntegerField(),
)  # fmt: skip


@dataclass(slots=True)
class Said:
    """A question and what was answered."""

    question: str
    answer: str


@dataclass(slots=True)
class Unhappy:
    """An unhappy answer in words; `may_mail`: it can be answered by e-mail, otherwise by phone or at the counter."""

    task: FollowUp
    said: list[Said]
    may_mail: bool


def tasks(merchant: Merchant) -> QuerySet[FollowUp]:
    """The tasks of a shop, those that wait first, the newest first among equals (one query)."""
    found = FollowUp.objects.filter(merchant=merchant).select_related(
        "customer", "by__user", "response__survey", "response__customer", "merchant"
    )
    return found.order_by(ORDER, "-opened_at", "-pk")


def shown(found: list[FollowUp], *, language: str) -> list[Unhappy]:
    """Tasks with what was said (two queries) and whether they may be mailed (one)."""
    from_response = {task.response_id: task for task in found}
    said: dict[int, list[Said]] = {key: [] for key in from_response}
    for answer in answers_of(found):
        question = answer.question
        own = from_response[answer.response_id].response.survey.language
        said[answer.response_id].append(Said(spoken(question.text, language, own), words(answer, language, own)))
    allowed = survey_mails.may_be_answered([task.response for task in found])
    return [Unhappy(task, said[task.response_id], task.response_id in allowed) for task in found]


def answers_of(found: list[FollowUp]):
    """The answers of these tasks' responses in the order of their questions."""
    given = Answer.objects.filter(response__in=[task.response_id for task in found])
    return given.select_related("question").order_by("response", "question__position")


def words(answer, language: str, own: str) -> str:
    """One answer in words."""
    if answer.option is not None:
        return spoken(answer.question.options[answer.option], language, own)
    return answer.text if answer.number is None else str(answer.number)


def of_customer(customer: Customer) -> list[FollowUp]:
    """What a customer was unhappy about, the newest first (one query)."""
    return list(
        FollowUp.objects.filter(customer=customer).select_related("response__survey").order_by("-opened_at", "-pk")[:5]
    )
