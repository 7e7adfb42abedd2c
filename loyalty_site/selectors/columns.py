"""The columns of the customer list: what each is called, how it sorts, and what a spreadsheet gets of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.expressions import OrderBy
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import words
from customers.merchants.models import Right, StaffMember
from customers.merchants.money import DECIMALS, major
from customers.models import CustomerActivity

from .people import Person

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
NOTHING = CustomerActivity(purchases=0, net_value=0)


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `order` is what it sorts by, `downward` whether its first click shows the largest first."""

    key: str
    label: str | Promise
    cell: Callable[[Person, str], Any]
    order: Any = None
    downward: bool = False
    number: bool = False
    right: str = Right.LOOK


def activity(one: Person) -> CustomerActivity:
    """What somebody bought; nothing for somebody without a purchase."""
    return getattr(one.customer, "activity", None) or NOTHING


def day(moment) -> str:
    """The shop's day of a moment, as a spreadsheet sorts it."""
    return timezone.localtime(moment).date().isoformat() if moment else ""


NAME = Column("name", _("Name"), lambda one, currency: str(one.customer), Lower("name"))
PLACED = [
    Column("card", _("Card"), lambda one, currency: one.customer.card_code),
    Column("reach", _("Phone and e-mail"), lambda one, currency: " ".join(filter(None, (one.phone, one.email)))),
    Column("city", _("City"), lambda one, currency: one.customer.city, Lower("city")),
    Column("birthday", _("Birthday"), lambda one, currency: one.customer.birthday, F("birthday")),
    Column("tags", _("Tags"), lambda one, currency: ", ".join(words.tags(one.customer.attributes))),
    Column("created", _("Card since"), lambda one, currency: day(one.customer.created_at), F("created_at"), True),
    Column(
        "first", _("First purchase"), lambda one, currency: day(activity(one).first_at), F("activity__first_at"), True
    ),
    Column(
        "purchases", _("Purchases"), lambda one, currency: activity(one).purchases, F("activity__purchases"), True, True
    ),
    Column(
        "value",
        _("Net value"),
        lambda one, currency: f"{major(activity(one).net_value, currency):.{DECIMALS[currency]}f}",
        F("activity__net_value"),
        True,
        True,
        Right.REPORTS,
    ),
    Column("last", _("Last purchase"), lambda one, currency: day(activity(one).last_at), F("activity__last_at"), True),
]
COLUMNS = {column.key: column for column in PLACED}
USUAL = ["card", "reach", "purchases", "value", "last"]
SORTED_BY = {column.key: column for column in [NAME, *PLACED] if column.order is not None}


def offered(place: StaffMember) -> list[Column]:
    """The columns that this person may see."""
    return [column for column in PLACED if place.may(column.right)]


def chosen(place: StaffMember, keys: list[str]) -> list[Column]:
    """Those asked for in their usual order, or the usual ones; the name is always there."""
    wanted = set(keys) & set(COLUMNS) or set(USUAL)
    return [column for column in offered(place) if column.key in wanted]


def ordering(sort: str) -> list[OrderBy]:
    """How a list is ordered: unknown values last, the newest card first among equals."""
    order = SORTED_BY[sort.removeprefix("-")].order
    first = order.desc(nulls_last=True) if sort.startswith("-") else order.asc(nulls_last=True)
    return [first, F("id").desc()]


def rows(columns: list[Column], people: Iterable[Person], currency: str) -> Iterable[list]:
    """The list for a spreadsheet: headings, then a row for each person."""
    shown = [NAME, *columns]
    yield [str(column.label) for column in shown]
    for one in people:
        yield [harmless(column.cell(one, currency)) for column in shown]


def harmless(value):
    """A cell that no spreadsheet runs."""
    return "'" + value if isinstance(value, str) and value.startswith(DANGEROUS) and not plain(value) else value


def plain(value: str) -> bool:
    """Whether a text is nothing but a number below zero."""
    return value[1:].replace(".", "", 1).isdecimal() and value.startswith("-")
