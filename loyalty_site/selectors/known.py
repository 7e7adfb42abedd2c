"""Sales with a card beside sales without, by month: how much of the business the shop knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import estimate, money, month, percent
from loyalty_site import charts
from segments import annotations
from segments.annotations import Moment
from segments.cohorts.comparison import earlier
from segments.known import KnownMonth, known
from segments.overview import half_up, share

from .retention import placed

MONTHS = 13  # so that the month of the year before stands beside this one


@dataclass(slots=True)
class KnownSales:
    """The finding, the chart of revenue and the months."""

    finding: str
    chart: charts.Chart
    months: list[KnownMonth]


def known_sales(merchant: Merchant, *, today: date) -> KnownSales | None:
    """The last thirteen months, as far as anything was sold (five queries); None where nothing was."""
    months = known_months(merchant, today=today)
    if not months:
        return None
    said = finding(months, merchant.currency)
    moments = annotations.moments(merchant, since=months[0].month)
    return KnownSales(said, drawn(months, said, merchant.currency, today=today, moments=moments), months)


def known_months(merchant: Merchant, *, today: date) -> list[KnownMonth]:
    """From the first of the last thirteen months in which anything was sold."""
    this = today.replace(day=1)
    months = known(merchant, since=earlier(this, MONTHS - 1), until=this)
    return list(dropwhile(lambda one: not one.all_purchases, months))


def finding(months: list[KnownMonth], currency: str) -> str:
    """What known customers bring, and what a purchase of theirs is beside one without a card."""
    revenue, anonymous = sum(one.revenue for one in months), sum(one.anonymous_revenue for one in months)
    own = half_up(revenue, sum(one.purchases for one in months))
    other = half_up(anonymous, sum(one.anonymous_purchases for one in months))
    if own is None:
        return _("No sale since %(month)s has a card") % {"month": month(months[0].month)}
    said = {
        "share": percent(share(revenue, revenue + anonymous) or 0), "month": month(months[0].month),
        "own": money(own, currency), "other": money(other, currency),
    }  # fmt: skip
    if other is None:
        return _("Every sale since %(month)s has a card; it is %(own)s on average") % said
    return (
        _("Customers with a card bring %(share)s of all revenue since %(month)s: %(own)s a purchase, others %(other)s")
        % said
    )


def drawn(months: list[KnownMonth], said: str, currency: str, *, today: date, moments: list[Moment]) -> charts.Chart:
    """Revenue with and without a card, as lines, with what happened."""

    def write(value: int) -> str:
        return money(value, currency)

    without = [one.anonymous_revenue for one in months]
    return charts.line(
        charts.Words("known", said, _("Net revenue by month, of customers with a card and of sales without one.")),
        labels=[month(one.month) for one in months],
        series=[
            charts.Series(_("With a card"), [one.revenue for one in months], write),
            charts.Series(_("Without a card"), without, write, drawn=any(without)),
            charts.Series(_("Purchases with a card"), [one.purchases for one in months], charts.count, drawn=False),
            charts.Series(
                _("Purchases without"), [one.anonymous_purchases for one in months], charts.count, drawn=False
            ),
            charts.Series(_("Average with a card"), [one.average for one in months], write, drawn=False),
            charts.Series(_("Average without"), [one.anonymous_average for one in months], write, drawn=False),
        ],
        head=_("Month"),
        axis=lambda value: estimate(int(value), currency),
        partial=months[-1].month == today.replace(day=1),
        moments=placed(moments, [one.month for one in months]),
    )


def known_rows(months: list[KnownMonth]) -> Iterator[tuple]:
    """The months for a spreadsheet; money in minor units."""
    yield ("month", "purchases", "revenue", "anonymous_purchases", "anonymous_revenue", "revenue_share")
    for one in months:
        part = "" if one.revenue_share is None else round(one.revenue_share, 6)
        yield (
            f"{one.month:%Y-%m}", one.purchases, one.revenue, one.anonymous_purchases, one.anonymous_revenue, part,
        )  # fmt: skip
