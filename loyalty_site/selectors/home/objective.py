"""How the objective of a program goes: a line for its metric, one for its target, and a sentence.

Where no program has one, the revenue of the months stands in its place.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import calendar_words, day, month
from loyalty_site import charts
from loyalty_site.selectors import goals
from rewards.models import Program
from rewards.models.programs import State
from segments import objectives
from segments.objectives import Course, Point, Progress
from segments.overview import half_up

from .lately import rough

REVENUE = "revenue_per_month"


@dataclass(slots=True)
class Objective:
    """The objective of a program: `chart` is None with less than two months known, `others` are further programs'.

    Without a `program` it is the revenue.
    """

    program: Program | None
    course: Course
    finding: str
    definition: str
    chart: charts.Chart | None
    others: list[str]


def objective(
    merchant: Merchant, programs: Iterable[Program], *, at: datetime, today: date, first_day: date | None
) -> Objective:
    """The objective of the program that began first (one query, two where its metric is who comes back)."""
    aiming = [one for one in programs if one.objective and one.state(at) != State.CLOSED]
    if not aiming:
        return revenue(merchant, objectives.points(merchant, REVENUE, today=today, first_day=first_day))
    first, *others = sorted(aiming, key=lambda one: (one.activated_at, one.pk))
    metric = first.objective["metric"]
    measured = objectives.is_measured(metric)
    known = objectives.points(merchant, metric, today=today, first_day=first_day) if measured else []
    found = progress_of(first, known)
    said = objectives.definitions()
    return Objective(
        program=first,
        course=found.course,
        finding=finding(first, found, merchant.currency),
        definition=" ".join([said.get(metric, ""), said["course"]]).strip(),
        chart=drawn(words(first, found, merchant.currency), known, metric, merchant.currency, wanted=target(first))
        if len(known) > 1
        else None,
        others=[line for one in others for line in aims(one, merchant)],
    )


def revenue(merchant: Merchant, known: list[Point]) -> Objective:
    """The revenue by month, for a shop that aims at nothing yet."""
    whole = [one for one in known if not one.partial]
    said = _("No program has an objective yet.")
    if whole:
        amount = goals.written(REVENUE, plain(REVENUE, whole[-1].value), merchant.currency)
        said = _("%(month)s: %(amount)s") % {"month": month(whole[-1].month), "amount": amount}
    words = charts.Words("objective", said, _("What known customers spent, by month."))
    chart = drawn(words, known, REVENUE, merchant.currency) if len(known) > 1 else None
    return Objective(None, Course.UNKNOWN, said, objectives.definitions()[REVENUE], chart, [])


def aims(program: Program, merchant: Merchant) -> list[str]:
    """What another program is for, under its name."""
    program.merchant = merchant
    return [f"{program.name}: {line}" for line in goals.aim(program)]


def progress_of(program: Program, known: list[Point]) -> Progress:
    """Whether the program's objective is on its way."""
    began = program.starts_at.astimezone(ZoneInfo(program.merchant.timezone)).date()
    return objectives.progress(known, target=target(program), by=until(program), began=began)


def target(program: Program) -> Fraction:
    """The number to reach; a share that was written as a percentage is one of 1."""
    wanted = Fraction(str(program.objective["target"]))
    return wanted / 100 if program.objective["metric"] == "repeat_rate_90d" and wanted > 1 else wanted


def until(program: Program) -> date:
    """The day by which it is to be reached."""
    return date.fromisoformat(program.objective["by"])


def plain(metric: str, value: Fraction) -> int | float:
    """A value as people read it: money and counts whole, the others with two digits that count."""
    if metric in {*goals.MONEY_METRICS, "active_customers", "referred_customers"}:
        return half_up(value.numerator, value.denominator)
    return float(round(value, 4 if metric == "repeat_rate_90d" else 2))


def finding(program: Program, found: Progress, currency: str) -> str:
    """Where the metric stands, where it should, and what that means."""
    metric = program.objective["metric"]

    def written(value: Fraction) -> str:
        return goals.written(metric, plain(metric, value), currency)

    said = {"target": written(target(program)), "day": day(until(program)), "metric": goals.METRICS[metric]}
    if not objectives.is_measured(metric):
        return _("Aim by %(day)s: %(target)s (%(metric)s). Nothing on record tells it yet.") % said
    if found.now is None:
        return _("Aim by %(day)s: %(target)s (%(metric)s). Not known yet: it needs a whole month.") % said
    said |= {"now": written(found.now.value), "month": month(found.now.month), "expected": written(found.expected)}
    return SENTENCES[found.course]() % said


SENTENCES: dict[Course, Callable[[], str]] = {
    Course.UNKNOWN: lambda: _("%(month)s: %(now)s. The aim by %(day)s is %(target)s; it is too early to tell."),
    Course.REACHED: lambda: _("%(month)s: %(now)s. The aim of %(target)s by %(day)s is reached."),
    Course.ON_COURSE: lambda: _(
        "%(month)s: %(now)s, on the way to %(target)s by %(day)s (%(expected)s would do by now)."
    ),
    Course.BEHIND: lambda: _("%(month)s: %(now)s. For %(target)s by %(day)s it should be %(expected)s by now."),
    Course.MISSED: lambda: _("%(month)s: %(now)s. The aim was %(target)s by %(day)s."),
}


def words(program: Program, found: Progress, currency: str) -> charts.Words:
    """The title of the chart, and what it shows."""
    said = {"metric": goals.METRICS[program.objective["metric"]], "day": day(until(program))}
    described = _("By month: %(metric)s, and the target for %(day)s.") % said
    return charts.Words("objective", finding(program, found, currency), described)


def drawn(
    words: charts.Words, known: list[Point], metric: str, currency: str, *, wanted: Fraction | None = None
) -> charts.Chart:
    """The metric by month, with the target beside it where there is one."""
    values = [None if one.value is None else plain(metric, one.value) for one in known]

    def written(value) -> str:
        return goals.written(metric, value, currency)

    series = [charts.Series(capital(goals.METRICS[metric]), values, written)]
    if wanted is not None:
        series.append(charts.Series(_("Target"), [plain(metric, wanted)] * len(known), written, level=True))
    return charts.line(
        words,
        labels=[calendar_words(one.month, "M y") for one in known],
        series=series,
        head=_("Month"),
        axis=short(metric, currency),
        partial=known[-1].partial,
    )


def capital(text) -> str:
    """A name at the head of a column."""
    return str(text)[:1].upper() + str(text)[1:]


def short(metric: str, currency: str) -> Callable:
    """A value for an axis."""
    if metric in goals.MONEY_METRICS:
        return lambda value: rough(value, currency)
    return lambda value: goals.written(metric, int(value) if value == int(value) else float(value), currency)
