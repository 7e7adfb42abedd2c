"""How pages write money, shares, points and moments. A built-in library: no template has to load it."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from customers.merchants.money import DECIMALS, SIGNS, major

register = template.Library()

SPACE = "\N{NO-BREAK SPACE}"
CHANNELS = {
    "store": gettext_lazy("store"),
    "web": gettext_lazy("web"),
    "app": gettext_lazy("app"),
    "phone": gettext_lazy("phone call"),
    "pickup": gettext_lazy("pick-up"),
    "marketplace": gettext_lazy("marketplace"),
}
SIGN_BEHIND = {"EUR", "CZK"}  # in every language; the others stand before the number in English


@register.filter
def money(minor: int | None, currency: str) -> str:
    """Minor units as people write them: 12.50 €, $12.50; in Spanish 12,50 €."""
    return "" if minor in (None, "") else with_sign(minor, currency, DECIMALS[currency])


@register.filter
def estimate(minor: int | None, currency: str) -> str:
    """Minor units that are estimated, in whole units of the currency: 12 €, $12. Cents would say more than is known."""
    return "" if minor in (None, "") else with_sign(minor, currency, 0)


def rate(minor: int | Decimal, currency: str) -> str:
    """Minor units for one of something, with as many decimals as they need: 0.05 €, 0.0125 €."""
    exact = major(minor, currency).normalize()
    return with_sign(minor, currency, max(DECIMALS[currency], -exact.as_tuple().exponent))


def with_sign(minor: int | Decimal, currency: str, decimals: int) -> str:
    """An amount with its currency where the language puts it, rounded half up."""
    number = number_format(half_up(abs(major(minor, currency)), decimals), decimal_pos=decimals, force_grouping=True)
    minus, sign = "−" if minor < 0 else "", SIGNS.get(currency)
    if sign and currency not in SIGN_BEHIND and (get_language() or "en").startswith("en"):
        return f"{minus}{sign}{number}"
    return f"{minus}{number}{SPACE}{sign or currency}"


@register.filter
def percent(share: float | None, decimals: int = 0) -> str:
    """A share of 1 as a percentage, rounded half up."""
    return "" if share is None else percentage(share, decimals, get_language())


@lru_cache(maxsize=4096)
def percentage(share: float, decimals: int, language: str) -> str:
    """A share as the current language writes it; remembered, because a heat map writes hundreds, and the same ones."""
    number = number_format(half_up(Decimal(repr(share)) * 100, decimals), decimal_pos=decimals)
    return gettext("%(number)s%%") % {"number": number}


@register.filter
def points(count: int, unit: str = "points") -> str:
    """Whole points with the program's own word for them; units of a currency, as cashback has them, are money."""
    if unit in DECIMALS:
        return money(count, unit)
    number = whole(count)
    if unit == "points":
        return ngettext("%(points)s point", "%(points)s points", count) % {"points": number}
    if unit == "stamps":
        return ngettext("%(stamps)s stamp", "%(stamps)s stamps", count) % {"stamps": number}
    return f"{number}{SPACE}{unit}"


@register.filter
def whole(count: int) -> str:
    """A whole number with its thousands and a true minus: 1,200, −3."""
    return ("−" if count < 0 else "") + number_format(abs(count), force_grouping=True)


@register.filter
def counted(count: int, unit: str) -> str:
    """A number of units without their word: 1,250, or money where the unit is a currency."""
    return money(count, unit) if unit in DECIMALS else whole(count)


@register.filter
def signed(count: int, unit: str = "") -> str:
    """A movement with its sign: +5, −3; money where the unit is a currency."""
    return ("+" if count > 0 else "") + counted(count, unit)


@register.filter
def when(moment: datetime | None, at: datetime) -> str:
    """A moment as seen from another: relative under a week, otherwise the day; the exact one on hover and in print."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    exact = gettext("%(day)s, %(time)s") % {"day": day(local), "time": date_format(local, "H:i")}
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, relative(local, timezone.localtime(at))
    )


def relative(local: datetime, now: datetime) -> str:
    """Today, yesterday and weekdays with the time; the date otherwise."""
    days = (now.date() - local.date()).days
    if not 0 <= days < 7:
        return day(local)
    names = {0: gettext("today"), 1: gettext("yesterday")}
    name = names.get(days) or calendar_words(local, "l")
    return gettext("%(day)s, %(time)s") % {"day": name, "time": date_format(local, "H:i")}


def calendar_words(moment, pattern: str) -> str:
    """A date in words; Spanish writes months and weekdays small, which Django's own names do not."""
    words = date_format(moment, pattern)
    return words.lower() if (get_language() or "").startswith("es") else words


@register.filter
def day(moment) -> str:
    """A calendar day: 24 Nov 2026."""
    return "" if not moment else calendar_words(moment, "j M Y")


@register.filter
def month(moment) -> str:
    """A calendar month: Nov 2026."""
    return "" if not moment else calendar_words(moment, "M Y")


@register.filter
def may(place, right: str) -> bool:
    """Whether the person may; for links that only some people see."""
    return bool(place) and place.may(right)


def half_up(number: Decimal, decimals: int = 0) -> Decimal:
    """A number rounded half up to some decimals."""
    return number.quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")


@register.filter
def channel(name: str) -> str:
    """A channel in words; one of the merchant's own as it is."""
    return CHANNELS.get(name, name)
