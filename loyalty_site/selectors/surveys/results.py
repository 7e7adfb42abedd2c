"""The results of one survey, as its page shows them and as a spreadsheet gets them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from customers.merchants.templatetags.ficha import percent, whole
from loyalty_site import charts
from loyalty_site.selectors.columns import harmless
from loyalty_site.selectors.home.ever import Figure
from segments.lifecycle import State
from segments.surveys import results, scores
from segments.surveys.answering import RANGES
from segments.surveys.models import Answer, Kind, Response, Survey
from segments.surveys.results import Group, Tally
from segments.surveys.wording import spoken

from . import figures, listing

READ = 20  # comments on a page
HEAD = ("response", "answered_at", "customer", "touchpoint", "language")
AT_ONCE = 1_000


@dataclass(slots=True)
class QuestionResult:
    """One question: what was asked, how many answered, its chart or its options, and one figure in words."""

    text: str
    answers: int
    said: str
    chart: charts.Chart | None
    choices: list[tuple[str, int, float]]


@dataclass(slots=True)
class GroupRow:
    """A list of customers, or those in a state of the life cycle, beside each other."""

    name: str
    answers: int
    nps: str | None
    csat: str | None


@dataclass(slots=True)
class ResultsPage:
    """What has come of a survey."""

    figures: list[Figure]
    questions: list[QuestionResult]
    over_time: charts.Chart | None
    lists: list[GroupRow]
    states: list[GroupRow]
    themes: list[tuple[str, int]]


def page(survey: Survey, *, at: datetime) -> ResultsPage:
    """The page of a survey that was opened (ten queries)."""
    said = results.of_survey(survey)
    tallies = results.tallies(survey)
    kinds = {one.question.kind for one in tallies}
    months = results.months(said, zone=survey.merchant.timezone)
    today = at.astimezone(ZoneInfo(survey.merchant.timezone))
    return ResultsPage(
        figures=tiles(survey, said, kinds),
        questions=[question(one, survey) for one in tallies],
        over_time=listing.over_time(months, today=today) if len(months) > 1 else None,
        lists=[row(one, one.name) for one in results.by_audience(said)],
        states=[row(one, str(State(one.key).label)) for one in results.by_state(said)],
        themes=results.themes_of(said),
    )


def tiles(survey: Survey, said, kinds: set[str]) -> list[Figure]:
    """Answers and rate, and what its questions measure."""
    shown = [
        figures.responses_figure(said.count()),
        figures.rate_figure(results.response_rate(survey.invitations.all())),
    ]
    if Kind.NPS in kinds:
        shown.append(figures.nps_figure(scores.nps(results.counts(said, "nps"))))
    if Kind.CSAT in kinds:
        shown.append(figures.csat_figure(scores.csat(results.counts(said, "csat"))))
    return shown


def row(group: Group, name: str) -> GroupRow:
    """A group in words."""
    return GroupRow(name, max(group.nps.answers, group.csat.answers), figures.nps(group.nps), figures.csat(group.csat))


def question(tally: Tally, survey: Survey) -> QuestionResult:
    """A question with the counts of its answers: a chart of a rating, a table of what was chosen."""
    asked, language = tally.question, translation.get_language()
    text = spoken(asked.text, language, survey.language)
    rated = asked.kind in RANGES and tally.answers
    return QuestionResult(
        text, tally.answers, summary(tally), bars(tally, text) if rated else None,
        chosen(tally, language, survey.language) if tally.answers else [],
    )  # fmt: skip


def chosen(tally: Tally, language: str, own: str) -> list[tuple[str, int, float]]:
    """Each option with how many chose it and their share, in the order of the question."""
    counts = [(spoken(said, language, own), tally.counts.get(place, 0)) for place, said in
              enumerate(tally.question.options)]  # fmt: skip
    return [(said, count, count / tally.answers) for said, count in counts]


def summary(tally: Tally) -> str:
    """What the answers say in one figure; empty where they have none."""
    if tally.question.kind == Kind.NPS:
        return figures.nps(scores.nps(tally.counts)) or ""
    if tally.question.kind == Kind.CSAT:
        return figures.csat(scores.csat(tally.counts)) or ""
    return ""


def bars(tally: Tally, text: str) -> charts.Chart:
    """A bar for each number, the highest on top."""
    least, most = RANGES[tally.question.kind]
    numbers = range(most, least - 1, -1)
    counts = [tally.counts.get(number, 0) for number in numbers]
    often = numbers[counts.index(max(counts))]
    title = _("Most often: %(answer)s, by %(share)s of %(all)s") % {
        "answer": often, "share": percent(max(counts) / tally.answers), "all": whole(tally.answers),
    }  # fmt: skip
    return charts.bars(
        charts.Words(f"q{tally.question.position}", title, text),
        labels=[str(number) for number in numbers],
        series=[charts.Series(_("Answers"), counts, whole)],
        head=_("Answer"),
    )


def rows(survey: Survey) -> Iterator[list]:
    """Every response for a spreadsheet: a column for each question, in the survey's own language."""
    asked = list(survey.questions.order_by("position"))
    yield [*HEAD, *(f"{one.position}. {spoken(one.text, survey.language, survey.language)}" for one in asked)]
    found = Response.objects.for_merchant(survey.merchant_id).filter(survey=survey).order_by("pk")
    found = found.select_related("customer").prefetch_related("answers")
    for one in found.iterator(chunk_size=AT_ONCE):
        yield line(one, asked, survey.language)


def line(one: Response, asked: Iterable, own: str) -> list:
    """One response as a row."""
    given = {answer.question_id: answer for answer in one.answers.all()}
    who = one.customer.public_id if one.customer else ""
    cells = [cell(given.get(question.pk), question, own) for question in asked]
    return [one.public_id, one.answered_at.isoformat(), who, one.touchpoint, one.language, *cells]


def cell(answer: Answer | None, question, own: str):
    """One answer as a cell."""
    if answer is None:
        return ""
    if answer.option is not None:
        return harmless(spoken(question.options[answer.option], own, own))
    return harmless(answer.text) if answer.number is None else answer.number
