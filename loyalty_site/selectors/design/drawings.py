"""A chart of each kind, drawn from invented numbers."""

from datetime import date

from django.utils.translation import gettext as _

from customers.merchants.templatetags.ficha import calendar_words, percent
from loyalty_site import charts
from segments.cohorts import Cohort, Retention, months_between
from segments.intervals import wilson


def line() -> charts.Chart:
    """Two series over seven months, the last of which is not complete."""
    return charts.line(
        charts.Words("example-line", _("Example: a line for what runs through time"), _("Invented numbers by month.")),
        labels=[calendar_words(date(2026, number, 1), "M") for number in range(1, 8)],
        series=[
            charts.Series(_("this year"), [120, 150, 145, 190, 230, 260, 90]),
            charts.Series(_("the year before"), [100, 110, 125, 130, 150, None, None]),
        ],
        head=_("Month"),
        partial=True,
    )


def curve() -> charts.Chart:
    """A share that grows with time, with its interval."""
    steps = [charts.Step(day, day / 100, day / 125, day / 80) for day in (5, 10, 20, 40, 60)]
    title, description = _("Example: a curve for a share that grows with time"), _("Invented shares by day.")
    head = [_("Days"), _("Came again"), _("at least"), _("at most")]
    words = charts.Words("example-curve", title, description)
    return charts.curve(
        words, steps=steps, until=60, days=(20, 60), write=lambda share: percent(float(share)), head=head
    )


def bars() -> charts.Chart:
    """Two series for three groups."""
    return charts.bars(
        charts.Words("example-bars", _("Example: bars for comparison, from zero"), _("Invented shares of groups.")),
        labels=[_("first"), _("second"), _("third")],
        series=[
            charts.Series(_("of revenue"), [0.62, 0.27, 0.11], percent),
            charts.Series(_("of points"), [0.55, 0.3, 0.15], percent),
        ],
        head=_("Group"),
    )


def dots() -> charts.Chart:
    """Two shares with their intervals, and one that is not known yet."""
    known = [(_("first"), 31, 80), (_("second"), 12, 40)]
    title, description = _("Example: a dot with its interval"), _("Invented shares (interval: 95 in 100).")
    return charts.dots(
        charts.Words("example-dots", title, description),
        estimates=[
            *(charts.Estimate(label, part / whole, *wilson(part, whole)) for label, part, whole in known),
            charts.Estimate(_("third"), None),
        ],
        write=lambda share: percent(float(share)),
        head=[_("Group"), _("Share"), _("at least"), _("at most")],
    )


def cohorts(today: date) -> Retention:
    """Five invented months of new customers; the last one is not complete."""
    last = today.replace(day=1)
    months = months_between((last.replace(year=last.year - 1)), last)[-5:]
    kept = [[80, 31, 24, 20, 9], [64, 28, 19, 8], [71, 22, 9], [90, 17], [33]]
    found = [
        Cohort(month, counts[0], counts, [count * 1_100 for count in counts])
        for month, counts in zip(months, kept, strict=True)
    ]
    return Retention(found, [1.0, 0.32, 0.25, 0.19, 0.11], last, last)
