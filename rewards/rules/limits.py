"""Limits: how they are written, to which calendar period they count, and what is left of them."""

from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from .refusal import InvalidRule, check_parts, whole
from .terms import Limit, Limits, Rule

PERIODS = ("day", "week", "month", "year", "ever")
LARGEST = 10**15
SCOPES = ("per_customer", "total")
Uses = tuple[int, int]  # times and points


def parse(limits: object, place: str) -> Limits | None:
    """Read the limits of a rule."""
    if limits is None:
        return None
    if not isinstance(limits, dict) or not limits:
        raise InvalidRule(
            _('Limits are an object, such as {"per_customer": {"times": 1, "period": "day"}}.'), field=place
        )
    check_parts(limits, (*SCOPES, "max_per_purchase"), place)
    read = {scope: parse_one(limits[scope], f"{place}.{scope}") for scope in SCOPES if scope in limits}
    if "max_per_purchase" in limits:
        most = f"{place}.max_per_purchase"
        read["max_per_purchase"] = whole(limits["max_per_purchase"], least=1, most=LARGEST, place=most)
    return Limits(**read)


def parse_one(limit: object, place: str) -> Limit:
    """Read one limit: times or points, and its period, which is ever unless it says so."""
    if not isinstance(limit, dict):
        raise InvalidRule(_("A limit has times or points, and a period."), field=place)
    check_parts(limit, ("times", "points", "period"), place)
    period = limit.get("period", "ever")
    if period not in PERIODS:
        raise InvalidRule(
            _("A period is one of: %(periods)s."), values={"periods": ", ".join(PERIODS)}, field=f"{place}.period"
        )
    counted = [name for name in ("times", "points") if name in limit]
    if len(counted) != 1:
        raise InvalidRule(_("A limit counts either times or points."), field=place)
    [name] = counted
    return Limit(period=period, **{name: whole(limit[name], least=1, most=LARGEST, place=f"{place}.{name}")})


@lru_cache(maxsize=4096)
def period_start(period: str, day: date) -> date:
    """The first local day of the calendar period around a day; weeks begin on Monday."""
    return {
        "day": day,
        "week": day - timedelta(days=min(day.weekday(), (day - date.min).days)),
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
        "ever": date.min,
    }[period]


def used_up(limit: Limit, used: Uses) -> int | None:
    """The points that a limit leaves after what was used; None where it does not bound them."""
    times, points = used
    if limit.times is not None:
        return 0 if times >= limit.times else None
    return max(limit.points - points, 0)


def left(rule: Rule, *, mine: Uses, everybody: Uses) -> int | None:
    """The points that a rule may still give to a customer; None for no bound, 0 when it is used up."""
    limits = rule.limits
    bounds = [used_up(limit, used) for limit, used in ((limits.per_customer, mine), (limits.total, everybody)) if limit]
    return min((bound for bound in bounds if bound is not None), default=None)
