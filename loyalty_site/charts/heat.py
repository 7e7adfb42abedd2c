"""The heat map of cohorts: a table in one hue, which is its own table twin; each square leads to its customers."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.money import major
from customers.merchants.templatetags.ficha import half_up, money, month, percent
from segments.cohorts import Cohort, Retention, months_between

LEVELS = 9


@dataclass(slots=True)
class Cell:
    """One square: its text, its intensity from 0 to LEVELS, what a pointer learns, and whether it will still grow.

    `query` finds its customers in their list; empty where nobody came again.
    """

    text: str
    level: int
    title: str
    partial: bool
    query: str = ""


@dataclass(slots=True)
class Row:
    """The cohort of a month, and its cells from that month on."""

    month: date
    size: int
    cells: list[Cell]
    query: str = ""


@dataclass(slots=True)
class HeatMap:
    """Cohorts down, months since the first across; `strongest` says what the darkest square stands for."""

    columns: list[int]
    rows: list[Row]
    pooled: list[str]
    strongest: str


def heat_map(found: Retention, *, show: str, currency: str) -> HeatMap:
    """The retention table with `show`: share, count or revenue.

    The first month is everybody, by definition: it only takes part in the scale where it says something (revenue).
    """
    scaled = [value for cohort in found.cohorts for value in values(cohort, show)[0 if show == "revenue" else 1 :]]
    top = max(scaled, default=0)
    first = found.cohorts[0].month if found.cohorts else found.last
    names = {column: month(column) for column in months_between(first, found.last)} if first else {}
    return HeatMap(
        columns=list(range(len(found.pooled))),
        rows=[row(cohort, found, names, show=show, top=top, currency=currency) for cohort in found.cohorts],
        pooled=[percent(share) for share in found.pooled],
        strongest=(money(top, currency) if show == "revenue" else written(top, show, currency)) if top > 0 else "",
    )


def values(cohort: Cohort, show: str) -> list:
    """The figures of one cohort; shares as exact fractions, so that equal ones look equal."""
    if show == "share":
        return [Fraction(count, cohort.size) for count in cohort.retained]
    return cohort.revenue if show == "revenue" else cohort.retained


def row(cohort: Cohort, found: Retention, names: dict[date, str], *, show: str, top, currency: str) -> Row:
    """The cells of one cohort; `names` are the months in words."""
    said = {"cohort": names[cohort.month], "size": number_format(cohort.size, force_grouping=True)}
    cells = [
        Cell(
            text=written(value, show, currency),
            level=0 if place == 0 and show != "revenue" else level(value, top),
            title=explained(cohort, place, {**said, "month": names[column]}, currency),
            partial=column == found.partial_month,
            query=f"cohort={cohort.month:%Y-%m}&active={column:%Y-%m}" if cohort.retained[place] else "",
        )
        for place, (value, column) in enumerate(
            zip(values(cohort, show), months_between(cohort.month, found.last), strict=True)
        )
    ]
    return Row(month=cohort.month, size=cohort.size, cells=cells, query=f"cohort={cohort.month:%Y-%m}")


def level(value, top) -> int:
    """Nothing is 0, the strongest is LEVELS, and whatever is more than nothing is at least 1."""
    if value <= 0 or top <= 0:
        return 0
    return -int(-value * LEVELS // top)


def written(value, show: str, currency: str) -> str:
    """A figure as the cell shows it; revenue in whole units, because twelve columns leave no room for cents."""
    if show == "share":
        return percent(float(value))
    whole = half_up(major(value, currency)) if show == "revenue" else value
    return number_format(whole, decimal_pos=0, force_grouping=True)


def explained(cohort: Cohort, place: int, said: dict[str, str], currency: str) -> str:
    """Count, share and revenue of a cell in words; `said` are those of its row and column."""
    return _("%(cohort)s, %(months)s: %(count)s of %(size)s customers (%(share)s), %(revenue)s in %(month)s") % {
        **said,
        "months": ngettext("%(n)d month later", "%(n)d months later", place) % {"n": place},
        "count": number_format(cohort.retained[place], force_grouping=True),
        "share": percent(cohort.retained[place] / cohort.size),
        "revenue": money(cohort.revenue[place], currency),
    }
