"""How the pages of customers write what a card holds: tags, birthdays, consents, quantities."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from customers import words
from customers.merchants.templatetags.ficha import calendar_words
from loyalty_site.people_forms import CHANNELS, PURPOSES

register = template.Library()


@register.filter
def tags_of(attributes: dict) -> list[str]:
    """The tags among the attributes of a card."""
    return words.tags(attributes)


@register.filter
def birthday_in_words(text: str) -> str:
    """MM-DD as a day of the year: 27 March."""
    if not text:
        return ""
    month, day = text.split("-")
    return calendar_words(date(2000, int(month), int(day)), gettext("j F"))


@register.filter
def consent_channel(channel: str) -> str:
    """A way to reach somebody, in words."""
    return dict(CHANNELS).get(channel, channel)


@register.filter
def consent_purpose(purpose: str) -> str:
    """What somebody agreed to, in words; a purpose of the merchant's own as it is."""
    return PURPOSES.get(purpose, purpose)


@register.filter
def quantity(number: Decimal) -> str:
    """How many, without zeros behind the mark: 2, 0.5."""
    whole = number == number.to_integral_value()
    return number_format(number.quantize(Decimal(1)) if whole else number.normalize())
