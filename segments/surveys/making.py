"""Surveys are written as drafts, opened, and closed. What was asked does not change under those who answer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid

from . import questions, wording
from .models import Question, Status, Survey
from .questions import QuestionDraft

LONGEST_TITLE, LONGEST_WORDS = 100, 1_000
MOST_HOURS, MOST_DAYS = 24 * 30, 365
ANY_TIME = {"title", "closes_at", "send_after_hours", "rest_days", "site", "thanks"}  # may change while it is open


class InvalidSurvey(Invalid):
    code = "invalid_survey"


class NotADraft(Conflict):
    code = "not_a_draft"
    message = _("This survey was opened, so its questions stay as they are. Make a copy to ask something else.")


class NoQuestions(Conflict):
    code = "no_questions"
    message = _("This survey asks nothing yet. Write a question first.")


class NotOpen(Conflict):
    code = "survey_not_open"
    message = _("This survey is not open.")


class Closed(Conflict):
    code = "survey_closed"
    message = _("This survey is closed. Make a copy to ask again.")


@transaction.atomic
def create(*, merchant: Merchant, title: str, language: str, at: datetime, given: object = None, **fields) -> Survey:
    """A draft with its questions (`given`, as `questions.parse` reads them). Raises Invalid* with the field's name."""
    clean = check({"title": title, "language": language, **fields})
    survey = Survey.objects.create(merchant=merchant, created_at=at, **clean)
    put(survey, questions.parse([] if given is None else given, language=survey.language))
    return survey


@transaction.atomic
def update(*, survey: Survey, at: datetime, given: object = None, **fields) -> Survey:
    """Change a draft; of one that was opened only its title, its end, its last words and whom it asks by itself.

    Raises NotADraft, Closed and Invalid*; nothing is changed then.
    """
    survey = lock(survey)
    if survey.status == Status.CLOSED and set(fields) - {"title"}:
        raise Closed
    if survey.status != Status.DRAFT and (given is not None or set(fields) - ANY_TIME):
        raise NotADraft
    now = {name: getattr(survey, name) for name in ("language", "opens_at", "closes_at")}
    for name, value in check({**now, **fields}).items():
        setattr(survey, name, value)
    survey.save()
    if given is not None:
        survey.questions.all().delete()
        put(survey, questions.parse(given, language=survey.language))
    return survey


@transaction.atomic
def open_(*, survey: Survey, at: datetime) -> Survey:
    """Take answers from now on, or from `opens_at`. Open already: nothing happens. Raises NoQuestions, Closed."""
    survey = lock(survey)
    if survey.status == Status.CLOSED:
        raise Closed
    if survey.status == Status.DRAFT:
        if not survey.questions.exists():
            raise NoQuestions
        survey.status, survey.opened_at = Status.OPEN, at
        survey.save(update_fields=["status", "opened_at"])
    return survey


@transaction.atomic
def close(*, survey: Survey, at: datetime) -> Survey:
    """Take no more answers; those given stay. Closed already: nothing happens. Raises NotOpen for a draft."""
    survey = lock(survey)
    if survey.status == Status.DRAFT:
        raise NotOpen
    if survey.status == Status.OPEN:
        survey.status, survey.closed_at = Status.CLOSED, at
        survey.save(update_fields=["status", "closed_at"])
    return survey


@transaction.atomic
def copy(*, survey: Survey, at: datetime) -> Survey:
    """The same questions as a new draft, without its window, its answers and its mails."""
    title = (str(_("%(title)s (copy)")) % {"title": survey.title[: LONGEST_TITLE - 20]})[:LONGEST_TITLE]
    made = Survey.objects.create(
        merchant=survey.merchant, title=title, language=survey.language, intro=survey.intro, thanks=survey.thanks,
        rewarded=survey.rewarded, created_at=at,
    )  # fmt: skip
    names = ("kind", "text", "options", "required", "measures_value")
    asked = survey.questions.order_by("position").values(*names)
    put(made, [QuestionDraft(**one) for one in asked])
    return made


@transaction.atomic
def renew_links(*, survey: Survey) -> Survey:
    """End the links for everybody that were handed out so far; those of single customers stay."""
    survey = lock(survey)
    survey.link_version += 1
    survey.save(update_fields=["link_version"])
    return survey


def lock(survey: Survey) -> Survey:
    """The survey as it is now, held until the end of the transaction."""
    return Survey.objects.select_for_update().select_related(None).get(pk=survey.pk)


def put(survey: Survey, drafts: list[QuestionDraft]) -> None:
    """Write the questions, counted from 1."""
    Question.objects.bulk_create(
        Question(
            survey=survey, position=position, kind=one.kind, text=one.text, options=one.options,
            required=one.required, measures_value=one.measures_value,
        )
        for position, one in enumerate(drafts, 1)
    )  # fmt: skip


def check(fields: dict) -> dict:
    """The fields of a survey as they may be stored."""
    if "title" in fields:
        title = fields["title"].strip()
        if not title or len(title) > LONGEST_TITLE:
            raise InvalidSurvey(
                _("Give the survey a title of at most %(most)s characters."),
                values={"most": LONGEST_TITLE}, field="title",
            )  # fmt: skip
        fields = {**fields, "title": title}
    if fields["language"] not in wording.LANGUAGES:
        raise InvalidSurvey(
            _("Surveys speak one of %(known)s."), values={"known": ", ".join(wording.LANGUAGES)}, field="language"
        )
    for name in ("intro", "thanks"):
        if name in fields:
            said = wording.texts(
                fields[name] or {}, language=fields["language"], field=name, longest=LONGEST_WORDS, required=False
            )
            fields = {**fields, name: said}
    check_window(fields)
    check_number(fields, "send_after_hours", 0, MOST_HOURS)
    check_number(fields, "rest_days", 1, MOST_DAYS)
    return fields


def check_window(fields: dict) -> None:
    """It closes after it opens."""
    begins, ends = fields.get("opens_at"), fields.get("closes_at")
    if begins and ends and ends <= begins:
        raise InvalidSurvey(_("It must close after it opens."), field="closes_at")


def check_number(fields: dict, name: str, least: int, most: int) -> None:
    """A whole number between two others, if there is one."""
    value = fields.get(name)
    if value is not None and not least <= value <= most:
        raise InvalidSurvey(
            _("Write a whole number from %(least)s to %(most)s."), values={"least": least, "most": most}, field=name
        )
