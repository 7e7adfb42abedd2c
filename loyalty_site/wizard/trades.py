"""Eight trades with a promise that fits each, filled in with how people buy at the shop: a start, not a law."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.money import DECIMALS
from rewards.models.programs import Kind
from segments.habits import Habits

BACK = Fraction(1, 20)  # of what is spent, where a trade says nothing else
VISITS = 2  # a month, where the shop's own sales say nothing yet
ORDINARY = 1_500  # minor units of a currency with cents, where the shop's own sales say nothing yet
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a trade suggests, in the words of `programs.create`; `metric` is the objective that it serves best.

    `reward_points` is where a first reward would lie, which is made with the program.
    """

    kind: str
    unit: str | None
    rules: list
    policies: dict
    metric: str
    point_value: Decimal | None = None
    stamps: dict | None = None
    tiers: list = field(default_factory=list)
    reward_points: int | None = None

    def parts(self) -> dict:
        """What `programs.create` takes, but for the name."""
        parts = {"kind": self.kind, "unit": self.unit, "rules": self.rules, "policies": self.policies}
        return {
            **parts,
            "tiers": self.tiers,
            "point_value": self.point_value,
            **({"stamps": self.stamps} if self.stamps else {}),
        }


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade by its name, with the sentence that says what fits it."""

    name: str
    label: str
    why: str
    suggest: Callable[[Habits, str], Suggestion] = field(repr=False)


def basket(habits: Habits, currency: str) -> int:
    """The basket in the middle; an ordinary one where the shop has no sales yet."""
    return habits.basket or max(ORDINARY * 10 ** DECIMALS[currency] // 100, 1)


def rounded(amount: Fraction | int, currency: str) -> int:
    """An amount that people can remember, near the given one and not above it: 1, 2 or 5 times a power of ten."""
    unit = max(10 ** DECIMALS[currency] // 10, 1)
    best = unit
    while unit <= amount:
        best = max([best, *(step * unit for step in STEPS if step * unit <= amount)])
        unit *= 10
    return best


def regulars_year(habits: Habits, currency: str) -> int:
    """About what a regular spends in twelve months, down to its first digit, so that most of them reach it."""
    amount = int(basket(habits, currency) * (habits.visits or VISITS) * 12)
    unit = 10 ** (len(str(amount)) - 1)
    return max(amount // unit * unit, 1)


def ladder(name: str, threshold: int, factor: str) -> list[dict]:
    """Two tiers: one for everybody from the start, and a better one."""
    return [{"name": _("Regular"), "threshold": 0}, {"name": name, "threshold": threshold, "multiply": factor}]


def stamps(*, size: int, reward: str, share: Fraction) -> Callable[[Habits, str], Suggestion]:
    """A stamp for a purchase of at least a share of the ordinary basket."""

    def suggest(habits: Habits, currency: str) -> Suggestion:
        least = rounded(basket(habits, currency) * share, currency)
        rule = {
            "name": _("A stamp a visit"),
            "trigger": "purchase",
            "award": {"fixed": 1},
            "when": {"min_amount": least},
        }
        rule["limits"] = {"per_customer": {"times": 1, "period": "day"}}
        gift = {"name": str(reward), "benefit": {"kind": "experience", "text": str(reward)}}
        return Suggestion(
            kind=Kind.STAMPS,
            unit=None,
            rules=[rule],
            policies={"expiry": {"kind": "months", "months": 12}},
            metric="visits_per_month",
            stamps={"size": size, "reward": gift},
            reward_points=size,
        )

    return suggest


def points(
    *, metric: str, back: Fraction = BACK, visits: int = 8, months: int = 12, tiered: bool = False
) -> Callable[[Habits, str], Suggestion]:
    """A point for each unit of money, worth a part of it; a first reward after so many ordinary visits.

    `tiered`: whoever spends in a year what a regular does earns half as much again.
    """

    def suggest(habits: Habits, currency: str) -> Suggestion:
        every = 10 ** DECIMALS[currency] if DECIMALS[currency] else rounded(basket(habits, currency) // 10, currency)
        rule = {"name": _("Points"), "trigger": "purchase", "award": {"per_amount": {"points": 1, "every": every}}}
        per_visit = basket(habits, currency) // every
        worth = Decimal(int(every * back * 10_000)) / 10_000
        return Suggestion(
            kind=Kind.POINTS,
            unit=None,
            rules=[rule],
            policies={"expiry": {"kind": "months", "months": months}},
            metric=metric,
            point_value=worth,
            tiers=ladder(_("Friend"), regulars_year(habits, currency), "1.5") if tiered else [],
            reward_points=max(per_visit * visits, 1),
        )

    return suggest


# For who takes the other kind than the trade suggests.
PLAIN_CARD = stamps(size=10, reward=gettext_lazy("Something on the house"), share=Fraction(1, 3))
PLAIN_POINTS = points(metric="visits_per_month")

TRADES = [
    Trade(
        "cafe",
        gettext_lazy("Café"),
        gettext_lazy("Many small visits: a card of stamps that fills quickly."),
        stamps(size=10, reward=gettext_lazy("A coffee"), share=Fraction(1, 3)),
    ),
    Trade(
        "bakery",
        gettext_lazy("Bakery"),
        gettext_lazy("Baskets differ: points for what is spent, seen every week."),
        points(metric="visits_per_month"),
    ),
    Trade(
        "salon",
        gettext_lazy("Hair and beauty"),
        gettext_lazy("Few, large visits: each one counts."),
        stamps(size=6, reward=gettext_lazy("A treatment on the house"), share=Fraction(1, 2)),
    ),
    Trade(
        "shop",
        gettext_lazy("Shop"),
        gettext_lazy("Points for what is spent, and more of them for friends of the house."),
        points(metric="revenue_per_month", back=Fraction(3, 100), tiered=True),
    ),
    Trade(
        "restaurant",
        gettext_lazy("Restaurant"),
        gettext_lazy("Points for the bill: guests become regulars."),
        points(metric="active_customers", visits=6),
    ),
    Trade(
        "gym",
        gettext_lazy("Gym and studio"),
        gettext_lazy("Showing up is what counts: a stamp a day."),
        stamps(size=12, reward=gettext_lazy("A guest pass"), share=Fraction(1, 100)),
    ),
    Trade(
        "pets",
        gettext_lazy("Pet shop"),
        gettext_lazy("The same food every month: points that last."),
        points(metric="revenue_per_month", visits=6, months=18),
    ),
    Trade(
        "wash",
        gettext_lazy("Car wash"),
        gettext_lazy("The same each time: stamps, the last one free."),
        stamps(size=8, reward=gettext_lazy("A wash"), share=Fraction(1, 2)),
    ),
]
