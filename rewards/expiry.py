"""When points can be spent: pure functions from a policy and a local day to moments."""

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid

LARGEST = {"days": 36_500, "months": 1_200, "end_of_month": 1_200, "end_of_year": 100, "inactivity": 1_200}
SHORTEST_MONTH, SHORTEST_YEAR = 28, 365


class InvalidPolicy(Invalid):
    code = "invalid_policy"


@lru_cache(maxsize=4096)
def expires_at(kind: str, count: int, day: date, zone: str) -> datetime | None:
    """The first moment at which points earned on a local `day` can no longer be spent; None for never.

    `days` and `months` are usable through the end of that local day, so the moment is the midnight after; a month
    without that day ends on its last. `end_of_month` and `end_of_year` end `count` whole periods after the current.
    For `inactivity` it is the moment if nothing is bought after that day: each purchase moves it.
    """
    if kind == "never":
        return None
    if kind == "days":
        last = day + timedelta(days=count)
    elif kind in {"months", "inactivity"}:
        last = months_later(day, count)
    elif kind == "end_of_month":
        later = months_later(day.replace(day=1), count)
        last = later.replace(day=calendar.monthrange(later.year, later.month)[1])
    else:
        last = date(day.year + count, 12, 31)
    return midnight(last + timedelta(days=1), zone)


@lru_cache(maxsize=4096)
def held_until(days: int, day: date, zone: str) -> datetime:
    """00:00 local of the day `days` after a local day."""
    return midnight(day + timedelta(days=days), zone)


def midnight(day: date, zone: str) -> datetime:
    """The start of a local day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def parse(policy: object) -> tuple[str, int]:
    """Read an expiry policy as its kind and count; raises InvalidPolicy."""
    kinds = {
        "never": None, "days": "days", "months": "months", "end_of_month": "after", "end_of_year": "after",
        "inactivity": "months",
    }  # fmt: skip
    if not isinstance(policy, dict) or not isinstance(policy.get("kind"), str) or policy["kind"] not in kinds:
        raise InvalidPolicy(
            _("An expiry needs a kind: %(kinds)s."), values={"kinds": ", ".join(kinds)}, field="policies.expiry.kind"
        )
    kind = policy["kind"]
    part = kinds[kind]
    if set(policy) != {"kind", part} - {None}:
        raise InvalidPolicy(
            _("The expiry '%(kind)s' takes exactly: %(parts)s."),
            values={"kind": kind, "parts": part or _("nothing more")},
            field="policies.expiry",
        )
    if part is None:
        return kind, 0
    count, least = policy[part], 0 if part == "after" else 1
    if type(count) is not int or not least <= count <= LARGEST[kind]:
        raise InvalidPolicy(
            _("'%(part)s' must be a whole number from %(least)d to %(most)d."),
            values={"part": part, "least": least, "most": LARGEST[kind]},
            field=f"policies.expiry.{part}",
        )
    return kind, count


def shortest_life(kind: str, count: int) -> int | None:
    """The fewest days that points of this policy live; None for ever."""
    return {
        "never": None,
        "days": count,
        "months": count * SHORTEST_MONTH,
        "end_of_month": count * SHORTEST_MONTH,
        "end_of_year": count * SHORTEST_YEAR,
        "inactivity": count * SHORTEST_MONTH,
    }[kind]


def of_lot(kind: str, count: int, moment: datetime | None) -> dict:
    """What a lot stores of an expiry that falls on a `moment` as things stand; idle points have no date."""
    return {"idle_months": count} if kind == "inactivity" else {"expires_at": moment}
