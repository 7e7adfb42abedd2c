"""Why today is a day to say something to this customer, each with its reason in words."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.templatetags.ficha import calendar_words, day
from customers.models import Customer, CustomerActivity
from customers.rhythm import Rhythm
from loyalty_site.selectors.cards import Holding
from rewards.earning.basket import in_year

BEFORE, AFTER = 5, 3  # days around a birthday or an anniversary on which one speaks of it
LATELY = timedelta(days=14)  # for how long a tier is new
LONG, SILENCE = 2, 14  # more than twice the usual gap, and two weeks at the least
ENDLESS = 90  # days, for somebody who came too seldom to have a rhythm


def occasions(
    customer: Customer, holdings: Iterable[Holding], rhythm: Rhythm | None, *, at: datetime, activity: CustomerActivity
) -> list[str]:
    """What there is to say today; `rhythm` only of somebody who has bought (no query)."""
    today = timezone.localdate(at)
    return [
        *first_ever(activity),
        *birthday(customer.birthday, today),
        *anniversary(activity, today),
        *long_away(activity, rhythm, today),
        *risen(holdings, at),
    ]


def first_ever(activity: CustomerActivity) -> list[str]:
    return [] if activity.purchases else [_("First purchase ever.")]


def birthday(text: str, today: date) -> list[str]:
    """A birthday (MM-DD) around today."""
    if not text:
        return []
    month, number = (int(part) for part in text.split("-"))
    found = near(today, month, number)
    if found is None:
        return []
    ahead, on = (found - today).days, calendar_words(found, _("j F"))
    if not ahead:
        return [_("Birthday today.")]
    if ahead > 0:
        said = ngettext("Birthday tomorrow (%(on)s).", "Birthday in %(days)d days (%(on)s).", ahead)
        return [said % {"days": ahead, "on": on}]
    said = ngettext("Birthday yesterday (%(on)s).", "Birthday %(days)d days ago (%(on)s).", -ahead)
    return [said % {"days": -ahead, "on": on}]


def near(today: date, month: int, number: int) -> date | None:
    """The day of a year that is around today, if any is."""
    days = (in_year(year, month, number) for year in (today.year - 1, today.year, today.year + 1))
    return next((one for one in days if -AFTER <= (one - today).days <= BEFORE), None)


def anniversary(activity: CustomerActivity, today: date) -> list[str]:
    """The day of the first purchase, some whole years ago."""
    first = activity.first_on
    found = near(today, first.month, first.day) if first else None
    years = found.year - first.year if found else 0
    if years < 1:
        return []
    said = ngettext(
        "A customer for %(years)d year: the first purchase was on %(day)s.",
        "A customer for %(years)d years: the first purchase was on %(day)s.",
        years,
    )
    return [said % {"years": years, "day": day(first)}]


def long_away(activity: CustomerActivity, rhythm: Rhythm | None, today: date) -> list[str]:
    """Away for longer than is usual for this customer; or for long, where nothing is usual yet."""
    silence = (today - activity.last_on).days if activity.last_on else 0
    usual = rhythm.gap_days if rhythm else None
    if usual is None:
        return [_("First visit in %(days)d days.") % {"days": silence}] if silence > ENDLESS else []
    if silence <= max(usual * LONG, SILENCE):
        return []
    said = _("First visit in %(days)d days; usually every %(usual)d days.")
    return [said % {"days": silence, "usual": max(round(usual), 1)}]


def risen(holdings: Iterable[Holding], at: datetime) -> list[str]:
    """Tiers reached with a purchase of the last days."""
    said = _("Reached the tier %(tier)s of %(program)s on %(day)s.")
    return [
        said % {"tier": one.level.name, "program": one.membership.program.name, "day": day(timezone.localtime(since))}
        for one in holdings
        if one.level and (since := one.level.risen_at) and since > at - LATELY
    ]
