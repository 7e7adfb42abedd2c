"""A field of the vocabulary, and the one list of all of them.

The list is closed: what is not on it is refused. An app above adds its own fields with `add`, when Django starts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant

from .facts import Fact
from .kinds import NUMBERS, OPERATORS, Kind

Words = str | Promise
Choice = tuple[str | int, Words]
DOT = "."


class Group(TextChoices):
    """The shelves on which fields lie."""

    PERSON = "person", _("Who they are")
    PLACE = "place", _("Where they live")
    BEHAVIOUR = "behaviour", _("How they buy")
    BOUGHT = "bought", _("What, where and when they buy")
    LIFE = "life", _("Rhythm and scores")
    SATISFACTION = "satisfaction", _("How satisfied they are")
    POINTS = "points", _("Points, tiers and rewards")
    VOUCHERS = "vouchers", _("Vouchers")
    CONSENTS = "consents", _("How they may be reached")
    DATES = "dates", _("Birthdays and dates")
    LISTS = "lists", _("Other segments")


@dataclass(frozen=True)
class Moment:
    """For whom and when a definition is asked: days are those of the merchant's time zone."""

    merchant: Merchant
    at: datetime

    @cached_property
    def today(self) -> date:
        """The local day."""
        return self.at.astimezone(ZoneInfo(self.merchant.timezone)).date()


@dataclass(frozen=True, slots=True)
class Param:
    """What a field needs to know beside its value, such as the program whose points are meant."""

    name: str
    label: Words
    kind: str
    definition: Words
    required: bool = False
    choices: Callable[[Merchant], list[Choice]] | None = None
    lowest: int = 1
    highest: int = 3_660


@dataclass(frozen=True, slots=True)
class Condition:
    """One field compared with one value, checked: days are dates, lists are tuples."""

    field: "Field"
    op: str
    value: object
    params: dict[str, object] = field(default_factory=dict)
    key: str = ""  # what stands behind the dot of a field such as attributes.size


@dataclass(frozen=True, slots=True)
class Field:
    """Something that is known of customers.

    `where` turns a condition into SQL. It never meets `ne`, nor `exists` with false: these are the opposites of what it
    answers. `said` are the words of a condition behind "Customers who", with %(this)s for what it is compared with;
    `negated` those of `ne`; `known` and `unknown` those of `exists`.
    """

    name: str
    label: Words
    group: str
    kind: str
    definition: Words
    where: Callable[[Condition, Moment], Q | Fact]
    said: Words
    negated: Words | None = None
    known: Words | None = None
    unknown: Words | None = None
    operators: tuple[str, ...] = ()
    choices: Callable[[Merchant], list[Choice]] | None = None
    hints: tuple[str, ...] = ()
    unit: str = ""
    params: tuple[Param, ...] = ()
    lowest: int = 0
    highest: int = 0
    is_offered: Callable[[Merchant], bool] | None = None
    speak: Callable[[Condition], str] | None = None

    @property
    def takes(self) -> tuple[str, ...]:
        """The operators that this field knows."""
        plain = self.operators or OPERATORS[self.kind]
        return (*plain, "exists") if self.known else plain

    @property
    def bounds(self) -> tuple[int, int]:
        """Between which numbers a value lies."""
        return self.lowest, self.highest or NUMBERS[self.kind]

    @property
    def has_key(self) -> bool:
        """Whether a name of the shop's own stands behind the dot."""
        return self.name.endswith(DOT)

    def offered(self, merchant: Merchant) -> bool:
        """Whether this shop can use the field: no program, no points."""
        return self.is_offered is None or self.is_offered(merchant)


FIELDS: dict[str, Field] = {}


def add(fields: Iterable[Field]) -> None:
    """Put fields into the vocabulary. Raises ValueError for a name that is taken."""
    for one in fields:
        if one.name in FIELDS:
            raise ValueError(f"there is a field {one.name} already")
        FIELDS[one.name] = one


def of(group: str) -> list[Field]:
    """The fields of a group, in their order."""
    return [one for one in FIELDS.values() if one.group == group]


def is_number(one: Field) -> bool:
    """Whether the values of a field are numbers."""
    return one.kind in {Kind.DAYS, Kind.COUNT, Kind.MONEY}
