"""What claims take off a basket, decided by plain values alone; no database, no clock.

Free products come first, then percentages, then fixed amounts, then the shipping, and stored value pays last; within a
kind in the order given. A total is never below zero. What is taken off is spread over the lines by largest remainder,
ties to the earlier line, so that the shares add up to the cent in every currency.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import floor

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict
from customers.purchases import remaining

BALANCE = "balance"  # the kind of a claim on cashback; the others are kinds of benefits
LAST = 9


class NotApplicable(Conflict):
    code = "not_applicable"
    message = _("Nothing in this basket is what this gives for free. Add the product, or leave this out.")


@dataclass(frozen=True, slots=True)
class Line:
    """A line before discounts: its total in minor units (negative ones get no share), units, and what it is."""

    amount: int
    quantity: Decimal = Decimal(0)
    sku: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A benefit that somebody claims; `worth` is what stored value can pay, `place` the field that a refusal names."""

    benefit: dict
    worth: int = 0
    place: str | None = None

    @property
    def kind(self) -> str:
        return self.benefit["kind"]

    @property
    def pays(self) -> bool:
        """Whether it is stored value: a payment, which lowers no price."""
        return self.kind in STORED

    @property
    def takes_off(self) -> bool:
        """Whether it lowers the price."""
        return self.kind in KINDS


@dataclass(slots=True)
class Basket:
    """What is left of each line while claims are taken off it, one after the other."""

    lines: Sequence[Line]
    shipping: int
    shipping_at: int | None
    left: list[int] = field(init=False)
    freed: list[Fraction] = field(init=False)
    prepaid: int = 0

    def __post_init__(self):
        self.left = [line.amount for line in self.lines]
        self.freed = [Fraction(0) for __ in self.lines]

    @property
    def total(self) -> int:
        """What all lines cost now; lines below zero count."""
        return sum(self.left)

    @property
    def due(self) -> int:
        """What is still to be paid in money."""
        return self.total - self.prepaid

    def spread(self, amount: int) -> int:
        """Take an amount off all lines, each as it has weight, as far as there is anything; returns what it was."""
        amount = min(amount, self.total)
        if amount <= 0:
            return 0
        shares = remaining.spread(amount, [max(one, 0) for one in self.left])
        self.left = [one - share for one, share in zip(self.left, shares, strict=True)]
        return amount

    def free(self, place: int, units: Fraction) -> int:
        """Take units off one line, as far as there is anything; returns what they cost."""
        line, before = self.lines[place], self.freed[place]
        self.freed[place] = before + units
        worth = price_of(line, self.freed[place]) - price_of(line, before)
        worth = max(min(worth, self.total, self.left[place]), 0)
        self.left[place] -= worth
        return worth


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What each claim takes off or pays (in the order given), what each line has less, and what stored value pays."""

    taken: list[int]
    shares: list[int]
    prepaid: int

    @property
    def discount(self) -> int:
        """What is taken off in all."""
        return sum(self.shares)


def reckon(
    *, lines: Sequence[Line], claims: Sequence[Claim], shipping: int = 0, shipping_at: int | None = None
) -> Reckoned:
    """What claims do to lines, in minor units. `shipping` is a part of the lines' sum: the line at `shipping_at`, or
    of all of them.

    A claim that finds nothing left takes 0. Raises NotApplicable for a free product that is not in the basket, and for
    free shipping where nothing is shipped.
    """
    basket = Basket(lines, shipping, shipping_at)
    taken = [0] * len(claims)
    for place in sorted(range(len(claims)), key=lambda place: RANKS.get(claims[place].kind, LAST)):
        claim = claims[place]
        if claim.pays:
            taken[place] = max(min(claim.worth, basket.due), 0)
            basket.prepaid += taken[place]
        elif claim.takes_off:
            taken[place] = KINDS[claim.kind](basket, claim)
    shares = [line.amount - left for line, left in zip(lines, basket.left, strict=True)]
    return Reckoned(taken, shares, basket.prepaid)


def free_product(basket: Basket, claim: Claim) -> int:
    """The cheapest matching units that nothing has freed yet, parts of a unit too."""
    wanted = Fraction(claim.benefit.get("quantity") or 1)
    places = [place for place, line in enumerate(basket.lines) if matches(line, claim.benefit)]
    open_ones = [place for place in places if basket.freed[place] < Fraction(basket.lines[place].quantity)]
    if not open_ones:
        raise NotApplicable(field=claim.place)
    taken = 0
    for place in sorted(open_ones, key=lambda place: unit_price(basket.lines[place])):
        units = min(wanted, Fraction(basket.lines[place].quantity) - basket.freed[place])
        if units:
            taken += basket.free(place, units)
            wanted -= units
    return taken


def percent_off(basket: Basket, claim: Claim) -> int:
    """So much of a hundred of what is left, half up, no more than its cap."""
    exact = Fraction(basket.total * claim.benefit["percent"], 100)
    return basket.spread(min(remaining.half_up(exact), claim.benefit.get("max_amount") or basket.total))


def amount_off(basket: Basket, claim: Claim) -> int:
    return basket.spread(claim.benefit["amount"])


def free_shipping(basket: Basket, claim: Claim) -> int:
    """What is left of the shipping."""
    if not basket.shipping:
        raise NotApplicable(
            _("Nothing of this purchase is shipping. Send 'shipping', or leave this out."), field=claim.place
        )
    if basket.shipping_at is None:
        whole = sum(line.amount for line in basket.lines)
        return basket.spread(remaining.half_up(Fraction(basket.shipping * basket.total, whole)) if whole else 0)
    taken = max(min(basket.left[basket.shipping_at], basket.total), 0)
    basket.left[basket.shipping_at] -= taken
    return taken


KINDS: dict[str, Callable[[Basket, Claim], int]] = {
    "free_product": free_product,
    "percent_off": percent_off,
    "amount_off": amount_off,
    "free_shipping": free_shipping,
}
STORED = ("gift_card", BALANCE)
RANKS = {kind: rank for rank, kind in enumerate([*KINDS, *STORED])}


def matches(line: Line, benefit: dict) -> bool:
    """Whether a line has units of what a benefit gives for free, and they cost something."""
    if line.amount <= 0 or line.quantity <= 0:
        return False
    if benefit.get("sku"):
        return line.sku.strip().casefold() == benefit["sku"].strip().casefold()
    return line.category.strip().casefold() == benefit["category"].strip().casefold()


def unit_price(line: Line) -> Fraction:
    """What one unit of a line costs, exactly."""
    return line.amount / Fraction(line.quantity)


def price_of(line: Line, units: Fraction) -> int:
    """What the first units of a line cost, half up: so all of them cost its amount, however they are taken."""
    return floor(unit_price(line) * units + Fraction(1, 2))


def pro_rata(part: int, came_back: int, whole: int) -> int:
    """How much of a part of a purchase has come back, when `came_back` of the `whole` has: rounded down, all of it at
    the end.
    """
    return part * came_back // whole if whole else part
