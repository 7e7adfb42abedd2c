"""A few months beside those just before, and beside the same months of the year before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.templatetags.ficha import money, month, percent
from loyalty_site.charts import count
from segments.cohorts import Compare, Retention, Span, shifted, span
from segments.cohorts.comparison import earlier

MONTHS = 3  # compared when the address names none


@dataclass(slots=True)
class Change:
    """How a figure differs from that of another time, in words."""

    text: str
    tone: str = ""


@dataclass(slots=True)
class Compared:
    """A figure with its definition, beside those of other times."""

    label: str
    value: str
    meaning: str
    changes: list[Change]


@dataclass(slots=True)
class Comparison:
    """The figures of some months; `time` says which."""

    time: str
    figures: list[Compared]


COUNT, SHARE, MONEY = "count", "share", "money"
FIGURES = {  # what each is called, what it means, and how it is written
    "new": (
        gettext_lazy("New customers"),
        gettext_lazy("Customers whose first purchase ever fell in these months."),
        COUNT,
    ),
    "again": (
        gettext_lazy("Came again the month after"),
        gettext_lazy("Of the new customers of these months, the last one left out, who bought in the month after."),
        SHARE,
    ),
    "returning": (
        gettext_lazy("Returning share"),
        gettext_lazy("Of each month's customers, who had bought before that month; all months together."),
        SHARE,
    ),
    "revenue": (
        gettext_lazy("Revenue of known customers"),
        gettext_lazy("What customers with a card bought in these months, less what came back."),
        MONEY,
    ),
}


def comparison(found: Retention, *, asked: tuple[date | None, date | None], currency: str) -> Comparison | None:
    """The months that the address names, by default the last three complete ones (no query).

    None where these months are not on record.
    """
    bounds = months(found, asked)
    now = bounds and span(found.cells, bounds)
    if not now:
        return None
    others = [(shifted(bounds, kind), kind) for kind in Compare]
    spans = [(time(other), span(found.cells, other)) for other, __ in others]
    return Comparison(time(bounds), [compared(name, now, spans, currency) for name in FIGURES])


def months(found: Retention, asked: tuple[date | None, date | None]) -> tuple[date, date] | None:
    """The months compared."""
    if not found.last:
        return None
    if all(asked):
        return asked
    last = earlier(found.last, 1) if found.partial_month else found.last
    return earlier(last, MONTHS - 1), last


def time(bounds: tuple[date, date]) -> str:
    """Months in words."""
    first, last = (month(one) for one in bounds)
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}


def compared(name: str, now: Span, spans: list[tuple[str, Span | None]], currency: str) -> Compared:
    """One figure beside those of other times."""
    label, meaning, kind = FIGURES[name]
    others = [(when, other and getattr(other, name)) for when, other in spans]
    return beside(str(label), str(meaning), getattr(now, name), others, kind=kind, currency=currency)


def beside(label: str, meaning: str, now, others: list[tuple[str, object]], *, kind: str, currency: str) -> Compared:
    """A figure of some kind beside those of other times, which are None where they are not on record."""
    write = writer(kind, currency)
    value = _("not known yet") if now is None else write(now)
    return Compared(label, value, meaning, [change(now, then, when, kind, write) for when, then in others])


def writer(kind: str, currency: str) -> Callable:
    """How a figure is written."""
    if kind == MONEY:
        return lambda value: money(value, currency)
    return count if kind == COUNT else percent


def change(now, then, when: str, kind: str, write: Callable) -> Change:
    """How a figure differs from that of another time."""
    if then is None or now is None:
        return Change(_("%(time)s is not on record.") % {"time": when})
    apart = points(abs(now - then)) if kind == SHARE else write(abs(now - then))
    said = {"time": when, "then": write(then), "more": apart}
    if now == then:
        return Change(_("= the same as in %(time)s") % said)
    if now > then:
        return Change(_("▲ %(more)s more than in %(time)s (%(then)s)") % said, "good")
    return Change(_("▼ %(more)s less than in %(time)s (%(then)s)") % said, "bad")


def points(difference: float) -> str:
    """The difference of two shares."""
    return _("%(points)s points") % {"points": number_format(round(difference * 100, 1), decimal_pos=1)}
