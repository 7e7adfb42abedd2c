"""Home: money first, what changed, what to do today, whether the data can be believed; for each role its own."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from customers.merchants.models import Right, StaffMember
from customers.models import Customer
from loyalty_site.selectors.first_run import FirstRun, first_run
from segments.overview import overview
from segments.recent import recent

from .ever import Figure, figures
from .health import Health, health
from .lately import Lately, lately
from .promised import Promised, promised
from .till import Till, till
from .todo import Todo, todos

__all__ = ["Home", "home"]


@dataclass(slots=True)
class Home:
    """The first page of a shop. Without the right to reports there are no figures of the shop, only one's own."""

    at: datetime
    customers: int
    till: Till | None = None
    lately: Lately | None = None
    todos: list[Todo] = field(default_factory=list)
    health: Health | None = None
    promised: list[Promised] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    empty: bool = False
    first: FirstRun | None = None


def home(place: StaffMember, *, at: datetime) -> Home:
    """Home of the shop at a moment, for this person."""
    shown = Home(at=at, customers=Customer.objects.for_merchant(place.merchant).count())
    if place.may(Right.REPORTS):
        fill(shown, place)
    else:
        shown.till = till(place, at=at)
    return shown


def fill(shown: Home, place: StaffMember) -> None:
    """The figures of a shop (twenty-seven queries, by customers, days and months)."""
    merchant, at = place.merchant, shown.at
    today = at.astimezone(ZoneInfo(merchant.timezone)).date()
    found, days = overview(merchant, as_of=today), recent(merchant, today=today)
    shown.health = health(merchant, at=at)
    shown.lately = lately(days, currency=merchant.currency)
    shown.todos = todos(place, at=at, health=shown.health, gap=found.median_gap_days)
    shown.promised = promised(merchant, at=at)
    shown.figures = figures(found, merchant.currency)
    shown.empty = not (shown.customers or found.purchases)
    shown.first = first_run(merchant) if shown.empty or not shown.promised else None
