"""What a survey, or all of a shop, has brought: counts from the database, figures from `scores`."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, F, QuerySet
from django.db.models.functions import TruncMonth

from customers.merchants.models import Merchant
from customers.models import AudienceMember
from segments.models import CustomerScore

from . import scores, themes
from .models import Answer, Invitation, Kind, Question, Response, Satisfaction, Survey
from .scores import Csat, Nps, Rate

COMMENTS = 2_000  # the newest that themes are looked for in
WORDS = (Kind.TEXT, Kind.BENEFIT)


@dataclass(slots=True)
class Month:
    """The answers of one calendar month at the shop."""

    month: date
    responses: int
    nps: Nps
    csat: Csat


@dataclass(slots=True)
class Group:
    """Customers of one list or state, and what they say; `key` is an audience's id or a state."""

    key: str
    name: str
    nps: Nps
    csat: Csat


@dataclass(slots=True)
class Tally:
    """One question and its answers: how many of each number or option; `words` are counted, not read."""

    question: Question
    counts: dict[int, int]
    answers: int


def of_survey(survey: Survey) -> QuerySet[Response]:
    """The responses of a survey."""
    return Response.objects.for_merchant(survey.merchant_id).filter(survey=survey)


def of_shop(merchant: Merchant, *, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Response]:
    """All responses of a shop, in a window."""
    found = Response.objects.for_merchant(merchant)
    found = found.filter(answered_at__gte=since) if since else found
    return found.filter(answered_at__lt=until) if until else found


def counts(responses: QuerySet[Response], figure: str) -> dict[int, int]:
    """How many responses give each number (one query)."""
    given = responses.filter(**{f"{figure}__isnull": False}).order_by().values_list(figure)
    return dict(given.annotate(count=Count("pk")))


def response_rate(invitations: QuerySet[Invitation]) -> Rate:
    """Of the customers who were asked in person, how many answered (one query)."""
    found = invitations.aggregate(asked=Count("pk"), answered=Count("answered_at"))
    return scores.rate(**found)


def months(responses: QuerySet[Response], *, zone: str) -> list[Month]:
    """The months that have answers, the oldest first (one query)."""
    by_month = responses.order_by().annotate(month=TruncMonth("answered_at", tzinfo=ZoneInfo(zone)))
    found = by_month.values_list("month", "nps", "csat").annotate(count=Count("pk"))
    tally: dict[date, list] = {}
    for month, nps, csat, count in found:
        of = tally.setdefault(month.date(), [0, defaultdict(int), defaultdict(int)])
        of[0] += count
        add(of[1], nps, count)
        add(of[2], csat, count)
    return [
        Month(month, number, scores.nps(nps), scores.csat(csat)) for month, (number, nps, csat) in sorted(tally.items())
    ]


def add(counted: dict[int, int], number: int | None, count: int) -> None:
    """Count an answer, if there is one."""
    if number is not None:
        counted[number] += count


def by_audience(responses: QuerySet[Response]) -> list[Group]:
    """What those say who are on the shop's lists now, by list (one query); somebody may be on several."""
    here = AudienceMember.objects.now().filter(customer__survey_responses__in=responses)
    found = here.order_by().values_list(
        "audience__public_id", "audience__name", "customer__survey_responses__nps", "customer__survey_responses__csat"
    )
    return groups(found.annotate(count=Count("customer__survey_responses")))


def by_state(responses: QuerySet[Response]) -> list[Group]:
    """What those say who are new, late or lost, by the states of the last night (one query)."""
    found = CustomerScore.objects.filter(customer__survey_responses__in=responses).order_by()
    found = found.values_list("state", "state", "customer__survey_responses__nps", "customer__survey_responses__csat")
    return groups(found.annotate(count=Count("customer__survey_responses")))


def groups(found) -> list[Group]:
    """Rows of key, name, nps, csat and how many, as groups by name."""
    tally: dict[tuple[str, str], tuple] = {}
    for key, name, nps, csat, count in found:
        of = tally.setdefault((key, name), (defaultdict(int), defaultdict(int)))
        add(of[0], nps, count)
        add(of[1], csat, count)
    made = [Group(key, name, scores.nps(nps), scores.csat(csat)) for (key, name), (nps, csat) in tally.items()]
    return sorted(made, key=lambda group: group.name)


def tallies(survey: Survey) -> list[Tally]:
    """Each question with the counts of its answers (two queries)."""
    asked = list(survey.questions.order_by("position"))
    found: dict[int, dict[int, int]] = defaultdict(dict)
    totals: dict[int, int] = defaultdict(int)
    given = Answer.objects.filter(question__in=asked).order_by().values_list("question", "number", "option")
    for question, number, option, count in given.annotate(count=Count("pk")):
        totals[question] += count
        value = number if number is not None else option
        if value is not None:
            found[question][value] = count
    return [Tally(one, found[one.pk], totals[one.pk]) for one in asked]


def comments(responses: QuerySet[Response]) -> QuerySet[Answer]:
    """What was said in words, the newest first."""
    said = Answer.objects.filter(response__in=responses, question__kind__in=WORDS)
    return said.select_related("response__customer", "question").order_by("-response__answered_at", "-pk")


def themes_of(responses: QuerySet[Response]) -> list[tuple[str, int]]:
    """The words that several of the newest comments share (one query)."""
    return themes.themes(comments(responses).values_list("text", flat=True)[:COMMENTS])


def worth(merchant: Merchant) -> QuerySet[Satisfaction]:
    """The customers who said what their money brings them."""
    return Satisfaction.objects.filter(merchant=merchant, value_score__isnull=False)


def mean_worth(merchant: Merchant) -> tuple[float | None, int]:
    """The mean of the newest answers on worth, and how many (one query); None with fewer than five."""
    found = worth(merchant).aggregate(mean=Avg(F("value_score") * 1.0), count=Count("pk"))
    return (float(found["mean"]) if found["count"] >= scores.FEW_SCORES else None), found["count"]
