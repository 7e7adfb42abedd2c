"""Amounts of money, quantities and unit prices, from text to integers. No floats anywhere.

Which mark is the decimal one is asked of the whole column (`Marks`): most cells prove it ("12.50", "1.234,56"), and
those decide the few that do not ("1,234").
"""

import re

from django.utils.translation import gettext as _

from customers.reader.countries import CURRENCIES, DECIMAL_COMMA, SYMBOLS
from customers.reader.faults import BadCell

LARGEST = 10**12  # minor units: more than any till takes, so it is a slip of the keyboard
LONGEST = 60  # characters: longer is no number, and is not shown to the patterns below
PRICE_DECIMALS = 6
QUANTITY_DECIMALS = 3

_BLANKS = " \u00a0\u2007\u2009\u202f'’"
_MINUS = "\\-\u2212\u2013"  # escaped: it stands in the brackets of the patterns below
_PLAIN = re.compile(r"(-?)([0-9]{1,12})(?:[.,]([0-9]{1,2}))?")
_UNIT = rf"(?:(?:Rs|Fr|Bs|kr|S/)\.|[^\s0-9.,'’()+{_MINUS}]{{1,4}})?"
_CELL = re.compile(
    rf"(\()?\s*([{_MINUS}+]?)\s*({_UNIT})\s*([{_MINUS}+]?)\s*([0-9.,][0-9.,{_BLANKS}]*?)"
    rf"\s*([{_MINUS}]?)\s*({_UNIT})\s*([{_MINUS}]?)\s*(\))?"
)
_ONE_BLANK = re.compile(f"[{_BLANKS}]")
_WHOLE = re.compile(r"[0-9]*|[0-9]{1,3}([.,'])[0-9]{3}(?:\1[0-9]{3})*|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
_UNDECIDED = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


class Marks:
    """What the cells of a column say about the decimal mark; each distinct text is counted when first seen."""

    def __init__(self):
        self.seen = {".": 0, ",": 0}

    def add(self, text):
        mark = proven_mark(text)
        if mark:
            self.seen[mark] += 1

    def mark(self, *, country):
        """The decimal mark of the column: by its own evidence, without any by the habit of the country."""
        if self.seen["."] != self.seen[","]:
            return max(self.seen, key=self.seen.get)
        return "," if country in DECIMAL_COMMA else "."


def proven_mark(text):
    """The decimal mark that this cell proves, or None: "1.234,5" proves the comma, "1,234" nothing."""
    match = _CELL.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if not match:
        return None
    body = _ONE_BLANK.sub("'", match[5])
    points, commas = body.count("."), body.count(",")
    if points and commas:
        last = max(".,", key=body.rfind)
        return last if body.count(last) == 1 else None
    if points + commas == 1:
        return None if _UNDECIDED.fullmatch(body) else ("." if points else ",")
    if points + commas > 1 and _WHOLE.fullmatch(body):
        return "," if points else "."
    return None


def minor_units(text, *, mark, decimals, currency):
    """An amount as an integer of minor units. Raises BadCell: empty, no number, other currency, too fine, absurd."""
    plain = _PLAIN.fullmatch(text)
    if plain and len(plain[3] or "") <= decimals:
        whole = int(plain[2] + (plain[3] or "").ljust(decimals, "0"))
        return _sized(-whole if plain[1] else whole)
    if not text.strip():
        raise BadCell(_("The amount is missing. Write a number, 0 where nothing was paid."))
    whole, places = number(text, mark=mark, currency=currency, thousands=decimals == 0)
    if places > decimals:
        raise BadCell(_too_fine(currency, decimals))
    return _sized(whole * 10 ** (decimals - places))


def thousandths(text, *, mark):
    """A quantity as an integer of thousandths, negative for goods taken back. Empty is one piece."""
    if not text.strip():
        return 1000
    whole, places = number(text, mark=mark)
    if places > QUANTITY_DECIMALS:
        raise BadCell(_("The quantity has more than three decimals. Round it to three."))
    return _sized(whole * 10 ** (QUANTITY_DECIMALS - places))


def price(text, *, mark, currency):
    """A unit price as (digits, places), exact: 0.001 is (1, 3)."""
    whole, places = number(text, mark=mark, currency=currency)
    if places > PRICE_DECIMALS:
        raise BadCell(_("The price has more than six decimals. Round it to six."))
    _sized(whole)
    return whole, places


def line_amount(quantity, unit_price, *, decimals):
    """Quantity (thousandths) times unit price (digits, places) in minor units, halves rounded away from zero."""
    digits, places = unit_price
    product = quantity * digits * 10**decimals
    scale = 10 ** (QUANTITY_DECIMALS + places)
    rounded = (2 * abs(product) + scale) // (2 * scale)
    return _sized(-rounded if product < 0 else rounded)


def whole_units(unit_price, *, decimals):
    """A unit price in minor units, or None where it is finer than they are."""
    digits, places = unit_price
    if places > decimals:
        return None
    return digits * 10 ** (decimals - places)


def number(text, *, mark, currency=None, thousands=False):
    """A signed decimal as (digits, places) without trailing zeros: "-1.250,50" is (-12505, 1).

    `thousands`: three digits behind a lone mark are thousands, as in a currency that has no decimals.
    """
    text = text.strip()
    if not text:
        raise BadCell(_("The cell is empty. Write a number."))
    match = _CELL.fullmatch(text) if len(text) <= LONGEST else None
    if not match or not match[5].strip(".,"):
        raise BadCell(_not_a_number())
    _check_unit(match[3], currency)
    _check_unit(match[7], currency)
    whole, fraction = _split(_ONE_BLANK.sub("'", match[5]), mark, thousands)
    digits = int(whole + fraction or "0")
    return (-digits if _is_negative(match) else digits), len(fraction)


def check_currency(text, *, currency):
    """Refuses a cell of a currency column that names another currency than the shop's. Empty is the shop's."""
    unit = text.strip()
    if unit and unit.upper() != currency:
        _check_unit(unit, currency, known=False)


def _is_negative(match):
    brackets = bool(match[1]), bool(match[9])
    signs = [sign for sign in (match[2], match[4], match[6], match[8]) if sign]
    if brackets[0] != brackets[1] or len(signs) + brackets[0] > 1:
        raise BadCell(_not_a_number())
    return brackets[0] or bool(signs and signs[0] != "+")


def _split(body, mark, thousands):
    """The digits before and after the decimal mark. Raises BadCell where the marks make no sense."""
    decimal = _decimal_mark(body, mark, thousands)
    whole, _mark, fraction = body.rpartition(decimal) if decimal else (body, "", "")
    if not _WHOLE.fullmatch(whole) or (fraction and not fraction.isdigit()) or (decimal and decimal in whole):
        raise BadCell(_not_a_number())
    whole = re.sub("[.,']", "", whole)
    if len(whole) > 15:
        raise BadCell(_absurd())
    return whole, fraction.rstrip("0")


def _decimal_mark(body, mark, thousands):
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return max(".,", key=body.rfind)
    if points + commas != 1:
        return None
    if _UNDECIDED.fullmatch(body) and (thousands or mark not in body):
        return None
    return "." if points else ","


def _check_unit(unit, currency, known=True):
    """A sign or code beside the number must be the shop's; a number that has no currency (a quantity) has no unit."""
    if not unit:
        return
    name = unit.rstrip(".").upper()
    if currency and (name == currency or currency in SYMBOLS.get(name, ())):
        return
    if currency and (not known or name in CURRENCIES or name in SYMBOLS):
        message = _("The amount is in %(other)s; this shop keeps %(currency)s. Convert it, or leave the row out.")
        raise BadCell(message % {"other": unit[:20], "currency": currency})
    raise BadCell(_not_a_number())


def _sized(value):
    if -LARGEST <= value <= LARGEST:
        return value
    raise BadCell(_absurd())


def _absurd():
    return _("The number is too large to be true. Check for a missing decimal mark.")


def _not_a_number():
    return _("This is not a number. Write it like 12.50 or 12,50, without words.")


def _too_fine(currency, decimals):
    message = _("The amount has more decimals than %(currency)s has (%(decimals)s). Round it, or check its marks.")
    return message % {"currency": currency, "decimals": decimals}
