"""What the slow ledger is made of: lots, accounts and what happened to them, and days as people count them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Madrid")
ENDLESS = datetime.max.replace(tzinfo=UTC)


class Refused(Exception):
    """The code of a no."""


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def night_after(day: date) -> datetime:
    """The first moment after a local day."""
    day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, found by walking."""
    wanted, month = day.day, day.replace(day=1)
    for __ in range(months):
        month = (month + timedelta(days=32)).replace(day=1)
    while wanted:
        try:
            return month.replace(day=wanted)
        except ValueError:
            wanted -= 1
    raise AssertionError


@dataclass
class Lot:
    number: int
    remaining: int
    available_at: datetime
    expires_at: datetime | None = None
    idle: int | None = None
    since: datetime | None = None
    bought: int | None = None
    over: bool = False


@dataclass
class Account:
    people: set = field(default_factory=set)
    lots: list[Lot] = field(default_factory=list)
    deficit: int = 0
    expired: int = 0
    redeemed: int = 0


@dataclass
class Held:
    person: object
    account: Account
    points: list[Lot]  # one lot for each point
    ends_at: datetime
    spent: bool = False
    released: bool = False


@dataclass
class Spent:
    account: Account
    drawn: list = field(default_factory=list)  # one lot for each point


@dataclass
class Bought:
    account: Account
    kept: int
    lost: int = 0  # of its own points, expired
    settled: int = 0
