"""Rules that work, but hardly as they are meant: that can never apply, always do, or make no difference.

Nothing here is refused. Whoever edits rules by hand is asked twice; a program that sends them is taken at its word.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from customers.merchants.templatetags.ficha import day

from .conditions import MINUTES, WIDEST_WINDOW
from .terms import MULTIPLY, Rule, Ruleset, When
from .triggers import OCCASIONS, PURCHASE

EVERY_DAY = frozenset(range(1, 8))
WHOLE_DAY = (0, MINUTES)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is odd about a rule, as a sentence in the active language; `code` is its stable name."""

    rule: str
    code: str
    text: str


def doubts(ruleset: Ruleset, *, at: datetime) -> list[Doubt]:
    """Everything that is odd about the rules at a moment, in the order of the rules."""
    return [
        Doubt(rule.name, check.__name__, text)
        for rule in ruleset.rules
        for check in CHECKS
        if (text := check(rule, ruleset.on(rule.trigger), at))
    ]


def is_open(rule: Rule) -> bool:
    """Whether a rule applies to every purchase of everybody, at all times and without end."""
    limits = rule.limits
    return not narrowed(rule.when) and (limits is None or not limits.is_counted)


def narrowed(when: When | None) -> bool:
    """Whether conditions leave any purchase out; hours of a whole day and weekdays of a whole week do not."""
    if when is None:
        return False
    told = replace(
        when,
        weekdays=None if when.weekdays == EVERY_DAY else when.weekdays,
        hours=None if when.hours == WHOLE_DAY else when.hours,
    )
    return told != When()


def is_over(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    if rule.when is None or rule.when.ends_at is None or rule.when.ends_at > at:
        return ""
    return _("It can never apply any more: it ended on %(day)s.") % {"day": day(rule.when.ends_at)}


def always_gives(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    if rule.kind != "fixed" or not is_open(rule) or rule.trigger in OCCASIONS:
        return ""
    if rule.trigger != PURCHASE:
        return _("It gives the same each time, however often. Add a limit for each customer.")
    return _("It gives the same for every purchase, even one of nothing, however often. Add a condition or a limit.")


def always_multiplies(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    if rule.kind != MULTIPLY or not is_open(rule):
        return ""
    return _("It multiplies every purchase of everybody. Give more points for amounts instead, or add a condition.")


def whole_day(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    if rule.when is None or rule.when.hours != WHOLE_DAY:
        return ""
    return _("Its hours are the whole day, so they are no condition.")


def whole_week(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    if rule.when is None or rule.when.weekdays != EVERY_DAY:
        return ""
    return _("Its weekdays are the whole week, so they are no condition.")


def whole_year(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    if rule.when is None or (rule.when.birthday_window_days or 0) < WIDEST_WINDOW:
        return ""
    return _("Its days around the birthday are the whole year, for everybody whose birthday is known.")


def free_welcome(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    when = rule.when
    if rule.kind != "fixed" or when is None or not when.first_purchase or when.min_amount or when.code:
        return ""
    return _("A new card gets it for any first purchase, so new cards can be made for it. Ask for an amount or a code.")


def always_cut(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    limits = rule.limits
    if limits is None or rule.kind == MULTIPLY:
        return ""
    bounds = [limits.max_per_purchase, *(one.points for one in (limits.per_customer, limits.total) if one)]
    if not any(bound is not None and bound < rule.points for bound in bounds):
        return ""
    return _("One of its limits is below what it gives at once, so it never gives that.")


def shadowed(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    """An exclusive rule without conditions leaves nothing to those that come after it."""
    if rule.kind == MULTIPLY:
        return ""
    alone = [one for one in ruleset.rules if one.exclusive and one is not rule and is_open(one)]
    place = ruleset.rules.index(rule)
    for other in alone:
        ranks_first = (-other.priority, ruleset.rules.index(other)) < (-rule.priority, place)
        if not rule.exclusive or ranks_first:
            return _("It never gives anything: “%(other)s” always stands instead of it.") % {"other": other.name}
    return ""


def outdone(rule: Rule, ruleset: Ruleset, at: datetime) -> str:
    """Where only the best factor counts, one that everybody always has leaves nothing to smaller ones."""
    if rule.kind != MULTIPLY or ruleset.multipliers != "best":
        return ""
    place = ruleset.rules.index(rule)
    for index, other in enumerate(ruleset.rules):
        if other.kind != MULTIPLY or other is rule or not is_open(other) or other.limits:
            continue
        if other.factor > rule.factor or (other.factor == rule.factor and index < place):
            return _("It never counts: “%(other)s” always multiplies by as much or more.") % {"other": other.name}
    return ""


CHECKS: tuple[Callable[[Rule, Ruleset, datetime], str], ...] = (
    is_over, always_gives, always_multiplies, whole_day, whole_week, whole_year, free_welcome, always_cut, shadowed,
    outdone,
)  # fmt: skip
