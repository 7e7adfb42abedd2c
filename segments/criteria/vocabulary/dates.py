"""Birthdays and other days that come again, and days since the card was made."""

from datetime import date

from django.db.models import IntegerField, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerActivity
from segments.criteria.facts import within
from segments.criteria.field import Condition, Field, Group, Moment
from segments.criteria.kinds import Kind
from segments.criteria.shapes import compare, days_ago, holds, local_day

YEAR = [(month, day) for month in range(1, 13) for day in range(1, 32)]


def coming(condition: Condition, today: date) -> list[tuple[int, int]]:
    """The months and days whose next return is so far away: 0 is today. The 29th of February is the 28th elsewhen."""
    found = []
    for month, day in YEAR:
        away = days_until(month, day, today)
        if away is not None and holds(condition.op, condition.value, away):
            found.append((month, day))
    return found


def days_until(month: int, day: int, today: date) -> int | None:
    """Days to the next return of a day of the year; None for one that no year has."""
    for year in (today.year, today.year + 1):
        found = in_year(month, day, year)
        if found is None:
            return None
        if found >= today:
            return (found - today).days
    return None


def in_year(month: int, day: int, year: int) -> date | None:
    """A day of the year in a year."""
    if (month, day) == (2, 29) and not is_leap(year):
        day = 28
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_leap(year: int) -> bool:
    """Whether a year has a 29th of February."""
    return date(year, 12, 31).timetuple().tm_yday == 366


def next_birthday(condition: Condition, moment: Moment) -> Q:
    """Days to the next birthday."""
    if condition.op == "exists":
        return ~Q(birthday="")
    return Q(birthday__in=[f"{month:02}-{day:02}" for month, day in coming(condition, moment.today)])


def birthday(condition: Condition, moment: Moment) -> Q:
    """A birthday; between two days, over the turn of the year too."""
    if condition.op == "exists":
        return ~Q(birthday="")
    if condition.op != "between":
        return compare("birthday", condition)
    first, last = condition.value
    inside = Q(birthday__gte=first) & Q(birthday__lte=last)
    if first > last:
        inside = Q(birthday__gte=first) | Q(birthday__lte=last)
    return ~Q(birthday="") & inside


def anniversary(condition: Condition, moment: Moment) -> Q:
    """Days to the next anniversary of the first purchase; none on that very day."""
    rows = CustomerActivity.objects.filter(merchant=moment.merchant, first_on__lt=moment.today)
    if condition.op != "exists":
        number = ExtractMonth("first_on") * 100 + ExtractDay("first_on", output_field=IntegerField())
        days = [month * 100 + day for month, day in coming(condition, moment.today)]
        rows = rows.filter(In(number, days))
    return within(rows.order_by().values("customer"))


def joined_before(condition: Condition, moment: Moment) -> Q:
    """The local day on which the card was made."""
    return local_day("created_at")(condition, moment)


FIELDS = [
    Field(
        "days_to_birthday", _("Days to the birthday"), Group.DATES, Kind.DAYS,
        _("Days until the next birthday; 0 is today. The 29th of February is the 28th in other years."),
        next_birthday, _("have their birthday in %(this)s"), _("do not have their birthday in %(this)s"),
        _("told their birthday"), _("did not tell their birthday"), unit="days", highest=366,
    ),
    Field(
        "birthday", _("Birthday"), Group.DATES, Kind.MONTH_DAY,
        _("Month and day, MM-DD; “between” may reach over the turn of the year."), birthday,
        _("have their birthday %(this)s"), _("do not have their birthday %(this)s"), _("told their birthday"),
        _("did not tell their birthday"),
    ),
    Field(
        "days_to_anniversary", _("Days to the anniversary"), Group.DATES, Kind.DAYS,
        _("Days until the first purchase is a whole number of years ago; 0 is today."), anniversary,
        _("have the anniversary of their first purchase in %(this)s"),
        _("do not have the anniversary of their first purchase in %(this)s"), unit="days", highest=366,
    ),
    Field(
        "joined_days", _("Days since the card was made"), Group.DATES, Kind.DAYS,
        _("Days from the day on which the card was made to today."), days_ago(joined_before),
        _("joined %(this)s ago"), _("did not join %(this)s ago"), unit="days",
    ),
    Field(
        "joined_on", _("Day on which the card was made"), Group.DATES, Kind.DATE, _("The local day."),
        joined_before, _("joined %(this)s"), _("did not join %(this)s"),
    ),
]  # fmt: skip
