"""Who has not come for a while, now and 30 days before."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import percent
from segments.lapsed import Lapsed, lapsed
from segments.overview import LAPSES, share

EARLIER = timedelta(days=30)


@dataclass(slots=True)
class LapsedFigure:
    """Customers who have not come for so many days: now, and 30 days before."""

    days: int
    count: int
    share: str
    change: str
    tone: str


@dataclass(slots=True)
class LapsedFigures:
    """The figures of two days."""

    figures: list[LapsedFigure]
    day: date
    earlier: date


def lapsed_figures(merchant: Merchant, *, today: date) -> LapsedFigures | None:
    """Today's figures with those of 30 days before (two queries); None while nobody has bought."""
    now, before = lapsed_pair(merchant, today=today)
    if not now.customers:
        return None
    return LapsedFigures([lapsed_figure(days, now, before) for days in LAPSES], now.day, before.day)


def lapsed_pair(merchant: Merchant, *, today: date) -> tuple[Lapsed, Lapsed]:
    """Who had lapsed today, and 30 days before."""
    return lapsed(merchant, day=today), lapsed(merchant, day=today - EARLIER)


def lapsed_figure(days: int, now: Lapsed, before: Lapsed) -> LapsedFigure:
    """One figure with its comparison in words."""
    count, then = now.counts[days], before.counts[days]
    if not before.customers:
        change, tone = _("nothing to compare with yet: it needs 30 days on record"), ""
    elif count > then:
        change, tone = _("▲ %(more)s more than 30 days before (%(before)s)"), "bad"
    elif count < then:
        change, tone = _("▼ %(more)s less than 30 days before (%(before)s)"), "good"
    else:
        change, tone = _("= the same as 30 days before"), ""
    said = {"more": number(abs(count - then)), "before": number(then)}
    return LapsedFigure(days, count, percent(share(count, now.customers)), change % said, tone)


def number(count: int) -> str:
    """A count as people write it."""
    return number_format(count, force_grouping=True)
