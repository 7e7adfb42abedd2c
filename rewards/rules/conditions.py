"""Conditions of a rule, read from their JSON; those that can never hold are refused."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from .refusal import InvalidRule, check_parts, whole
from .terms import When

LARGEST_AMOUNT = 10**12
WIDEST_WINDOW = 180  # days on either side of a birthday; more is the whole year
LONGEST_LIST, LONGEST_TEXT = 500, 100
MINUTES = 24 * 60
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
SAME_TWICE = (("categories", "exclude_categories"), ("skus", "exclude_skus"))


def parse(when: object, place: str, zone: str) -> When | None:
    """Read the conditions of a rule; moments without a zone are on the shop's clock. None where there are none."""
    if when is None or when == {}:
        return None
    if not isinstance(when, dict):
        raise InvalidRule(_('Conditions are an object, such as {"weekdays": [2]}.'), field=place)
    check_parts(when, tuple(READERS), place)
    read = {name: READERS[name](value, f"{place}.{name}", zone) for name, value in when.items()}
    check_lists(read, place)
    if "starts_at" in read and "ends_at" in read:
        check_window(read, place, zone)
    return When(**read)


def texts(value: object, place: str, zone: str) -> frozenset[str]:
    """A list of texts, none of them empty."""
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= LONGEST_LIST
        or not all(isinstance(one, str) and one.strip() and len(one) <= LONGEST_TEXT for one in value)
    ):
        raise InvalidRule(
            _("'%(part)s' is a list of 1 to %(most)d texts of at most %(length)d characters."),
            values={"part": place.rpartition(".")[2], "most": LONGEST_LIST, "length": LONGEST_TEXT},
            field=place,
        )
    return frozenset(one.strip() for one in value)


def words(value: object, place: str, zone: str) -> frozenset[str]:
    """Texts in which large and small letters are the same."""
    return frozenset(one.casefold() for one in texts(value, place, zone))


def amount(value: object, place: str, zone: str) -> int:
    return whole(value, least=0, most=LARGEST_AMOUNT, place=place)


def weekdays(value: object, place: str, zone: str) -> frozenset[int]:
    """Numbers from 1, Monday, to 7."""
    if not isinstance(value, list) or not value or not all(type(one) is int and 1 <= one <= 7 for one in value):
        raise InvalidRule(_("'weekdays' is a list of numbers from 1 (Monday) to 7 (Sunday)."), field=place)
    return frozenset(value)


def hours(value: object, place: str, zone: str) -> tuple[int, int]:
    """Two times of the day, the second exclusive; across midnight where it is the earlier one."""
    if not isinstance(value, list) or len(value) != 2 or None in (read := [minutes(one) for one in value]):
        raise InvalidRule(
            _('\'hours\' is two times of the day, the second exclusive, such as ["15:00", "17:00"].'), field=place
        )
    start, end = read
    if start in (end, MINUTES):
        raise InvalidRule(_("These hours are empty: the first time must be another than the second."), field=place)
    return start, end


def minutes(text: object) -> int | None:
    """A time of the day in minutes; 24:00 is its end. None for anything else."""
    found = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", text) if isinstance(text, str) else None
    if found is None:
        return None
    return int(found[1]) * 60 + int(found[2]) if found[1] else MINUTES


def moment(value: object, place: str, zone: str) -> datetime:
    """A moment of RFC 3339; one without a zone is on the shop's clock."""
    try:
        read = parse_datetime(value) if isinstance(value, str) else None
        read = read and (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        read = None
    if read is None or not EARLIEST <= read < LATEST:
        raise InvalidRule(
            _("'%(part)s' is a moment between 1900 and 9999, such as 2026-06-30T18:00:00Z."),
            values={"part": place.rpartition(".")[2]},
            field=place,
        )
    return read


def yes_or_no(value: object, place: str, zone: str) -> bool:
    if type(value) is not bool:
        raise InvalidRule(
            _("'%(part)s' is true or false."), values={"part": place.rpartition(".")[2]}, field=place
        )  # fmt: skip
    return value


def window(value: object, place: str, zone: str) -> int:
    return whole(value, least=0, most=WIDEST_WINDOW, place=place)


def code(value: object, place: str, zone: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise InvalidRule(
            _("'code' is a text of 1 to %(most)d characters."), values={"most": LONGEST_TEXT}, field=place
        )
    return value.strip().casefold()


READERS: dict[str, Callable] = {
    "min_amount": amount,
    "categories": words,
    "skus": words,
    "exclude_categories": words,
    "exclude_skus": words,
    "channels": words,
    "locations": texts,
    "weekdays": weekdays,
    "hours": hours,
    "starts_at": moment,
    "ends_at": moment,
    "first_purchase": yes_or_no,
    "birthday_window_days": window,
    "code": code,
    "tiers": words,
    "audiences": texts,
}


def check_lists(read: dict, place: str) -> None:
    """What is wanted must not all be excluded again."""
    for wanted, excluded in SAME_TWICE:
        if wanted in read and read[wanted] <= read.get(excluded, frozenset()):
            raise InvalidRule(
                _("This rule can never apply: everything in '%(wanted)s' is in '%(excluded)s' too."),
                values={"wanted": wanted, "excluded": excluded},
                field=f"{place}.{excluded}",
            )


def check_window(read: dict, place: str, zone: str) -> None:
    """The end comes after the start, and the wanted weekdays and hours come between them."""
    start, end = read["starts_at"], read["ends_at"]
    if start >= end:
        raise InvalidRule(_("This rule can never apply: it ends before it starts."), field=f"{place}.ends_at")
    if not any(meets(start, end, day, read) for day in days(start, end, zone)):
        raise InvalidRule(
            _("This rule can never apply: its weekdays and hours do not come between its start and its end."),
            field=f"{place}.weekdays" if "weekdays" in read else f"{place}.hours",
        )


def days(start: datetime, end: datetime, zone: str) -> list[datetime]:
    """The local midnights from the day before a start, for hours across midnight; a week shows every weekday."""
    first = start.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    count = min((end.astimezone(ZoneInfo(zone)).date() - first).days + 1, 10)
    midnights = [datetime.combine(first + timedelta(days=n), time(), tzinfo=ZoneInfo(zone)) for n in range(count)]
    return [midnight for midnight in midnights if midnight < end]


def meets(start: datetime, end: datetime, midnight: datetime, read: dict) -> bool:
    """Whether a local day has a wanted moment between start and end. Hours across midnight are two pieces of a day."""
    if "weekdays" in read and midnight.isoweekday() not in read["weekdays"]:
        return False
    first, last = read.get("hours", (0, MINUTES))
    pieces = [(first, last)] if first < last else [(0, last), (first, MINUTES)]
    for begin, finish in pieces:
        begins, finishes = (midnight + timedelta(minutes=minute) for minute in (begin, finish))
        if begins < end and start < finishes:
            return True
    return False
