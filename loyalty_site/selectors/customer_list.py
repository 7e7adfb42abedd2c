"""The customer list: whom the address asks for, in which order, with which columns, and how to ask otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.filters import PeopleFilter
from customers.merchants.models import Right, StaffMember
from customers.merchants.money import DECIMALS
from customers.merchants.templatetags.ficha import day, money
from customers.models import Customer, CustomerActivity
from segments import drilldown

from . import columns as shown_columns
from .columns import Column
from .people import Person, as_seen, person

SORT = "-last"
FEW = 2_000  # cards that are joined and sorted sooner than all activity is read
FILTERS = """
    search city tag has created_from created_to last_from last_to min_purchases min_value
""".split()
VALUE = ["min_value", "decile", "points_decile"]  # what would tell the worth of people to those who may not see it
BY_WORDS = {"search", "tag", "city"}
BY_KEY = {*BY_WORDS, "id", "active", "decile", "points_decile", "quiet", "once", "expiring", "vouchers", "unasked"}
BY_KEY |= {"rfv", "lifecycle", "lifecycle_before", "segment"}


@dataclass(slots=True)
class Chip:
    """A filter at work; `without` is the address that leaves it out."""

    text: str
    without: str


@dataclass(slots=True)
class Heading:
    """A column's head; `address` sorts by it, `order` says how it is sorted now (aria-sort)."""

    column: Column
    address: str = ""
    order: str = ""


@dataclass(slots=True)
class CustomerList:
    """What the page, its part and the CSV show."""

    place: StaffMember
    query: MultiValueDict
    filter: PeopleFilter
    rows: "QuerySet | LatestBuyers | Counted"
    sentence: str
    sort: str
    columns: list[Column]
    chips: list[Chip] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The list as an address, without the page."""
        return urlencode(self.query, doseq=True)

    @property
    def saving(self) -> str:
        """The address as a value of the page that saves it."""
        return urlencode({"query": self.address})

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the search form has no field for and must not lose."""
        return [(name, self.query[name]) for name in (*drilldown.FILTERS, "sort") if name in self.query]

    @property
    def narrowed(self) -> bool:
        """Whether the address asks for some and not for all."""
        return bool(self.chips)

    @property
    def headings(self) -> list[Heading]:
        """The heads of the columns, the name first."""
        return [heading(column, self) for column in [shown_columns.NAME, *self.columns]]

    @property
    def offered(self) -> list[tuple[Column, bool]]:
        """Every column that may be chosen, and whether it is."""
        return [(column, column in self.columns) for column in shown_columns.offered(self.place)]

    def seen(self, page: Page) -> list[Person]:
        """The people of a page as this person may see them."""
        return as_seen(self.place, page)

    def everybody_seen(self) -> Iterator[Person]:
        """Everybody on the list in its order, a few thousand at a time."""
        ordered = self.everybody() if self.sort != SORT else self.everybody().order_by(*shown_columns.ordering(SORT))
        for customer in ordered.iterator(chunk_size=2_000):
            yield person(self.place, customer)

    def everybody(self) -> QuerySet[Customer]:
        """The customers that the address asks for, in no order."""
        return self.rows.queryset if isinstance(self.rows, (LatestBuyers, Counted)) else self.rows


class LatestBuyers:
    """Who bought last first: keys come from the activity alone, and only a page of cards is read.

    In one query the database would join and sort every card of the shop for the fifty that are shown.
    """

    def __init__(self, queryset: QuerySet, place: StaffMember, keys: list[QuerySet]):
        self.queryset = queryset
        self.cards = Customer.objects.picked_for_merchant(place.merchant).with_activity()
        bought = CustomerActivity.objects.filter(merchant=place.merchant, last_at__isnull=False)
        for found in keys:
            bought = bought.filter(customer__in=found)
        self.buyers = bought.order_by("-last_at", "-customer").values_list("customer", flat=True)
        self.others = queryset.filter(activity__last_at=None).order_by("-id")

    def count(self) -> int:
        return self.queryset.count()

    def __getitem__(self, part: slice) -> list[Customer]:
        keys = list(self.buyers[part])
        found = self.cards.in_bulk(keys)
        page = [found[key] for key in keys if key in found]
        wanted = part.stop - part.start - len(keys)
        if wanted:
            skipped = max(part.start - self.buyers.count(), 0)
            page += self.others[skipped : skipped + wanted]
        return page


class Counted:
    """Rows that something quicker than they has counted."""

    def __init__(self, rows: "QuerySet | LatestBuyers", total: int):
        self.rows, self.total = rows, total
        self.queryset = getattr(rows, "queryset", rows)

    def count(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[Customer]:
        return list(self.rows[part])


def find(place: StaffMember, asked: MultiValueDict, *, today: date) -> CustomerList:
    """The list that an address asks for."""
    query = tidy(place, asked)
    merchant = place.merchant
    people = Customer.objects.with_activity()
    by_key = BY_KEY & set(query)
    people = people.picked_for_merchant(merchant) if by_key else people.for_merchant(merchant)
    if "id" in query:
        people = people.filter(public_id__in=query.getlist("id"))
    found = PeopleFilter(query, people, merchant=merchant)
    queryset, sentence = drilldown.filter(found.qs, query, merchant, today)
    sort = query.get("sort", SORT)
    shown = CustomerList(
        place=place,
        query=query,
        filter=found,
        rows=queryset.order_by(*shown_columns.ordering(sort)),
        sentence=sentence,
        sort=sort,
        columns=shown_columns.chosen(place, query.getlist("col")),
    )
    shown.chips = chips(shown)
    shown.rows = quickly(shown, queryset)
    return shown


def quickly(shown: CustomerList, queryset: QuerySet) -> "QuerySet | LatestBuyers | Counted":
    """The rows in the quickest form there is for what is asked."""
    asked = [name for name in shown.query if name not in {"sort", "col"}]
    keys = shown.filter.keys
    if shown.sort != SORT or len(keys) != len(asked) or not set(asked) <= BY_WORDS:
        return shown.rows
    latest = LatestBuyers(queryset, shown.place, keys)
    if len(keys) != 1:
        return latest
    total = keys[0].count()
    return Counted(latest if total > FEW else shown.rows, total)


def tidy(place: StaffMember, asked: MultiValueDict) -> MultiValueDict:
    """What an address asks for, without what is empty, unknown, impossible or not for this person."""
    known = [*FILTERS, *drilldown.FILTERS, "id", "sort", "col"]
    if not place.may(Right.REPORTS):
        known = [name for name in known if name not in VALUE]
    query = MultiValueDict()
    for name in known:
        values = [value.replace("\0", "").strip() for value in asked.getlist(name)]
        if values := [value for value in values if value]:
            query.setlist(name, values if name in {"has", "id", "col"} else values[-1:])
    usual = {column.key for column in shown_columns.chosen(place, [])}
    if {column.key for column in shown_columns.chosen(place, query.getlist("col"))} == usual:
        query.pop("col", None)
    sort = query.get("sort", "")
    column = shown_columns.SORTED_BY.get(sort.removeprefix("-"))
    if column is None or not place.may(column.right) or sort == SORT:
        query.pop("sort", None)
    return query


def without(query: MultiValueDict, *names: str, **values: str) -> str:
    """The address without some parameters, or without one value of one."""
    left = query.copy()
    for name in names:
        left.pop(name, None)
    for name, value in values.items():
        left.setlist(name, [one for one in query.getlist(name) if one != value])
    return "?" + urlencode(left, doseq=True)


def chips(shown: CustomerList) -> list[Chip]:
    """The filters at work, each with the address without it; one that makes no sense is said beside its field."""
    query, form = shown.query, shown.filter.form
    form.is_valid()
    given = [(name, form.cleaned_data.get(name)) for name in FILTERS]
    ways = dict(form.fields["has"].choices)
    made = [
        Chip(_("has %(what)s") % {"what": ways[way]}, without(query, has=way))
        for way in form.cleaned_data.get("has", [])
    ]
    made += [
        Chip(in_words(name, value, form.fields[name].label, shown.place), without(query, name))
        for name, value in given
        if name != "has" and value not in (None, "")
    ]
    if shown.sentence:
        made.append(Chip(shown.sentence, without(query, *drilldown.FILTERS)))
    if "id" in query:
        made.append(Chip(_("ticked ones only"), without(query, "id")))
    return made


def in_words(name: str, value, label: str, place: StaffMember) -> str:
    """A filter and its value as people read them."""
    if name == "search":
        return _("“%(text)s”") % {"text": value}
    if name == "min_value":
        currency = place.merchant.currency
        value = money(int(value.scaleb(DECIMALS[currency])), currency)
    return _("%(filter)s: %(value)s") % {"filter": label, "value": day(value) if isinstance(value, date) else value}


def heading(column: Column, shown: CustomerList) -> Heading:
    """The head of a column; a click turns the order round or starts with the more telling end."""
    if column.order is None:
        return Heading(column)
    down, now = f"-{column.key}", shown.sort
    turned = {down: column.key, column.key: down}.get(now, down if column.downward else column.key)
    query = shown.query.copy()
    query["sort"] = turned
    order = {down: "descending", column.key: "ascending"}.get(now, "")
    return Heading(column, "?" + urlencode(query, doseq=True), order)
