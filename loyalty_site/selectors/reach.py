"""Who is reached and who is forgotten: ten groups of customers, as a chart and a table."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day as written_day
from customers.merchants.templatetags.ficha import percent
from loyalty_site import charts
from segments import deciles, known
from segments.deciles import Decile
from segments.overview import share

from .known import KnownSales, known_sales
from .lapsed import LapsedFigures, lapsed_figures

HEAD = ("group", "customers", "net_value", "value_share", "points_earned", "points_share", "members", "lapsed_60d")
BEFORE = tuple(f"{name}_30d_before" for name in HEAD[1:])

BEST = 3  # groups


@dataclass(slots=True)
class Group:
    """A tenth of the customers as the table shows it; `query` finds them in their list.

    `before` is the tenth of that number 30 days before; None where there was none.
    """

    decile: Decile
    value_share: float | None
    points_share: float | None
    query: str
    before: "Group | None" = None


@dataclass(slots=True)
class Reach:
    """The page: its finding, its groups and their chart; `rewarded` tells whether anybody earned points.

    `earlier` is the day of the comparison; None where the shop has no customers on record from then.
    """

    by: str
    day: date
    earlier: date | None
    groups: list[Group]
    finding: str
    finding_before: str
    forgotten: str
    chart: charts.Chart | None
    rewarded: bool
    lapsed: LapsedFigures | None
    known: KnownSales | None
    definitions: list[tuple[str, str]]


def reach(merchant: Merchant, *, by: str, today: date) -> Reach:
    """The groups by value or by points, beside those of 30 days before (nine queries)."""
    earlier = today - deciles.EARLIER
    found = groups(deciles.deciles(merchant, day=today, by=by), by=by)
    before = groups(deciles.deciles_before(merchant, day=earlier, by=by), by=by)
    stand_beside(found, before)
    rewarded = any(group.decile.earned for group in found)
    said = finding(found, by=by, rewarded=rewarded)
    return Reach(
        by=by,
        day=today,
        earlier=earlier if before else None,
        groups=found,
        finding=said,
        finding_before=finding_before(before, by=by, day=earlier),
        forgotten=forgotten(found, by=by),
        chart=drawn(found, said, rewarded=rewarded) if found else None,
        rewarded=rewarded,
        lapsed=lapsed_figures(merchant, today=today),
        known=known_sales(merchant, today=today),
        definitions=definitions(),
    )


def stand_beside(found: list[Group], before: list[Group]) -> None:
    """Give each group the one of its number from before."""
    then = {group.decile.number: group for group in before}
    for group in found:
        group.before = then.get(group.decile.number)


def groups(found: list[Decile], *, by: str) -> list[Group]:
    """Each group with its shares of the whole."""
    value, earned = sum(one.net_value for one in found), sum(one.earned for one in found)
    name = "decile" if by == deciles.VALUE else "points_decile"
    return [
        Group(one, share(one.net_value, value), share(one.earned, earned), f"{name}={one.number}") for one in found
    ]  # fmt: skip


def finding(found: list[Group], *, by: str, rewarded: bool) -> str:
    """What the groups say: what the best fifth brings and gets, or what those get who earn most."""
    if not found:
        return _("Not known yet: it needs customers with purchases.")
    value = percent(sum(group.value_share or 0 for group in found[:2]))
    if not rewarded:
        return _("The best fifth brings %(value)s of the revenue; no program has given points yet") % {"value": value}
    said = {"value": value, "points": percent(sum(group.points_share or 0 for group in found[:2]))}
    if by == deciles.VALUE:
        return _("The best fifth brings %(value)s of the revenue and earned %(points)s of the points") % said
    return _("The fifth that earned most holds %(points)s of the points and brings %(value)s of the revenue") % said


def finding_before(before: list[Group], *, by: str, day: date) -> str:
    """The same of the day before, as a sentence; nothing where there is nothing to compare with."""
    if not before:
        return ""
    best = before[:2]
    said = {
        "day": written_day(day),
        "value": percent(sum(group.value_share or 0 for group in best)),
        "points": percent(sum(group.points_share or 0 for group in best)),
    }
    if not any(group.decile.earned for group in before):
        return _("On %(day)s, 30 days before, it was %(value)s of the revenue; no program had given points.") % said
    if by == deciles.VALUE:
        return _("On %(day)s, 30 days before, it was %(value)s of the revenue and %(points)s of the points.") % said
    return _("On %(day)s, 30 days before, it was %(points)s of the points and %(value)s of the revenue.") % said


def forgotten(found: list[Group], *, by: str) -> str:
    """Of the customers worth most, how many no longer come, and how many no program reaches."""
    best = [group.decile for group in found if group.decile.number <= BEST]
    if by != deciles.VALUE or not best:
        return ""
    customers = sum(one.customers for one in best)
    said = {
        "customers": number_format(customers, force_grouping=True),
        "lapsed": number_format(sum(one.lapsed for one in best), force_grouping=True),
        "outside": number_format(customers - sum(one.members for one in best), force_grouping=True),
    }
    return (
        ngettext(
            "Of the %(customers)s customer in the first three groups, %(lapsed)s was not seen for 60 days "
            "and %(outside)s is in no program.",
            "Of the %(customers)s customers in the first three groups, %(lapsed)s were not seen for 60 days "
            "and %(outside)s are in no program.",
            customers,
        )
        % said
    )


def drawn(found: list[Group], said: str, *, rewarded: bool) -> charts.Chart:
    """The groups' shares of revenue and of points, as bars."""
    revenue = charts.Series(_("of revenue"), [group.value_share or 0 for group in found], percent)
    points = charts.Series(_("of points"), [group.points_share or 0 for group in found], percent)
    return charts.bars(
        charts.Words("reach", said, _("For each tenth of the customers, its share of revenue and of points earned.")),
        labels=[label(group.decile.number) for group in found],
        series=[revenue, points] if rewarded else [revenue],
        head=_("Group"),
    )


def label(number: int) -> str:
    """A group by its number, the first and last in words."""
    return {1: _("1 (most)"), 10: _("10 (least)")}.get(number, number_format(number))


def definitions() -> list[tuple[str, str]]:
    """The columns and what they mean."""
    says = deciles.definitions()
    return [
        (_("Group"), says["decile"]),
        (_("Net value"), says["net_value"]),
        (_("Points earned"), says["earned"]),
        (_("Members"), says["members"]),
        (_("Not seen for 60 days"), says["lapsed"]),
        (_("Lapsed"), _("Customers whose last purchase day is more than 30, 60 or 90 days before the date.")),
        (_("With a card"), known.definitions()["known"]),
        (_("Without a card"), known.definitions()["anonymous"]),
        (_("Before"), says["before"]),
    ]


def rows(found: Reach) -> list[tuple]:
    """The table for a spreadsheet, its head first; shares of 1, money in minor units."""
    return [(*HEAD, *BEFORE), *((one.decile.number, *figures(one), *figures(one.before)) for one in found.groups)]


def figures(one: Group | None) -> tuple:
    """The figures of a group in the order of the head; empty ones where there was no group."""
    if one is None:
        return ("",) * len(BEFORE)
    tenth, value, points = one.decile, figure(one.value_share), figure(one.points_share)
    return (tenth.customers, tenth.net_value, value, tenth.earned, points, tenth.members, tenth.lapsed)


def figure(number: float | None) -> float | str:
    """A share for a spreadsheet; nothing where it is not known."""
    return "" if number is None else round(number, 6)
