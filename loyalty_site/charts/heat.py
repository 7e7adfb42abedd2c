"""The heat map of cohorts: a table in one hue, which is its own table twin; each square leads to its customers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from urllib.parse import urlencode

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from customers.merchants.money import DECIMALS, major
from customers.merchants.templatetags.ficha import channel, half_up, money, percent
from segments.cohorts import By, Cohort, Group, Groups, Retention, periods_between
from segments.cohorts.people import NONE, period_words, written
from segments.models import Resolution

from .heat_words import count, explained, group_explained, growing, title, title_of_groups, whole

LEVELS = 9
MOST = 12  # groups shown; the file has them all


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
    """A cohort under its name, and its cells from its own period on."""

    name: str
    size: int
    cells: list[Cell]
    query: str = ""


@dataclass(slots=True)
class HeatMap:
    """Cohorts down, periods since the first across; `strongest` says what the darkest square stands for.

    `first` says what the rows are, `unit` what the columns are; `growing` says which period is not complete, and
    `hatched` that its squares are. `more` groups are not shown. The last row is the share of customers in every view.
    """

    title: str
    first: str
    unit: str
    show: str
    columns: list[int]
    rows: list[Row]
    pooled: list[str]
    strongest: str
    growing: str = ""
    hatched: bool = False
    more: int = 0


@dataclass(slots=True)
class Drawn:
    """What both kinds of table are drawn from: the figures by row, and how one of them is written."""

    show: str
    currency: str
    figures: list[Sequence]
    top: Fraction | int = field(init=False, default=0)
    write: Callable[[object], str] = field(init=False)

    def __post_init__(self):
        """The first period is everybody, by definition: it only takes part in the scale where it says something."""
        begin = 0 if self.show in ("revenue", "worth") else 1
        self.top = max((value for row in self.figures for value in row[begin:]), default=0)
        self.write = self.money if self.show in ("revenue", "worth") else percent_of if self.show == "share" else count

    def money(self, value) -> str:
        """Money for a cell: in whole units, because twelve columns leave no room for cents; small worth with them."""
        fine = self.show == "worth" and major(whole(self.top), self.currency) < 100
        decimals = DECIMALS[self.currency] if fine else 0
        amount = half_up(major(whole(value), self.currency), decimals)
        return number_format(amount, decimal_pos=decimals, force_grouping=True)

    def level(self, value, place: int) -> int:
        """How dark a cell is."""
        return 0 if place == 0 and self.show in ("share", "count") else level(value, self.top)

    @property
    def strongest(self) -> str:
        """What the darkest square stands for."""
        if self.top <= 0:
            return ""
        return money(whole(self.top), self.currency) if self.show in ("revenue", "worth") else self.write(self.top)


def heat_map(found: Retention, *, show: str, currency: str) -> HeatMap:
    """The retention table with `show`: share, count, revenue, or what a customer was worth until then."""
    drawn = Drawn(show, currency, [values(cohort, show) for cohort in found.cohorts])
    names = {}
    if found.last:
        first = found.cohorts[0].month if found.cohorts else found.last
        columns = periods_between(first, found.last, found.resolution)
        names = {one: period_words(one, found.resolution) for one in columns}
    rows = zip(found.cohorts, drawn.figures, strict=True)
    return HeatMap(
        title=title(show, found.resolution, currency),
        first=_("First purchase"),
        unit=Resolution(found.resolution).label,
        show=show,
        columns=list(range(len(found.pooled))),
        rows=[row(cohort, figures, found, names, drawn) for cohort, figures in rows],
        pooled=[percent(share) for share in found.pooled],
        strongest=drawn.strongest,
        growing=growing(found, _("%(month)s is not complete: its hatched figures will still grow.")),
        hatched=bool(found.partial_month),
    )


def values(cohort: Cohort, show: str) -> list:
    """The figures of one cohort; shares and worth as exact fractions, so that equal ones look equal."""
    if show == "share":
        return [Fraction(count, cohort.size) for count in cohort.retained]
    if show == "worth":
        return [Fraction(total, cohort.size) for total in cohort.worth]
    return cohort.revenue if show == "revenue" else cohort.retained


def row(cohort: Cohort, figures: list, found: Retention, names: dict[date, str], drawn: Drawn) -> Row:
    """The cells of one cohort; `names` are the periods in words."""
    query = f"cohort={written(cohort.month, found.resolution)}"
    said = {"cohort": names[cohort.month], "size": count(cohort.size)}
    columns = periods_between(cohort.month, found.last, found.resolution)
    cells = [
        Cell(
            text=drawn.write(value),
            level=drawn.level(value, place),
            title=explained(cohort, place, {**said, "month": names[column]}, found.resolution, drawn.currency),
            partial=column == found.partial_month,
            query=f"{query}&active={written(column, found.resolution)}" if cohort.retained[place] else "",
        )
        for place, (value, column) in enumerate(zip(figures, columns, strict=True))
    ]
    return Row(name=names[cohort.month], size=cohort.size, cells=cells, query=query)


def heat_groups(found: Groups, *, show: str, currency: str) -> HeatMap:
    """The largest groups by what the first purchase was, and in the last row all of them together."""
    shown = found.groups[:MOST]
    drawn = Drawn(show, currency, [group_values(group, show) for group in shown])
    longest = max((len(group.bases) for group in found.groups), default=0)
    return HeatMap(
        title=title_of_groups(show, currency),
        first=By(found.by).label,
        unit=Resolution(found.resolution).label,
        show=show,
        columns=list(range(longest)),
        rows=[group_row(group, figures, found, drawn) for group, figures in zip(shown, drawn.figures, strict=True)],
        pooled=[percent(together(found.groups, place)) for place in range(longest)],
        strongest=drawn.strongest,
        growing=growing(found, _("%(month)s is not complete: every figure will still grow a little.")),
        more=len(found.groups) - len(shown),
    )


def group_values(group: Group, show: str) -> list:
    """The figures of one group."""
    if show == "share":
        return [Fraction(count, base) for count, base in zip(group.retained, group.bases, strict=True)]
    if show == "worth":
        return [Fraction(whole(total)) for total in group.worth]
    return group.revenue if show == "revenue" else group.retained


def together(groups: list[Group], place: int) -> float:
    """All groups' share in a period after the first."""
    having = [one for one in groups if len(one.bases) > place]
    return sum(one.retained[place] for one in having) / sum(one.bases[place] for one in having)


def group_row(group: Group, figures: list, found: Groups, drawn: Drawn) -> Row:
    """The cells of one group."""
    name = (channel(group.name) if found.by == By.CHANNEL else group.name) or _("not known")
    bounds = f"{found.first:%Y-%m}..{last_month(found):%Y-%m}"
    query = urlencode({f"first_{found.by}": group.name or NONE, "cohort": bounds})
    letter = "q" if found.resolution == Resolution.QUARTER else ""
    cells = [
        Cell(
            text=drawn.write(value),
            level=drawn.level(value, place),
            title=group_explained(group, name, place, found.resolution, drawn.currency),
            partial=False,  # a place holds periods of many dates: the legend says that the newest is among them
            query=f"{query}&again={place}{letter}_until_{last_month(found):%Y-%m}" if group.retained[place] else "",
        )
        for place, value in enumerate(figures)
    ]
    return Row(name=name, size=group.size, cells=cells, query=query)


def last_month(found: Groups) -> date:
    """The last month of the last period."""
    quarter = found.resolution == Resolution.QUARTER
    return found.last.replace(month=found.last.month + 2) if quarter else found.last


def level(value, top) -> int:
    """Nothing is 0, the strongest is LEVELS, and whatever is more than nothing is at least 1."""
    if value <= 0 or top <= 0:
        return 0
    return -int(-value * LEVELS // top)


def percent_of(share: Fraction) -> str:
    """An exact share as a percentage."""
    return percent(float(share))
