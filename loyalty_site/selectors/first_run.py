"""How far a new shop is: each step ticks itself off by what really exists, so nothing is stored."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS
from customers.merchants.templatetags.ficha import money
from customers.models import Customer, Purchase
from rewards.models import Program


@dataclass(slots=True)
class Step:
    """One thing to do: what it is called in templates, its title, why, and whether it is done."""

    name: str
    title: str
    sentence: str
    done: bool


@dataclass(slots=True)
class FirstRun:
    """The steps of a new shop; `current` is the first that is not done, None when all are."""

    steps: list[Step]
    fixed: bool

    @property
    def current(self) -> str | None:
        return next((step.name for step in self.steps if not step.done), None)


def first_run(merchant: Merchant) -> FirstRun:
    """The steps of this shop (three queries)."""
    bought = Purchase.objects.for_merchant(merchant).exists()
    known = bought or Customer.objects.for_merchant(merchant).exists()
    started = Program.objects.for_merchant(merchant).started().exists()
    return FirstRun([shop(merchant, fixed=bought), people(done=known), program(merchant, done=started)], fixed=bought)


def shop(merchant: Merchant, *, fixed: bool) -> Step:
    """The shop itself: it exists, so this is done; what is wrong can be mended while nothing is recorded."""
    words = {"currency": merchant.currency, "zone": merchant.timezone.replace("_", " ")}
    if fixed:
        sentence = _("It counts in %(currency)s and by the days of %(zone)s, now for good.") % words
    else:
        sentence = (
            _("It counts in %(currency)s and by the days of %(zone)s. With the first purchase both are fixed.") % words
        )
    return Step("shop", _("The shop is called %(name)s") % {"name": merchant.name}, sentence, done=True)


def people(*, done: bool) -> Step:
    """Customers: from the till's history, or one by one."""
    return Step(
        "people",
        _("Bring in your customers"),
        _(
            "A table from the till with customer, date and amount is enough: who comes back shows at once. "
            "Or begin with the next person at the counter."
        ),
        done=done,
    )


def program(merchant: Merchant, *, done: bool) -> Step:
    """The first promise."""
    one = money(10 ** DECIMALS[merchant.currency], merchant.currency)
    return Step(
        "program",
        _("Promise something for coming back"),
        _(
            "For example 1 point for each full %(amount)s. "
            "It may begin in the past, so that the history you bring in earns too."
        )
        % {"amount": one},
        done=done,
    )
