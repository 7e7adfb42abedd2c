"""What sorts of values there are, which operators go with each, and what a value must look like."""

from collections.abc import Callable
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST_DAYS = 36_600
MOST_COUNT = 2**31 - 1
MOST_MONEY = 10**15
LONGEST_TEXT = 200
FIRST_YEAR, LAST_YEAR = 1900, 2199


class Kind(TextChoices):
    """What a field holds, in the words of `GET /segments/fields`."""

    DAYS = "days", _("days")
    COUNT = "count", _("a whole number")
    MONEY = "money", _("money in minor units")
    TEXT = "text", _("text")
    CHOICE = "choice", _("one of a list")
    DATE = "date", _("a day")
    MONTH_DAY = "month_day", _("a month and a day")
    FLAG = "flag", _("yes or no")
    REFERENCE = "reference", _("one of your shop's own")


class Operator(TextChoices):
    """How a field is compared. `ne` is the exact opposite of `eq`: it holds where nothing is known, too."""

    EQ = "eq", _("is")
    NE = "ne", _("is not")
    LT = "lt", _("less than")
    LTE = "lte", _("at most")
    GT = "gt", _("more than")
    GTE = "gte", _("at least")
    IN = "in", _("one of")
    BETWEEN = "between", _("between")
    CONTAINS = "contains", _("contains")
    EXISTS = "exists", _("is known")


ORDERED = ("eq", "ne", "lt", "lte", "gt", "gte", "in", "between")
OPERATORS = {
    Kind.DAYS: ORDERED,
    Kind.COUNT: ORDERED,
    Kind.MONEY: ORDERED,
    Kind.TEXT: ("eq", "ne", "in"),
    Kind.CHOICE: ("eq", "ne", "in"),
    Kind.DATE: ORDERED,
    Kind.MONTH_DAY: ("eq", "ne", "in", "between"),
    Kind.FLAG: ("eq",),
    Kind.REFERENCE: ("eq", "ne", "in"),
}
NUMBERS = {Kind.DAYS: MOST_DAYS, Kind.COUNT: MOST_COUNT, Kind.MONEY: MOST_MONEY}


class NotSuch(ValueError):
    """A value is none of its kind; the sentence says what would be."""

    def __init__(self, message, **values):
        super().__init__(message)
        self.message, self.values = message, values


def whole(value: object, *, lowest: int, highest: int) -> int:
    """A JSON integer between two bounds."""
    if type(value) is not int:
        raise NotSuch(_("This must be a whole number, without a decimal point or quotes."))
    if not lowest <= value <= highest:
        raise NotSuch(_("This must be between %(lowest)d and %(highest)d."), lowest=lowest, highest=highest)
    return value


def text(value: object) -> str:
    """A text that every database can compare."""
    if not isinstance(value, str) or not value.strip():
        raise NotSuch(_("This must be a text with something in it."))
    if len(value) > LONGEST_TEXT or not is_plain(value):
        raise NotSuch(_("This must be a text of at most %(most)d plain characters."), most=LONGEST_TEXT)
    return value.strip()


def is_plain(value: str) -> bool:
    """Whether a text has neither a NUL nor half a character, which no database keeps."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)


def day(value: object) -> date:
    """A day written YYYY-MM-DD."""
    try:
        if not isinstance(value, str) or len(value) != len("2026-03-01"):
            raise ValueError(value)
        found = date.fromisoformat(value)
    except ValueError:
        raise NotSuch(_("This must be a day written YYYY-MM-DD, such as 2026-03-01.")) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise NotSuch(_("This must be a day between the years 1900 and 2199."))
    return found


def month_day(value: object) -> str:
    """A day of any year, written MM-DD."""
    try:
        if not isinstance(value, str) or len(value) != len("03-27"):
            raise ValueError(value)
        date.fromisoformat(f"2000-{value}")
    except ValueError:
        raise NotSuch(_("This must be a month and a day written MM-DD, such as 03-27.")) from None
    return value


def flag(value: object) -> bool:
    """True or false, as JSON has them."""
    if not isinstance(value, bool):
        raise NotSuch(_("This must be true or false, without quotes."))
    return value


READERS: dict[str, Callable[[object], object]] = {
    Kind.TEXT: text,
    Kind.DATE: day,
    Kind.MONTH_DAY: month_day,
    Kind.FLAG: flag,
}
