"""Money first: the last 30 days beside the 30 before, what changed, and the weeks behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.money import major
from customers.merchants.templatetags.ficha import calendar_words, money, percent
from customers.merchants.templatetags.ficha import half_up as rounded
from loyalty_site import charts
from segments import recent
from segments.overview import half_up
from segments.recent import Period, Recent

from .ever import whole


@dataclass(slots=True)
class Tile:
    """A figure of the last days: `change` is its comparison in words, `tone` good, bad or empty."""

    label: str
    value: str | None
    definition: str
    change: str = ""
    tone: str = ""
    missing: str = ""
    spark: object = None


@dataclass(slots=True)
class Lately:
    """The first thing on home: figures, a sentence on what moved the revenue, and the line of weeks."""

    tiles: list[Tile]
    changed: list[str]
    trend: charts.Chart | None
    first: date
    last: date


def lately(found: Recent, *, currency: str) -> Lately:
    """The last days in words and as a chart (no query)."""
    return Lately(
        tiles=tiles(found, currency),
        changed=changed(found, currency),
        trend=trend(found, currency),
        first=found.now.first,
        last=found.now.last,
    )


def tiles(found: Recent, currency: str) -> list[Tile]:
    """Revenue, purchases, new customers and the share of those who came back."""
    says, now, before = recent.definitions(), found.now, found.before
    visits = charts.spark(_("Purchases of the whole weeks"), [week.purchases for week in found.weeks[:-1]])
    counted = [
        (_("Revenue"), "revenue", lambda amount: money(amount, currency), None),
        (_("Purchases"), "purchases", whole, visits),
        (_("New customers"), "new_customers", whole, None),
    ]
    rows = [
        Tile(
            label,
            write(getattr(now, name)),
            says[name],
            *compared(found, getattr(now, name), getattr(before, name), write),
            spark=line,
        )
        for label, name, write, line in counted
    ]
    return [*rows, returning(found, says["returning_share"])]


def compared(found: Recent, now: int, before: int, write) -> tuple[str, str]:
    """A comparison with sign and words, and its tone."""
    if not found.comparable:
        return _("nothing to compare with yet: it needs 60 days on record"), ""
    if now == before:
        return _("= the same as the 30 days before"), ""
    said = {"before": write(before), "percent": percent(abs(now - before) / before) if before > 0 else ""}
    if now > before:
        words = _("▲ %(percent)s more than the 30 days before (%(before)s)") if before > 0 else _("▲ %(before)s before")
        return words % said, "good"
    words = _("▼ %(percent)s less than the 30 days before (%(before)s)") if before > 0 else _("▼ %(before)s before")
    return words % said, "bad"


def returning(found: Recent, definition: str) -> Tile:
    """The share of customers who had bought before, compared in percentage points."""
    now, before = found.now.returning_share, found.before.returning_share
    tile = Tile(
        _("Returning customers"),
        percent(now) or None,
        definition,
        missing=_("It needs a customer in the last 30 days."),
    )
    if now is None or before is None or not found.comparable:
        tile.change = _("nothing to compare with yet: it needs 60 days on record")
        return tile
    step = hundredths(now) - hundredths(before)
    said = {"points": abs(step), "before": percent(before)}
    tile.tone = "good" if step > 0 else "bad" if step < 0 else ""
    tile.change = stepped(step) % said
    return tile


def stepped(step: int) -> str:
    """A comparison of shares in percentage points."""
    if step > 0:
        return ngettext(
            "▲ %(points)d percentage point more than before (%(before)s)",
            "▲ %(points)d percentage points more than before (%(before)s)",
            step,
        )
    if step < 0:
        return ngettext(
            "▼ %(points)d percentage point less than before (%(before)s)",
            "▼ %(points)d percentage points less than before (%(before)s)",
            -step,
        )
    return _("= the same as the 30 days before")


def hundredths(share: float) -> int:
    """A share in whole points of a hundred, as it is shown."""
    return int(rounded(Decimal(repr(share)) * 100))


def changed(found: Recent, currency: str) -> list[str]:
    """What moved the revenue: how many came, and how much each purchase was worth."""
    now, before = found.now, found.before
    if not found.comparable or now.average_purchase is None or before.average_purchase is None:
        return []
    return [came(now, before), spent(now, before, currency)]


def came(now: Period, before: Period) -> str:
    """One sentence on who bought."""
    said = {"now": whole(now.customers), "before": whole(before.customers), "new": whole(now.new_customers)}
    return (
        ngettext(
            "%(now)s customer bought, against %(before)s in the 30 days before; %(new)s of them for the first time.",
            "%(now)s customers bought, against %(before)s in the 30 days before; %(new)s of them for the first time.",
            now.customers,
        )
        % said
    )


def spent(now: Period, before: Period, currency: str) -> str:
    """One sentence on the average purchase."""
    said = {"now": money(now.average_purchase, currency), "before": money(before.average_purchase, currency)}
    if now.average_purchase == before.average_purchase:
        return _("An average purchase is worth %(now)s, as before.") % said
    if now.average_purchase > before.average_purchase:
        return _("An average purchase is worth more: %(now)s after %(before)s.") % said
    return _("An average purchase is worth less: %(now)s after %(before)s.") % said


def trend(found: Recent, currency: str) -> charts.Chart | None:
    """Revenue by week; the present week is dashed. None before there are two weeks."""
    weeks = found.weeks
    if len(weeks) < 2:
        return None
    return charts.line(
        charts.Words("trend", finding(found, currency), recent.definitions()["weeks"]),
        labels=[calendar_words(week.first, "j M") for week in weeks],
        series=[
            charts.Series(_("Revenue"), [week.revenue for week in weeks], lambda amount: money(amount, currency)),
            charts.Series(_("Purchases"), [week.purchases for week in weeks], whole, drawn=False),
        ],
        axis=lambda amount: rough(amount, currency),
        head=_("Week from"),
        partial=True,
    )


def rough(amount, currency: str) -> str:
    """Money in whole units, for an axis."""
    return number_format(rounded(major(int(amount), currency)), decimal_pos=0, force_grouping=True)


def finding(found: Recent, currency: str) -> str:
    """What the line says: the last whole week beside the average of those before."""
    *before, last, __ = found.weeks
    said = {"day": calendar_words(last.first, "j M"), "revenue": money(last.revenue, currency)}
    if not before:
        return _("The week of %(day)s brought %(revenue)s") % said
    said["average"] = money(half_up(sum(week.revenue for week in before), len(before)), currency)
    return _("The week of %(day)s brought %(revenue)s; the weeks before %(average)s on average") % said
