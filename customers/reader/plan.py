"""From cells to values: for each column the parser that fits, and the evidence of the whole column it needs."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from customers.reader import amounts, dates, texts
from customers.reader.columns import ATTRIBUTE
from customers.reader.faults import BadCell
from customers.reader.memo import Memo

NUMBERS = ("amount", "quantity", "unit_price", "points")
DATES = ("date", "birthday", "expires_on")

NAME, PRODUCT, CATEGORY, CHANNEL = 300, 300, 100, 50  # characters, as the database bounds them
PLACE, SHORT, NOTES = 100, 20, 5000


@dataclass(frozen=True, slots=True)
class Shop:
    """What of the merchant decides how a file is read. `at` is the moment that counts as now."""

    country: str
    currency: str
    decimals: int
    zone: ZoneInfo
    at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One value of a row: `get` takes the cell (or cells) out of the row, `memo` parses it."""

    name: str
    positions: tuple
    get: itemgetter
    memo: Memo


class Evidence:
    """What all cells together say about decimal marks and the order of day and month.

    `mark` and `order` are what the user knows better.
    """

    def __init__(self, *, mark=None, order=None):
        self.marks = amounts.Marks()
        self.orders = {field: dates.Orders() for field in DATES}
        self._mark, self._order = mark, order

    def mark(self, *, country):
        """The decimal mark of all numbers."""
        return self._mark or self.marks.mark(country=country)

    def order(self, field):
        """The order of day and month in a column of dates, None where nothing proves one."""
        return self._order or self.orders[field].order()

    def steps(self, columns):
        """The columns worth asking. Numbers are pooled: one program wrote them all."""
        asked = {field: self.marks.add for field in NUMBERS}
        asked |= {field: self.orders[field].add for field in DATES}
        return [_step(field, asked[field], columns, field) for field in columns.positions if field in asked]


def steps(columns, shop, evidence, *, anonymous):
    """The values of a row in the order in which they are staged."""
    parsers = _PARSERS[columns.kind](shop, evidence)
    found = [
        _step(_staged_name(field, columns.kind), _parser(field, parsers), columns, field)
        for field in columns.positions
        if field != "time" and not (field == "date" and "time" in columns.positions)
    ]
    return found + list(_joint_steps(columns, shop, evidence, anonymous))


def _joint_steps(columns, shop, evidence, anonymous):
    """Values that need several cells of the row."""
    fields = columns.positions.keys()
    if columns.kind == "purchases":
        if "time" in fields:
            calendar = _calendar(shop, evidence, "date")
            yield _step("at", lambda pair: dates.moment(*pair, calendar=calendar), columns, "date", "time")
        if "amount" not in fields and {"quantity", "unit_price"} <= fields:
            multiply = partial(_multiplied, shop=shop, mark=evidence.mark(country=shop.country))
            yield _step("amount", multiply, columns, "quantity", "unit_price")
    needed = _identifying(columns, anonymous)
    if needed:
        missing = _no_customer() if columns.kind == "purchases" else _nobody()
        yield _step("known", partial(_someone, missing=missing), columns, *needed)
    if columns.kind == "referrals":
        origin = [field for field in ("referrer", "code") if field in fields]
        yield _step("origin", partial(_someone, missing=_no_origin()), columns, *origin)


def _identifying(columns, anonymous):
    """The fields of which a row must fill at least one."""
    if columns.kind == "customers":
        names = ("external_id", "name", "first_name", "phone", "email")
        return [field for field in names if field in columns.positions]
    if columns.kind == "referrals":
        return ["member"]
    if columns.kind == "purchases" and anonymous == "accept":
        return []
    return columns.identifiers


def _someone(cells, *, missing):
    """Checks that one of the cells (a single one comes as text) is filled; the value itself says nothing."""
    if not any(cell.strip() for cell in ([cells] if isinstance(cells, str) else cells)):
        raise BadCell(missing)


def _no_customer():
    return _("The customer is missing. Fill the cell, or accept anonymous sales when you import.")


def _nobody():
    return _("The row does not say which customer it is about. Fill the cell, or leave the row out.")


def _no_origin():
    return _("The row names neither a referrer nor a code. Fill one of the two, or leave the row out.")


def _multiplied(cells, *, shop, mark):
    quantity, unit_price = cells
    if not quantity.strip():
        raise BadCell(_("The quantity is missing, and the row has no other amount. Write a number."))
    pieces = amounts.thousandths(quantity, mark=mark)
    try:
        cost = amounts.price(unit_price, mark=mark, currency=shop.currency)
        return amounts.line_amount(pieces, cost, decimals=shop.decimals)
    except BadCell as fault:
        raise BadCell(fault.message, part=1) from None


def _purchase_parsers(shop, evidence):
    mark = evidence.mark(country=shop.country)
    return {
        **_who(),
        "name": partial(texts.line, longest=NAME),
        "receipt": texts.code,
        "date": partial(dates.moment, calendar=_calendar(shop, evidence, "date")),
        "amount": partial(amounts.minor_units, mark=mark, decimals=shop.decimals, currency=shop.currency),
        "quantity": partial(amounts.thousandths, mark=mark),
        "unit_price": partial(_unit_price, shop=shop, mark=mark),
        "sku": texts.code,
        "product": partial(texts.line, longest=PRODUCT),
        "category": partial(texts.line, longest=CATEGORY),
        "channel": partial(texts.line, longest=CHANNEL),
        "location": partial(texts.line, longest=PLACE),
        "currency": partial(amounts.check_currency, currency=shop.currency),
    }


def _customer_parsers(shop, evidence):
    return {
        **_who(),
        **dict.fromkeys(("name", "first_name", "last_name"), partial(texts.line, longest=NAME)),
        "birthday": partial(_optional, dates.birthday, calendar=_calendar(shop, evidence, "birthday")),
        "birth_year": partial(texts.year, latest=shop.at.astimezone(shop.zone).year),
        "city": partial(texts.line, longest=PLACE),
        "notes": partial(texts.paragraph, longest=NOTES),
        **dict.fromkeys(("gender", "postal_code"), partial(texts.line, longest=SHORT)),
        "language": texts.language,
        "country": texts.country,
        ATTRIBUTE: partial(texts.line, longest=NAME),
    }


def _balance_parsers(shop, evidence):
    mark = evidence.mark(country=shop.country)
    return {
        **_who(),
        "program": partial(texts.line, longest=PLACE),
        "points": partial(_points, mark=mark),
        "expires_on": partial(_expiry, calendar=_calendar(shop, evidence, "expires_on")),
    }


def _referral_parsers(_shop, _evidence):
    return dict.fromkeys(("member", "referrer"), texts.customer_id) | {"code": texts.code}


_PARSERS = {
    "purchases": _purchase_parsers,
    "customers": _customer_parsers,
    "balances": _balance_parsers,
    "referrals": _referral_parsers,
}


def _who():
    return {
        "customer": texts.customer_id,
        "external_id": texts.customer_id,
        "phone": texts.customer_id,
        "email": partial(texts.code, longest=254),
        "card_code": texts.customer_id,
    }


def _unit_price(text, *, shop, mark):
    """Minor units, or None where the cell is empty or finer: the amount of the line is what counts."""
    if not text.strip():
        return None
    return amounts.whole_units(amounts.price(text, mark=mark, currency=shop.currency), decimals=shop.decimals)


def _points(text, *, mark):
    digits, places = amounts.number(text, mark=mark, thousands=True)
    if places:
        raise BadCell(_("Points are whole numbers. Round them."))
    if abs(digits) > amounts.LARGEST:
        raise BadCell(_("The number is too large to be true. Check for a missing decimal mark."))
    return digits


def _expiry(text, *, calendar):
    return dates.day(text, calendar=calendar).isoformat() if text.strip() else None


def _optional(parse, text, **options):
    return parse(text, **options) if text.strip() else None


def _calendar(shop, evidence, field):
    return dates.Calendar(evidence.order(field), shop.zone, shop.country, shop.at)


def _parser(field, parsers):
    return parsers[ATTRIBUTE if field.startswith(ATTRIBUTE) else field]


def _staged_name(field, kind):
    """Purchases keep their own names in the scratch table; the others keep the field's."""
    names = {"customer": "external_id", "date": "at", "unit_price": "unit_amount"} if kind == "purchases" else {}
    return names.get(field, field)


def _step(name, parse, columns, *fields):
    positions = tuple(columns.positions[field] for field in fields)
    return Step(name, positions, itemgetter(*positions), Memo(parse))
