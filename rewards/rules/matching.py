"""Whether a rule's conditions hold for a purchase, and for which part of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .terms import Facts, Line, When


@dataclass(slots=True)
class Share:
    """The part of a purchase that a rule is about: what is paid for it, and its whole units."""

    base: int | Fraction
    units: int


def share(facts: Facts, *conditions: When | None) -> Share | None:
    """The part of a purchase whose lines meet all these conditions; None where no line does."""
    picking = [when for when in conditions if when and when.picks_lines]
    if not picking and not facts.lines:
        return Share(max(facts.base, 0), 0)
    lines = [line for line in facts.lines if all(picks(when, line) for when in picking)]
    if picking and not lines:
        return None
    base = sum(line.amount for line in lines) if picking else facts.base
    # Half a kilo and half a kilo are one unit: added up before what is no whole unit is dropped.
    units = int(sum((line.quantity for line in lines), Decimal(0)))
    return Share(max(base, 0), max(units, 0))


def picks(when: When, line: Line) -> bool:
    """Whether a line is one of those that the conditions on products mean."""
    return (
        (when.categories is None or line.category in when.categories)
        and (when.skus is None or line.sku in when.skus)
        and (when.exclude_categories is None or line.category not in when.exclude_categories)
        and (when.exclude_skus is None or line.sku not in when.exclude_skus)
    )


def holds(when: When, facts: Facts, base: int | Fraction) -> bool:
    """Whether all conditions hold for a purchase; `base` is the rule's own."""
    return base >= when.min_amount and all(check(when, facts) for check in CHECKS)


def in_channel(when: When, facts: Facts) -> bool:
    return when.channels is None or facts.channel.casefold() in when.channels


def at_location(when: When, facts: Facts) -> bool:
    return when.locations is None or facts.location in when.locations


def on_weekday(when: When, facts: Facts) -> bool:
    return when.weekdays is None or facts.local.isoweekday() in when.weekdays


def within_hours(when: When, facts: Facts) -> bool:
    """From the first minute until the last, which no longer counts; across midnight where the end is the earlier."""
    if when.hours is None:
        return True
    start, end = when.hours
    minute = facts.local.hour * 60 + facts.local.minute
    return start <= minute < end if start < end else minute >= start or minute < end


def within_dates(when: When, facts: Facts) -> bool:
    started = when.starts_at is None or when.starts_at <= facts.moment
    return started and (when.ends_at is None or facts.moment < when.ends_at)


def is_first(when: When, facts: Facts) -> bool:
    return when.first_purchase is None or facts.first_purchase == when.first_purchase


def near_birthday(when: When, facts: Facts) -> bool:
    if when.birthday_window_days is None:
        return True
    return facts.birthday is not None and facts.birthday <= when.birthday_window_days


def says_code(when: When, facts: Facts) -> bool:
    return when.code is None or facts.code == when.code


def in_tier(when: When, facts: Facts) -> bool:
    return when.tiers is None or (facts.tier or "").casefold() in when.tiers


def in_audience(when: When, facts: Facts) -> bool:
    """In one of them at least."""
    return when.audiences is None or not when.audiences.isdisjoint(facts.audiences)


CHECKS: tuple[Callable[[When, Facts], bool], ...] = (
    in_channel, at_location, on_weekday, within_hours, within_dates, is_first, near_birthday, says_code,
    in_tier, in_audience,
)  # fmt: skip
