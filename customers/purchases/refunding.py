"""Giving back a purchase at the till: an amount of it, or some of its lines."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict, Invalid, Missing
from customers.models import Purchase, PurchaseLine, Refund, RefundLine

from .drafts import CLOCK_TOLERANCE, FutureMoment, InvalidAmount
from .remaining import half_up, lines_of, share, spread
from .returning import MovedMeanwhile, RefundExceedsPurchase, ReturnDraft, ReturnLine, give_back

FUTURE_REFUND = _("The refund lies in the future. Check the clock of the till, or leave the time out to mean now.")
LINE_FIELDS = ["refund", "line", "quantity", "amount"]


class InvalidRefund(Invalid):
    code = "invalid_refund"
    message = _("Say what comes back: either an amount, or lines with their quantities.")


class UnknownLine(Invalid):
    code = "unknown_line"
    message = _("This purchase has no line %(line)d. Its lines are counted from 1.")


class PurchaseVoided(Conflict):
    code = "purchase_voided"
    message = _("This purchase was voided: it counts for nothing, so nothing of it can be given back or moved.")


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = _("What comes back is only a discount, so there is nothing to refund. Name the products with it.")


class TooEarly(Invalid):
    code = "before_purchase"
    message = _("The refund lies before the purchase. Check the date.")


@transaction.atomic
def refund(
    *,
    merchant: Merchant,
    purchase_id: int,
    amount: int | None = None,
    lines: list[tuple[int, Decimal]] | None = None,
    occurred_at: datetime | None = None,
    at: datetime,
    external_id: str | None = None,
    actor: str = "",
) -> ReturnDraft:
    """Give back an amount of a purchase, or lines of it (number and quantity); the purchase and its customer are held.

    One whose receipt (`external_id`) was given back already is answered with the first, marked `duplicate`. Raises
    InvalidRefund, InvalidAmount, UnknownLine, FutureMoment, TooEarly, PurchaseVoided, NothingToRefund and
    RefundExceedsPurchase.
    """
    purchase = hold(merchant=merchant, purchase_id=purchase_id)
    if first := find_first(merchant=merchant, external_id=external_id):
        return first
    if purchase.voided_at:
        raise PurchaseVoided
    draft = ReturnDraft(
        amount=check_amount(amount, lines),
        occurred_at=check_moment(occurred_at or at, purchase, at),
        purchase_id=purchase.pk,
        external_id=external_id,
        actor=actor,
    )
    if lines:
        price(draft, purchase, lines)
    give_back(merchant=merchant, drafts=[draft], at=at)
    rows.insert(RefundLine, LINE_FIELDS, [(draft.pk, one.line_id, one.quantity, one.amount) for one in draft.lines])
    return draft


def refund_once(*, merchant: Merchant, external_id: str | None = None, **what) -> ReturnDraft:
    """`refund`, when another till may be giving back the same receipt in this very moment."""
    try:
        return refund(merchant=merchant, external_id=external_id, **what)
    except IntegrityError:
        if first := find_first(merchant=merchant, external_id=external_id):
            return first
        raise


def hold(*, merchant: Merchant, purchase_id: int, customers: frozenset[int] | set[int] = frozenset()) -> Purchase:
    """A purchase, locked behind its customer and other `customers`, in the order in which everybody locks.

    Raises Missing, and MovedMeanwhile where it went to another customer while this one waited.
    """
    mine = Purchase.objects.for_merchant(merchant).filter(pk=purchase_id)
    owner = mine.values_list("customer", flat=True).first()
    activity.hold(merchant=merchant, customers={owner, *customers} - {None})
    purchase = mine.select_for_update().first()
    if purchase is None:
        raise Missing
    if purchase.customer_id not in {owner, *customers}:
        raise MovedMeanwhile
    return purchase


def find_first(*, merchant: Merchant, external_id: str | None) -> ReturnDraft | None:
    """What was given back with this receipt already."""
    first = Refund.objects.filter(merchant=merchant, external_id=external_id).first() if external_id else None
    if first is None:
        return None
    return ReturnDraft(
        amount=first.amount,
        occurred_at=first.occurred_at,
        customer_id=first.customer_id,
        purchase_id=first.purchase_id,
        external_id=external_id,
        pk=first.pk,
        public_id=first.public_id,
        prepaid=first.prepaid,
        duplicate=True,
    )


def check_amount(amount: int | None, lines: list | None) -> int:
    """The amount to give back, 0 until the lines are priced."""
    if (amount is None) == (not lines):
        raise InvalidRefund(field="amount")
    if amount is not None and amount <= 0:
        raise InvalidAmount(_("A refund gives something back: send an amount above 0."), field="amount")
    return amount or 0


def check_moment(occurred_at: datetime, purchase: Purchase, at: datetime) -> datetime:
    """When something came back: not before it was bought, and not in the future; five minutes are the clocks'."""
    if occurred_at > at + CLOCK_TOLERANCE:
        raise FutureMoment(FUTURE_REFUND, field="occurred_at")
    if occurred_at < purchase.occurred_at - CLOCK_TOLERANCE:
        raise TooEarly(field="occurred_at")
    return max(min(occurred_at, at), purchase.occurred_at)


def price(draft: ReturnDraft, purchase: Purchase, wanted: list[tuple[int, Decimal]]) -> None:
    """Say what lines are worth: their share, by quantity, of what is left of the purchase."""
    if purchase.amount and not purchase.remaining:
        raise RefundExceedsPurchase(field="lines")
    found = {line.number: line for line in lines_of([purchase.pk])}
    before = sum(share(line, line.returned) for line in found.values())
    taken = [(line, quantity, lower(line, quantity)) for line, quantity in chosen(found, wanted)]
    weights = [weight for *__, weight in taken]
    after = before - sum(weights)
    left = max(half_up(Fraction(purchase.remaining * after, before)), 0) if before > 0 else 0
    draft.amount = purchase.remaining - left
    if draft.amount < 0:
        raise NothingToRefund(field="lines")
    draft.lines = [
        ReturnLine(line.pk, quantity, worth)
        for (line, quantity, __), worth in zip(taken, spread(draft.amount, weights), strict=True)
    ]


def chosen(found: dict[int, PurchaseLine], wanted: list[tuple[int, Decimal]]) -> list[tuple[PurchaseLine, Decimal]]:
    """The lines that come back, each once, in order."""
    total: dict[int, Decimal] = {}
    for number, quantity in wanted:
        total[number] = total.get(number, Decimal(0)) + quantity
    for place, (number, quantity) in enumerate(wanted):
        if number not in found:
            raise UnknownLine(values={"line": number}, field=f"lines[{place}].line")
        if quantity <= 0:
            raise InvalidRefund(_("A quantity that comes back is above 0."), field=f"lines[{place}].quantity")
        if total[number] > found[number].quantity - found[number].returned:
            raise RefundExceedsPurchase(field=f"lines[{place}].quantity")
    return [(found[number], quantity) for number, quantity in sorted(total.items())]


def lower(line: PurchaseLine, quantity: Decimal) -> int:
    """What a line has less when a quantity more of it comes back."""
    return share(line, line.returned) - share(line, line.returned + quantity)
