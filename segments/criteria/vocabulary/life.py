"""Where somebody stands by their own rhythm and among the others, by the copy that the night makes."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from segments import lifecycle
from segments.criteria.facts import Fact, Table
from segments.criteria.field import Condition, Field, Group, Moment
from segments.criteria.kinds import Kind
from segments.criteria.shapes import days_ago, known, of_table
from segments.models import CustomerScore

SCORES = Table("scores", lambda moment: CustomerScore.objects.filter(merchant=moment.merchant))


def states(merchant: Merchant) -> list[tuple[str, str]]:
    """The states of the life cycle."""
    return [(state.value, state.label) for state in lifecycle.State]


def overdue(condition: Condition, moment: Moment) -> Fact:
    """Days since the next visit was expected; who is expected today or later is not overdue."""
    found = days_ago(of_table(SCORES, "due_on"))(condition, moment)
    return Fact(SCORES, found.holds & known("due_on") & Q(due_on__lt=moment.today))


def score(name: str, label, definition, said, negated) -> Field:
    """One of the three scores."""
    return Field(
        name, label, Group.LIFE, Kind.COUNT, definition, of_table(SCORES, name), said, negated,
        _("bought by last night"), _("had not bought by last night"), unit="of_five", lowest=1, highest=5,
    )  # fmt: skip


FIELDS = [
    Field(
        "state", _("Life cycle"), Group.LIFE, Kind.CHOICE,
        _("The state by their own rhythm, as of last night: new, active, late, at risk, lost or won back."),
        of_table(SCORES, "state"), _("are %(this)s by their own rhythm"), _("are not %(this)s by their own rhythm"),
        _("bought by last night"), _("had not bought by last night"), choices=states,
    ),
    Field(
        "due_on", _("Day of the next visit"), Group.LIFE, Kind.DATE,
        _("The day by which the next visit is expected: one usual gap after the last one, as of last night."),
        of_table(SCORES, "due_on"), _("are expected %(this)s"), _("are not expected %(this)s"),
        _("have a rhythm of their own"), _("have no rhythm of their own yet"),
    ),
    Field(
        "days_overdue", _("Days overdue"), Group.LIFE, Kind.DAYS,
        _("Days since the day by which the next visit was expected; only for who is late."), overdue,
        _("are %(this)s overdue"), _("are not %(this)s overdue"), _("are overdue"), _("are not overdue"), unit="days",
        lowest=1,
    ),
    score(
        "recency_score", _("Recency score"),
        _("From 1 to 5 among all customers, as of last night; 5 bought most recently."),
        _("score %(this)s for recency"), _("do not score %(this)s for recency"),
    ),
    score(
        "frequency_score", _("Frequency score"),
        _("From 1 to 5 among all customers, as of last night; 5 bought most often."),
        _("score %(this)s for frequency"), _("do not score %(this)s for frequency"),
    ),
    score(
        "value_score", _("Value score"), _("From 1 to 5 among all customers, as of last night; 5 is worth most."),
        _("score %(this)s for value"), _("do not score %(this)s for value"),
    ),
]  # fmt: skip
