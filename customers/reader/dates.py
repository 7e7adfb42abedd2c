"""Dates and times, from text to UTC microseconds or a calendar day.

Whether 3/4/2024 is in April or in March is asked of the whole column (`Orders`): a part above 12 proves the order.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from customers.reader.countries import MONTH_FIRST
from customers.reader.faults import BadCell

EARLIEST = 1900
AHEAD = timedelta(minutes=5)  # clocks of tills run fast; so much counts as now
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 50  # characters
NOON, MIDNIGHT = time(12), time(0)

DAY, MONTH, MIXED = "day", "month", "mixed"

_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?![0-9])")
_COMPACT = re.compile(r"((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9])")
_YEARLESS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})")
_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s*(?:([AaPp])\.?\s?[Mm]\.?)?\s*(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


class Orders:
    """What the cells of a column say about the order of day and month. `asked`: it has dates where that matters."""

    def __init__(self):
        self.day_first = self.month_first = self.asked = False

    def add(self, text):
        match = _YEAR_LAST.match(text.strip()) if len(text) <= LONGEST else None
        if match:
            self.asked = True
            proven = _proven_order(int(match[1]), int(match[3]))
            self.day_first |= proven == DAY
            self.month_first |= proven == MONTH

    def order(self):
        """DAY or MONTH where cells prove one of them, MIXED where they prove both, None where they prove nothing."""
        if self.day_first and self.month_first:
            return MIXED
        if self.day_first or self.month_first:
            return DAY if self.day_first else MONTH
        return None


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a column's dates are read: its order, the shop's zone and country, and the moment that counts as now."""

    order: str | None
    zone: ZoneInfo
    country: str
    at: datetime


def moment(text, clock="", *, calendar):
    """UTC microseconds since 1970; a date alone is noon in the shop's zone. Raises BadCell, also for the future."""
    value = (None if clock else _fast(text)) or _slow(text.strip(), clock.strip(), calendar)
    value = value if value.tzinfo else value.replace(tzinfo=calendar.zone)
    if value.year < EARLIEST:
        raise BadCell(_too_early())
    if value > calendar.at + AHEAD:
        raise BadCell(_future())
    return (value - EPOCH) // timedelta(microseconds=1)


def day(text, *, calendar):
    """A calendar day, past or future. Raises BadCell."""
    found, rest = _parts(text.strip())
    if rest:
        _clock(rest)
    return _calendar_day(found, calendar)


def birthday(text, *, calendar):
    """("MM-DD", year or None) from a date with or without its year. Raises BadCell, also for the future."""
    text = text.strip()
    match = _YEARLESS.fullmatch(text)
    if match:
        order = MONTH if match[2] == "-" else calendar.order  # MM-DD is how the product itself writes birthdays
        one, two = int(match[1]), int(match[3])
        found = _ordered(2000, one, two, match[2], order, calendar.country)  # a leap year: 29 February exists
        return f"{_existing(*found):%m-%d}", None
    value = day(text, calendar=calendar)
    if value > calendar.at.astimezone(calendar.zone).date():
        raise BadCell(_future())
    return f"{value:%m-%d}", value.year


def _fast(text):
    """The two commonest shapes by the standard library; None for everything else, and for what it refuses."""
    if len(text) not in (10, 19) or text[4] != "-" or text[7] != "-":
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        return None
    return value if len(text) == 19 else value.replace(hour=12)


def _slow(text, clock, calendar):
    if not text:
        raise BadCell(_("The date is missing. Write it like 2024-01-31."))
    found, rest = _parts(text)
    value = _calendar_day(found, calendar)
    hour = _clock(rest) if rest else None
    if clock and (hour is None or hour == MIDNIGHT):  # spreadsheets write midnight behind a date without a time
        hour = _own_clock(clock)
    return datetime.combine(value, NOON if hour is None else hour)


def _parts(text):
    """((year, one, two, separator), rest of the text): which of the two is the day is not decided yet."""
    if len(text) <= LONGEST:
        match = _YEAR_FIRST.match(text)
        if match:
            return (int(match[1]), int(match[3]), int(match[4]), None), text[match.end() :].lstrip(" T,")
        match = _YEAR_LAST.match(text)
        if match:
            found = (_full_year(match[4]), int(match[1]), int(match[3]), match[2])
            return found, text[match.end() :].lstrip(" T,")
        match = _COMPACT.match(text)
        if match:
            return (int(match[1]), int(match[2]), int(match[3]), None), text[match.end() :].lstrip(" T")
    raise BadCell(_("This is not a date. Write it like 2024-01-31 or 31/01/2024."))


def _full_year(text):
    year = int(text)
    if len(text) == 2:
        return year + (1900 if year >= 70 else 2000)
    return year


def _calendar_day(found, calendar):
    year, one, two, separator = found
    if separator is None:
        return _existing(year, one, two)
    return _existing(*_ordered(year, one, two, separator, calendar.order, calendar.country))


def _ordered(year, one, two, separator, order, country):
    """(year, month, day): what the cell proves goes before what the column proves, and that before the country."""
    order = _proven_order(one, two) or order
    if order is None:
        order = habit(country) if separator != "." else DAY
    if order == MIXED and one != two:
        message = _("Day or month first? This column has both. Write the date like 2024-01-31.")
        raise BadCell(message)
    return (year, one, two) if order == MONTH else (year, two, one)


def habit(country):
    """The order in which people of a country write day and month."""
    return MONTH if country in MONTH_FIRST else DAY


def _proven_order(one, two):
    if 12 < one <= 31 and 1 <= two <= 12:
        return DAY
    if 12 < two <= 31 and 1 <= one <= 12:
        return MONTH
    return None


def _existing(year, month, day_of_month):
    if year < EARLIEST:
        raise BadCell(_too_early())
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise BadCell(_("This day does not exist in the calendar. Check day and month.")) from None


def _clock(text):
    """A time of day, with a zone where the text names one."""
    match = _CLOCK.fullmatch(text)
    if not match:
        raise BadCell(_("The time of day cannot be read. Write it like 18:30."))
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5] and not 1 <= hour <= 12 or hour > 23 or minute > 59 or second > 59:
        raise BadCell(_("This time of day does not exist. Write it like 18:30."))
    if match[5]:
        hour = hour % 12 + (12 if match[5] in "Pp" else 0)
    return time(hour, minute, second, int((match[4] or "0").ljust(6, "0")[:6]), tzinfo=_fixed_zone(match[6]))


def _own_clock(text):
    """The cell of the column for the time: what is wrong with it is shown there, not at the date."""
    try:
        return _clock(text)
    except BadCell as fault:
        raise BadCell(fault.message, part=1) from None


def _fixed_zone(text):
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    try:
        return datetime.strptime(text if len(text) > 3 else text + "00", "%z").tzinfo
    except ValueError:
        raise BadCell(_("The time zone cannot be read. Write it like +02:00.")) from None


def _too_early():
    return _("The date is before %(year)s. Check the year.") % {"year": EARLIEST}


def _future():
    return _("The date is in the future. Check day, month and year.")
