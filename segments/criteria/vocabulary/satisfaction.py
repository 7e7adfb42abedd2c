"""What somebody said of the shop: the newest of each figure that they gave."""

from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from segments.criteria.facts import Fact, Table
from segments.criteria.field import Condition, Field, Group, Moment
from segments.criteria.kinds import Kind
from segments.criteria.shapes import days_ago, known, local_day, of_table
from segments.surveys.models import Satisfaction

ANSWERS = Table("satisfaction", lambda moment: Satisfaction.objects.filter(merchant=moment.merchant))


def answered(condition: Condition, moment: Moment) -> Fact:
    """The local day of the newest answer."""
    holds = known("answered_at") if condition.op == "exists" else local_day("answered_at")(condition, moment)
    return Fact(ANSWERS, holds)


def has_answers(merchant: Merchant) -> bool:
    """Whether anybody ever said anything."""
    return Satisfaction.objects.filter(merchant=merchant).exists()


def figure(name: str, column: str, label, definition, said, negated, *, highest: int, unit: str) -> Field:
    """One figure that customers give."""
    return Field(
        name, label, Group.SATISFACTION, Kind.COUNT, definition, of_table(ANSWERS, column), said, negated,
        _("answered that question"), _("did not answer that question"), unit=unit, lowest=0 if highest == 10 else 1,
        highest=highest, is_offered=has_answers,
    )  # fmt: skip


FIELDS = [
    figure(
        "nps", "nps", _("Would recommend you"),
        _("From 0 to 10, as they last said; 9 and 10 are promoters, 0 to 6 detractors."),
        _("would recommend you with %(this)s"), _("would not recommend you with %(this)s"), highest=10, unit="of_ten",
    ),
    figure(
        "csat", "csat", _("Satisfied"), _("From 1 to 5, as they last said; 5 is best."),
        _("are satisfied with %(this)s"), _("are not satisfied with %(this)s"), highest=5, unit="of_five",
    ),
    figure(
        "perceived_value", "value_score", _("Worth the money"), _("From 1 to 5, as they last said; 5 is best."),
        _("find it worth the money with %(this)s"), _("do not find it worth the money with %(this)s"), highest=5,
        unit="of_five",
    ),
    Field(
        "answered_days", _("Days since the last answer"), Group.SATISFACTION, Kind.DAYS,
        _("Days from the day of their newest answer to a survey to today."), days_ago(answered),
        _("last answered a survey %(this)s ago"), _("did not last answer a survey %(this)s ago"),
        _("answered a survey"), _("never answered a survey"), unit="days", is_offered=has_answers,
    ),
]  # fmt: skip
