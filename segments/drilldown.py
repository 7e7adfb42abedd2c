"""From a figure to its people: the filters that figures write into the address of the customer list."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import reduce

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day as written_day
from customers.models import Audience

from . import attention, deciles, lifecycle, rfv
from .cohorts import By, people

LONGEST = 3_660  # days
Found = tuple[Q, str]


def filter(customers: QuerySet, params: Mapping[str, str], merchant: Merchant, today: date) -> tuple[QuerySet, str]:
    """The customers that an address asks for, and the sentence that says who they are; without any, all and "".

    A value that cannot be finds nobody and says so.
    """
    found = []
    for name, build in FILTERS.items():
        text = params.get(name)
        if not text:
            continue
        try:
            found.append(build(text, merchant, today))
        except ValueError:
            return customers.none(), _(
                "This address asks for a group that does not exist. Open it again from its page."
            )
    if not found:
        return customers, ""
    return customers.filter(*(condition for condition, __ in found)), sentence([words for __, words in found])


def sentence(parts: list[str]) -> str:
    """Who they are, in one sentence."""
    joined = reduce(lambda first, second: _("%(first)s and %(second)s") % {"first": first, "second": second}, parts)
    return _("Customers who %(did)s.") % {"did": joined}


def lapsed(text: str, merchant: Merchant, today: date) -> Found:
    """`lapsed=60`: the last purchase day is more than 60 days ago."""
    days = read_number(text, LONGEST)
    return Q(activity__last_on__lt=today - timedelta(days=days)), ngettext(
        "have not bought for more than %(days)d day", "have not bought for more than %(days)d days", days
    ) % {"days": days}


def decile(text: str, merchant: Merchant, today: date) -> Found:
    """`decile=3`: the third tenth of customers by net value."""
    number = read_number(text, 10)
    tenth = Q(pk__in=deciles.in_decile(merchant, number, by=deciles.VALUE))
    return tenth, _("are in group %(number)d of 10 by value, the first being worth most") % {"number": number}


def points_decile(text: str, merchant: Merchant, today: date) -> Found:
    """`points_decile=3`: the third tenth of customers by points earned."""
    number = read_number(text, 10)
    tenth = Q(pk__in=deciles.in_decile(merchant, number, by=deciles.POINTS))
    return tenth, _("are in group %(number)d of 10 by points, the first having earned most") % {"number": number}


def quiet(text: str, merchant: Merchant, today: date) -> Found:
    """`quiet=regulars`: regulars who have not come for twice their usual time."""
    if text != "regulars":
        raise ValueError(text)
    found = attention.quiet_regulars(merchant, today=today)
    return Q(pk__in=found), _("used to come regularly and are away for longer than twice their usual time")


def once(text: str, merchant: Merchant, today: date) -> Found:
    """`once=18`: one purchase, more than 18 and at most 90 days ago."""
    days = read_number(text, LONGEST)
    found = attention.bought_once(merchant, days=days, today=today)
    return Q(pk__in=found), ngettext(
        "bought once, more than %(days)d day ago", "bought once, more than %(days)d days ago", days
    ) % {"days": days}


def expiring(text: str, merchant: Merchant, today: date) -> Found:
    """`expiring=30`: holds points that can be used until one of the next 30 days."""
    days = read_number(text, LONGEST)
    found = attention.holders(merchant, days=days, today=today)
    return Q(pk__in=found), ngettext(
        "hold points that expire within %(days)d day", "hold points that expire within %(days)d days", days
    ) % {"days": days}


def vouchers(text: str, merchant: Merchant, today: date) -> Found:
    """`vouchers=7`: holds a voucher that is over within 7 days."""
    days = read_number(text, LONGEST)
    people = attention.ending_vouchers(merchant, days=days, today=today).values("customer")
    return Q(pk__in=people), ngettext(
        "hold a voucher that is over within %(days)d day", "hold a voucher that is over within %(days)d days", days
    ) % {"days": days}


def birthday(text: str, merchant: Merchant, today: date) -> Found:
    """`birthday=7`: a birthday within 7 days, today included."""
    days = read_number(text, 31)
    return Q(birthday__in=attention.days_of_year(today, days)), ngettext(
        "have their birthday today", "have their birthday within %(days)d days", days
    ) % {"days": days}


def unasked(text: str, merchant: Merchant, today: date) -> Found:
    """`unasked=30`: bought within 30 days, can be reached, and was never asked."""
    days = read_number(text, LONGEST)
    people = attention.unasked(merchant, days=days, today=today).values("customer")
    return Q(pk__in=people), ngettext(
        "bought within %(days)d day, can be reached and were never asked whether they want messages",
        "bought within %(days)d days, can be reached and were never asked whether they want messages",
        days,
    ) % {"days": days}


def board(text: str, merchant: Merchant, today: date) -> Found:
    """`rfv=5-4` or `rfv=champions`: a cell (recency, then frequency) or a region of the board, of today.

    With a day behind it, `rfv=champions_on_2026-01-31`, those of the end of that day.
    """
    where, on = dated(text, today)
    day = on or today
    if where in rfv.REGION_NAMES:
        region = rfv.REGION_NAMES[where]
        who, words = rfv.in_region(merchant, region, day=day), _("stand at “%(region)s”") % {"region": region.name}
    else:
        recency, __, frequency = where.partition("-")
        place = read_number(recency, 5), read_number(frequency, 5)
        who = rfv.in_cell(merchant, day=day, recency=place[0], frequency=place[1])
        words = _("score %(recency)d of 5 for recency and %(frequency)d of 5 for frequency") % {
            "recency": place[0], "frequency": place[1],
        }  # fmt: skip
    if on:
        words = _("%(did)s, as it was at the end of %(day)s") % {"did": words, "day": written_day(day)}
    return Q(pk__among=who), words


def life(text: str, merchant: Merchant, today: date) -> Found:
    """`lifecycle=late` or `lifecycle=late_on_2026-01-31`: those in that state at the end of today or of that day."""
    name, on = dated(text, today)
    state, day = lifecycle.State(name), on or today
    keys = lifecycle.customers_in(merchant, state, day=day)
    words = _("are “%(state)s” by their own rhythm") % {"state": state.label}
    if on:
        words = _("were “%(state)s” by their own rhythm at the end of %(day)s") % {
            "state": state.label, "day": written_day(day),
        }  # fmt: skip
    return Q(pk__among=keys), words


def life_before(text: str, merchant: Merchant, today: date) -> Found:
    """`lifecycle_before=active_on_2026-01-31`: who stood there on that day, wherever they stand now."""
    if dated(text, today)[1] is None:
        raise ValueError(text)
    return life(text, merchant, today)


def listed(text: str, merchant: Merchant, today: date) -> Found:
    """`segment=seg_…`: whoever is in that segment now."""
    found = Audience.objects.for_merchant(merchant).filter(public_id=text).first()
    if found is None:
        raise ValueError(text)
    return Q(pk__in=found.members.now().values("customer")), _("are in the segment “%(name)s”") % {"name": found.name}


FILTERS: dict[str, Callable[[str, Merchant, date], Found]] = {
    "cohort": people.cohort,
    "active": people.active,
    "again": people.again,
    **{f"first_{by}": people.first(by) for by in By.values},
    "lapsed": lapsed,
    "decile": decile,
    "points_decile": points_decile,
    "quiet": quiet,
    "once": once,
    "expiring": expiring,
    "vouchers": vouchers,
    "birthday": birthday,
    "unasked": unasked,
    "rfv": board,
    "lifecycle_before": life_before,
    "lifecycle": life,
    "segment": listed,
}


def dated(text: str, today: date) -> tuple[str, date | None]:
    """A value and the day behind it, as in `late_on_2026-01-31`; None without one."""
    value, behind, on = text.partition("_on_")
    return value, read_day(on, today) if behind else None


def read_day(text: str, today: date) -> date:
    """YYYY-MM-DD until today; ValueError for anything else."""
    day = date.fromisoformat(text)
    if len(text) != len("2026-01-31") or not date(1900, 1, 1) <= day <= today:
        raise ValueError(text)
    return day


def read_number(text: str, most: int) -> int:
    """A whole number from 1 to `most`; ValueError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= most):
        raise ValueError(text)
    return int(text)
