"""What a heat map says in words: its title, its cells, and what will still grow."""

from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.templatetags.ficha import money, percent
from segments.cohorts import Cohort, Group, Groups, Retention
from segments.cohorts.people import period_words
from segments.models import Resolution


def title(show: str, resolution: str, currency: str) -> str:
    """What the table shows, in words."""
    if resolution == Resolution.QUARTER:
        words = {
            "share": _("Share of each quarter's new customers who came again, by quarters after the first"),
            "count": _("How many of each quarter's new customers came again, by quarters after the first"),
            "revenue": _("What each quarter's new customers spent, in whole %(currency)s, by quarters after the first"),
            "worth": _("What each new customer had brought in all, in %(currency)s, by quarters after the first"),
        }
    else:
        words = {
            "share": _("Share of each month's new customers who came again, by months after the first"),
            "count": _("How many of each month's new customers came again, by months after the first"),
            "revenue": _("What each month's new customers spent, in whole %(currency)s, by months after the first"),
            "worth": _("What each new customer had brought in all, in %(currency)s, by months after the first"),
        }
    return words[show] % {"currency": currency}


def title_of_groups(show: str, currency: str) -> str:
    """What the table of groups shows, in words."""
    words = {
        "share": _("Share of each group who came again, by months after each customer's first purchase"),
        "count": _("How many of each group came again, by months after each customer's first purchase"),
        "revenue": _("What each group spent, in whole %(currency)s, by months after each customer's first purchase"),
        "worth": _("What each customer had brought in all, in %(currency)s, by months after the first purchase"),
    }
    return words[show] % {"currency": currency}


def growing(found: Retention | Groups, words: str) -> str:
    """Which period is not complete, in `words`; nothing where all are."""
    period = found.partial_month
    return words % {"month": period_words(period, found.resolution)} if period else ""


def later(place: int, resolution: str) -> str:
    """How many periods after the first, in words."""
    if resolution == Resolution.QUARTER:
        return ngettext("%(n)d quarter later", "%(n)d quarters later", place) % {"n": place}
    return ngettext("%(n)d month later", "%(n)d months later", place) % {"n": place}


def explained(cohort: Cohort, place: int, said: dict[str, str], resolution: str, currency: str) -> str:
    """Count, share, revenue and worth of a cell in words; `said` are those of its row and column."""
    return _(
        "%(cohort)s, %(months)s: %(count)s of %(size)s customers (%(share)s), %(revenue)s in %(month)s; "
        "until then %(worth)s for each"
    ) % {
        **said,
        "months": later(place, resolution),
        "count": count(cohort.retained[place]),
        "share": percent(cohort.retained[place] / cohort.size),
        "revenue": money(cohort.revenue[place], currency),
        "worth": money(whole(Fraction(cohort.worth[place], cohort.size)), currency),
    }


def group_explained(group: Group, name: str, place: int, resolution: str, currency: str) -> str:
    """The same of a group."""
    return _(
        "%(name)s, %(months)s: %(count)s of %(size)s customers who are known that long (%(share)s), %(revenue)s; "
        "until then %(worth)s for each"
    ) % {
        "name": name,
        "months": later(place, resolution),
        "count": count(group.retained[place]),
        "size": count(group.bases[place]),
        "share": percent(group.rates[place]),
        "revenue": money(group.revenue[place], currency),
        "worth": money(whole(group.worth[place]), currency),
    }


def count(number: int) -> str:
    """A count as people write it."""
    return number_format(number, decimal_pos=0, force_grouping=True)


def whole(amount) -> int:
    """An exact amount in whole minor units, half up."""
    return int((2 * Fraction(amount) + 1) // 2)
