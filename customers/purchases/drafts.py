"""A purchase as a till tells it, before it is on record."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from customers.identity import Identifiers
from customers.merchants.refusals import Invalid

CLOCK_TOLERANCE = timedelta(minutes=5)
LARGEST_AMOUNT = 10**12  # minor units; more is a slip of the finger
SHIPPING = "shipping"  # the category of the line that the shipping becomes
CHANNELS = ("store", "web", "app", "phone", "pickup", "marketplace")


class InvalidAmount(Invalid):
    code = "invalid_amount"
    message = _("The amount must be a whole number of minor units from 0 to 1,000,000,000,000.")


class LinesDisagree(Invalid):
    code = "lines_disagree"


class InvalidShipping(Invalid):
    code = "invalid_shipping"
    message = _("The shipping is a part of the amount and cannot be more than it.")


class FutureMoment(Invalid):
    code = "future_date"
    message = _("The purchase lies in the future. Check the clock of the till, or leave the time out to mean now.")


@dataclass(slots=True)
class LineDraft:
    """A line; `amount` is its total in minor units and authoritative. Imports may bring negative ones (a discount).

    Once claims are reckoned it is what is left of that total after `discount`, the line's share of theirs.
    """

    amount: int
    quantity: Decimal = Decimal(1)
    sku: str = ""
    name: str = ""
    category: str = ""
    unit_amount: int | None = None
    excluded: bool = False
    discount: int = 0

    @property
    def full(self) -> int:
        """What it costs before discounts, in minor units."""
        return self.amount + self.discount


@dataclass(slots=True)
class Wishes:
    """What a customer wants to use in a purchase, as the till names it: rewards by id, vouchers by code, and stored
    value (`balance`: the id of a program and an amount in minor units).
    """

    rewards: list[str] = field(default_factory=list)
    vouchers: list[str] = field(default_factory=list)
    balance: tuple[str, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.rewards or self.vouchers or self.balance)


@dataclass(slots=True)
class PurchaseDraft:
    """What is to be recorded, and by whom (`actor`: a public id).

    `amount` is the full one, of which `shipping` is a part, until its `wishes` are reckoned; then it is what is left
    after `discount`, and `prepaid` of that is paid with stored value. `buyer` is whom the till named where the card is
    still to be found or made, with the purchase or not at all. After `record`: `pk`, `public_id`, `occurred_on`,
    and `duplicate` for one that stood already.
    """

    amount: int
    occurred_at: datetime
    customer_id: int | None = None
    buyer: Identifiers | None = None
    external_id: str | None = None
    channel: str = "store"
    location_id: int | None = None
    staff_id: int | None = None
    imported_id: int | None = None
    actor: str = ""
    code: str = ""  # what the customer said at the till; rules look at it
    lines: list[LineDraft] = field(default_factory=list)
    shipping: int = 0
    discount: int = 0
    prepaid: int = 0
    claims: int = 0
    wishes: Wishes | None = None
    occurred_on: date | None = None
    pk: int | None = None
    public_id: str | None = None
    duplicate: bool = False


def check(
    *, amount: int | None, lines: list[LineDraft], occurred_at: datetime, at: datetime, shipping: int = 0
) -> tuple[int, datetime]:
    """The amount and moment that count; raises InvalidAmount, InvalidShipping, LinesDisagree or FutureMoment.

    Without an amount it is the lines' sum, and the shipping; with both they must agree. Shipping that the lines do not
    hold becomes a line of its own, the last. Up to five minutes ahead counts as now.
    """
    if any(abs(line.amount) > LARGEST_AMOUNT for line in lines):
        raise InvalidAmount(field="lines")
    held = amount is None and line_of_shipping(lines, shipping) is not None
    if lines and shipping and not held and amount in {None, sum(line.amount for line in lines) + shipping}:
        lines.append(LineDraft(amount=shipping, name=SHIPPING.capitalize(), category=SHIPPING))
    total = sum(line.amount for line in lines)
    if amount is None and not lines:
        raise InvalidAmount(_("A purchase needs an amount or lines."), field="amount")
    if amount is not None and lines and amount != total:
        raise LinesDisagree(
            _("The lines add up to %(lines)d, but the amount says %(amount)d. Send only one of them, or correct it."),
            values={"lines": total, "amount": amount},
            field="amount",
        )
    amount = total if amount is None else amount
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise InvalidAmount(field="amount")
    if shipping > amount:
        raise InvalidShipping(field="shipping")
    if occurred_at > at + CLOCK_TOLERANCE:
        raise FutureMoment(field="occurred_at")
    return amount, min(occurred_at, at)


def line_of_shipping(lines: list[LineDraft], shipping: int) -> int | None:
    """The place of the line that is the shipping: of that amount and category, the last of several."""
    places = [
        place
        for place, line in enumerate(lines)
        if shipping and line.amount == shipping and line.category.strip().casefold() == SHIPPING
    ]
    return places[-1] if places else None
