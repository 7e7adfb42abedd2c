"""The shop in a dozen figures since its beginning."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from customers.merchants.templatetags.ficha import money, percent
from segments.overview import Overview


@dataclass(slots=True)
class Figure:
    """One number of home: `value` None means not known yet, and `missing` says what it needs."""

    label: str
    value: str | None
    definition: str
    missing: str = ""
    beside: str = ""


def figures(found: Overview, currency: str) -> list[Figure]:
    """The overview as a person reads it: what was sold, then who comes back."""
    return [*sales(found, currency), *loyalty(found)]


def sales(found: Overview, currency: str) -> list[Figure]:
    """Revenue and purchases, with what was sold to nobody known beside them; money is explained as money."""
    average, says = found.average_purchase, found.definitions
    nobody = _("%(part)s without a customer")
    revenue = nobody % {"part": money(found.anonymous_revenue, currency)} if found.anonymous_revenue else ""
    purchases = nobody % {"part": whole(found.anonymous_purchases)} if found.anonymous_purchases else ""
    return [
        Figure(
            _("Revenue"),
            money(found.revenue, currency),
            _("What was sold, less what came back. Sales without a customer are included."),
            beside=revenue,
        ),
        Figure(_("Purchases"), whole(found.purchases), says["purchases"], beside=purchases),
        Figure(_("Customers"), whole(found.customers), says["customers"]),
        Figure(
            _("Average purchase"),
            None if average is None else money(average, currency),
            _("Revenue divided by purchases."),
            missing=_("It needs a first purchase."),
        ),
    ]


def loyalty(found: Overview) -> list[Figure]:
    """Who comes back, who does not, how much hangs on the best, and how often they come."""
    first, gap, says = _("It needs a first purchase by a customer."), found.median_gap_days, found.definitions
    return [
        Figure(
            _("Come again"),
            percent(found.repeat_rate, 1) or None,
            says["repeat_rate"],
            missing=first,
            beside=_("%(number)s customers bought twice or more") % {"number": whole(found.repeat_customers)},
        ),
        lapsed(found, first),
        Figure(
            _("Share of the best fifth"),
            percent(found.top_20_share, 1) or None,
            says["top_20_share"],
            missing=first,
            beside=_("of all that customers spent"),
        ),
        Figure(
            _("Days between visits"),
            None if gap is None else number_format(gap, decimal_pos=0 if gap == int(gap) else 1),
            says["median_gap_days"],
            missing=_("It needs a customer who bought on two days."),
        ),
    ]


def whole(number: int) -> str:
    """A count as people write it."""
    return number_format(number, force_grouping=True)


def lapsed(found: Overview, missing: str) -> Figure:
    """Who has not come for 60 days, with 30 and 90 beside it."""
    return Figure(
        _("Not seen for 60 days"),
        percent(found.lapsed_60d_rate, 1) or None,
        found.definitions["lapsed_60d"],
        missing=missing,
        beside=_("%(number)s customers; 30 days: %(shorter)s, 90 days: %(longer)s")
        % {
            "number": whole(found.lapsed_60d),
            "shorter": percent(found.lapsed_30d_rate),
            "longer": percent(found.lapsed_90d_rate),
        },
    )
