"""Home, to be understood in ten seconds: money, three things to do, the objective, whether all of it can be believed.

For each role its own. What takes longer to read is on the page of figures (`selectors.figures`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.models import Right, StaffMember
from customers.models import Customer
from loyalty_site.selectors.first_run import FirstRun, first_run

from .health import Health, health
from .money import Money, money_of
from .objective import Objective, objective
from .till import Till, till
from .todo import SHOWN, Todo, todos

__all__ = ["Home", "home"]


@dataclass(slots=True)
class Home:
    """The first page of a shop. Without the right to reports there are no figures of the shop, only one's own.

    `todos` are the three most urgent things, `more` the others; `customers` is counted where no figures are shown.
    """

    at: datetime
    today: date
    customers: int = 0
    till: Till | None = None
    money: Money | None = None
    todos: list[Todo] = field(default_factory=list)
    more: list[Todo] = field(default_factory=list)
    objective: Objective | None = None
    health: Health | None = None
    empty: bool = False
    first: FirstRun | None = None

    @property
    def few(self) -> str:
        """What is said where there are less than three things to do."""
        if len(self.todos) == SHOWN:
            return ""
        if not self.todos:
            return _("Nothing waits for you: nobody is slipping away, nothing is about to expire, the work goes on.")
        return ngettext(
            "Nothing else waits: %(number)d thing is all there is.",
            "Nothing else waits: these %(number)d things are all there is.",
            len(self.todos),
        ) % {"number": len(self.todos)}


def home(place: StaffMember, *, at: datetime) -> Home:
    """Home of the shop at a moment, for this person."""
    shown = Home(at=at, today=at.astimezone(ZoneInfo(place.merchant.timezone)).date())
    if place.may(Right.REPORTS):
        fill(shown, place)
    else:
        shown.customers = Customer.objects.for_merchant(place.merchant).count()
        shown.till = till(place, at=at)
    return shown


def fill(shown: Home, place: StaffMember) -> None:
    """The figures of a shop (twenty-eight queries at most, by the days of three months and by customers)."""
    merchant, at, today = place.merchant, shown.at, shown.today
    shown.money = money_of(merchant, at=at, today=today)
    programs = [one.program for one in shown.money.spendings]
    shown.health = health(merchant, at=at, today=today)
    shown.objective = objective(merchant, programs, at=at, today=today, first_day=shown.money.found.since)
    every = todos(
        place, at=at, today=today, health=shown.health, spendings=shown.money.spendings, objective=shown.objective
    )
    shown.todos, shown.more = every[:SHOWN], every[SHOWN:]
    if shown.health.purchase is None:
        shown.customers = Customer.objects.for_merchant(merchant).count()
        shown.empty = not shown.customers
    shown.first = first_run(merchant) if shown.empty or not shown.money.promised else None
