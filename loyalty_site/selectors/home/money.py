"""Money first: the month so far beside the same days before, what the programs gave, and what is owed."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import calendar_words, money, percent, points
from rewards import budgets
from rewards.budgets import Spending
from rewards.models import Program
from segments import month_to_date
from segments.month_to_date import MonthToDate, Stretch

from .promised import Promised, promised


@dataclass(slots=True)
class Change:
    """A comparison with sign and words; `tone` is good, bad or empty."""

    words: str
    tone: str = ""


@dataclass(slots=True)
class Amount:
    """A sum of money: `value` None means not known yet, and `missing` says what it needs."""

    label: str
    value: str | None
    definition: str
    changes: list[Change] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    missing: str = ""


@dataclass(slots=True)
class Money:
    """The first thing on home; `spendings` is what each running program granted this month."""

    found: MonthToDate
    amounts: list[Amount]
    promised: list[Promised]
    spendings: list[Spending]


def money_of(merchant: Merchant, *, at: datetime, today) -> Money:
    """The money of a shop (nine queries, eight without a running program)."""
    found = month_to_date.month_to_date(merchant, today=today)
    running = list(Program.objects.for_merchant(merchant).started().order_by("name"))
    granted = budgets.spendings(merchant, running, at=at) if running else []
    owed = promised(running, at=at)
    amounts = [sold(found, merchant.currency)]
    if running:
        amounts += [given(found.now, granted, merchant.currency), owing(owed, merchant.currency)]
    return Money(found, amounts, owed, granted)


def sold(found: MonthToDate, currency: str) -> Amount:
    """Revenue of the month so far, with both comparisons."""
    says, first = month_to_date.definitions(), found.now.first
    return Amount(
        _("Sold in %(month)s so far") % {"month": calendar_words(first, "F")},
        money(found.now.revenue, currency),
        f"{says['revenue']} {says['same_days']}",
        changes=[compared(found, one, currency) for one in (found.month_before, found.year_before)],
    )


def compared(found: MonthToDate, before: Stretch, currency: str) -> Change:
    """The month so far against other days, by sign, share and sum."""
    said = {"days": days(before), "before": money(before.revenue, currency)}
    if not found.knows(before):
        return Change(_("%(days)s: not on record") % said)
    now, then = found.now.revenue, before.revenue
    if now == then:
        return Change(_("= as much as %(days)s (%(before)s)") % said)
    said["percent"] = percent(abs(now - then) / then) if then > 0 else ""
    if then <= 0:
        return Change(_("%(days)s: %(before)s") % said, "good" if now > then else "bad")
    if now > then:
        return Change(_("▲ %(percent)s more than %(days)s (%(before)s)") % said, "good")
    return Change(_("▼ %(percent)s less than %(days)s (%(before)s)") % said, "bad")


def days(stretch: Stretch) -> str:
    """Some days of a month: 1 to 24 Oct 2026."""
    last = calendar_words(stretch.last, "j M Y")
    if stretch.first == stretch.last:
        return last
    return _("%(first)s to %(last)s") % {"first": calendar_words(stretch.first, "j"), "last": last}


def given(now: Stretch, granted: list[Spending], currency: str) -> Amount:
    """What customers got out of the programs this month, and what they were promised anew."""
    worth = sum(one.worth for one in granted)
    return Amount(
        _("Given this month"),
        money(now.taken_off, currency),
        _("What rewards and vouchers took off purchases this month. Beside it what was earned this month, less what "
          "was taken back, times what one is worth to a customer."),
        beside=[_("earned anew: worth %(worth)s") % {"worth": money(worth, currency)}] if worth else [],
    )  # fmt: skip


def owing(owed: list[Promised], currency: str) -> Amount:
    """What customers could spend now."""
    says = _("What all customers together can spend now, deficits taken off, times what one is worth to a customer. "
             "Vouchers in their hands come on top.")  # fmt: skip
    beside = [points(one.available, one.program.unit) for one in owed if one.program.unit != currency]
    if not any(one.program.point_value for one in owed) and any(one.available for one in owed):
        missing = _("It needs the value of a point.")
        return Amount(_("Owed to customers"), None, says, beside=beside, missing=missing)
    return Amount(_("Owed to customers"), money(sum(one.value for one in owed), currency), says, beside=beside)
