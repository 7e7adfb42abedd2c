"""Taking something back without its receipt: nobody knows which purchase it was of."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant

from .drafts import CLOCK_TOLERANCE, LARGEST_AMOUNT, FutureMoment, InvalidAmount, LineDraft
from .refunding import FUTURE_REFUND, InvalidRefund, find_first
from .returning import ReturnDraft, give_back


@transaction.atomic
def take(
    *,
    merchant: Merchant,
    customer_id: int,
    at: datetime,
    amount: int | None = None,
    goods: list[LineDraft] | None = None,
    occurred_at: datetime | None = None,
    external_id: str | None = None,
    actor: str = "",
) -> ReturnDraft:
    """Take back an amount, or `goods` (what they cost then), of a customer who has no receipt.

    One whose `external_id` was taken back already is answered with the first, marked `duplicate`. Raises InvalidRefund,
    InvalidAmount and FutureMoment.
    """
    if first := find_first(merchant=merchant, external_id=external_id):
        return first
    draft = ReturnDraft(
        amount=check_amount(amount, goods or []),
        occurred_at=check_moment(occurred_at or at, at),
        customer_id=customer_id,
        external_id=external_id,
        actor=actor,
        goods=goods or [],
    )
    give_back(merchant=merchant, drafts=[draft], at=at)
    return draft


def take_once(*, merchant: Merchant, external_id: str | None = None, **what) -> ReturnDraft:
    """`take`, when another till may be taking back the same in this very moment."""
    try:
        return take(merchant=merchant, external_id=external_id, **what)
    except IntegrityError:
        if first := find_first(merchant=merchant, external_id=external_id):
            return first
        raise


def check_amount(amount: int | None, goods: list[LineDraft]) -> int:
    """What is given back for it: an amount, or the sum of what each of the goods cost."""
    if (amount is None) == (not goods):
        raise InvalidRefund(field="amount")
    worth = sum(one.amount for one in goods) if amount is None else amount
    if not 0 < worth <= LARGEST_AMOUNT or any(not 0 <= one.amount <= LARGEST_AMOUNT for one in goods):
        raise InvalidAmount(
            _("A return gives something back: send amounts above 0."), field="lines" if goods else "amount"
        )
    return worth


def check_moment(occurred_at: datetime, at: datetime) -> datetime:
    """When it came back: not in the future; five minutes are the clocks'."""
    if occurred_at > at + CLOCK_TOLERANCE:
        raise FutureMoment(FUTURE_REFUND, field="occurred_at")
    return min(occurred_at, at)
