"""The monthly report: what a month brought, beside the month before and the same month of the year before."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import money
from customers.merchants.templatetags.ficha import month as written_month
from segments import annotations, cohorts, known
from segments.annotations import Moment
from segments.cohorts.comparison import earlier
from segments.cohorts.periods import last_day
from segments.overview import half_up, share

from .comparison import COUNT, MONEY, SHARE, Compared, beside

Figures = dict[str, int | float | None]


@dataclass(slots=True)
class Monthly:
    """The report of a month: its headline, its figures, and what happened."""

    month: date
    finding: str
    figures: list[Compared]
    moments: list[Moment]


def last_complete(today: date) -> date:
    """The first day of the last month that is over."""
    return earlier(today.replace(day=1), 1)


def around(month: date, *, today: date) -> dict[str, date | None]:
    """The months before and after in the address; no further than the last that is over."""
    after = earlier(month, -1)
    return {"before": earlier(month, 1), "after": after if after <= last_complete(today) else None}


def monthly(merchant: Merchant, *, month: date) -> Monthly:
    """The report of the month that begins on a day (eight queries)."""
    cells = cohorts.retention(merchant).cells
    sold = known.known(merchant, since=earlier(month, 12), until=month)
    sales = {one.month: one for one in sold}
    begin = min(cells, default=None)
    times = [month, earlier(month, 1), earlier(month, 12)]
    now, *others = [figures(cells, sales[one]) for one in times]
    told = [(written_month(when), those) for when, those in zip(times[1:], others, strict=True)]
    lines = []
    for name, (label, meaning, kind) in words().items():
        then = [(when, those[name] if begin and those[name] is not None else None) for when, those in told]
        lines.append(beside(label, meaning, now[name], then, kind=kind, currency=merchant.currency))
    moments = annotations.moments(merchant, since=month, until=last_day(month))
    return Monthly(month, finding(now, month, merchant.currency), lines, moments)


def figures(cells: cohorts.Cells, sales: known.KnownMonth) -> Figures:
    """The figures of one month; None where there is nothing to divide by, or nothing was sold."""
    month, before = sales.month, earlier(sales.month, 1)
    found = cohorts.span(cells, (month, month))
    came, size = (cells.get(before, {}).get(one, (0, 0))[0] for one in (month, before))
    on_record = sales.all_purchases > 0
    return {
        "revenue": sales.all_revenue if on_record else None,
        "purchases": sales.all_purchases if on_record else None,
        "average": half_up(sales.all_revenue, sales.all_purchases),
        "card": sales.revenue_share,
        "new": found.new if found else None,
        "returning": found.returning if found else None,
        "again": share(came, size),
    }


def words() -> dict[str, tuple[str, str, str]]:
    """What each figure is called, what it means, and how it is written."""
    return {
        "revenue": (_("Revenue"), _("All sales, less what came back."), MONEY),
        "purchases": (_("Purchases"), _("Counted purchases, with a card and without."), COUNT),
        "average": (_("Average purchase"), _("Revenue divided by purchases."), MONEY),
        "card": (_("With a card"), _("What known customers brought, divided by all revenue."), SHARE),
        "new": (_("New customers"), _("Customers whose first purchase ever fell in the month."), COUNT),
        "returning": (_("Returning share"), _("Of the month's customers, who had bought before that month."), SHARE),
        "again": (
            _("Came again"),
            _("Of those who were new in the month before, who bought in this one."),
            SHARE,
        ),
    }


def finding(now: Figures, month: date, currency: str) -> str:
    """The month in a sentence."""
    if now["revenue"] is None:
        return _("Nothing was sold in %(month)s") % {"month": written_month(month)}
    said = {"month": written_month(month), "revenue": money(now["revenue"], currency), "new": now["new"] or 0}
    return (
        ngettext(
            "%(month)s brought %(revenue)s and %(new)d new customer",
            "%(month)s brought %(revenue)s and %(new)d new customers",
            said["new"],
        )
        % said
    )
