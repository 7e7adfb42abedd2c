"""Taking what is claimed, with the purchase on record: stored value, points for rewards, and uses of vouchers."""

from datetime import datetime

from customers.merchants.models import Location, StaffMember
from rewards import ledger, programs, redemption, vouchers
from rewards.discounts import BALANCE
from rewards.vouchers import Taken

from .holding import Held, Item, naming


def pay(held: Held, *, at: datetime) -> None:
    """Spend the cashback that pays; only what there was before the purchase."""
    for item in held.items:
        if item.claim.kind != BALANCE:
            continue
        with naming(item.place):
            ledger.spend(
                membership=item.member,
                points=item.amount,
                key=balance_key(held.draft.pk),
                at=at,
                actor=held.draft.actor,
                purchase_id=held.draft.pk,
            )


def balance_key(purchase: int) -> str:
    """What names the entry with which cashback pays a purchase (a primary key)."""
    return f"balance:{purchase}"


def redeem(held: Held, *, at: datetime, same_purchase: bool) -> None:
    """Redeem the rewards of programs that let points of the `same_purchase` be used, or of those that do not.

    Raises what `redemption.redeem` does, InsufficientPoints and Deficit among it.
    """
    for item in held.items:
        if item.reward is None or uses_same_purchase(held, item) != same_purchase:
            continue
        with naming(item.place):
            made = redemption.redeem(
                membership=item.member,
                reward=item.reward,
                at=at,
                purchase_id=held.draft.pk,
                location=Location(pk=held.draft.location_id) if held.draft.location_id else None,
                staff=StaffMember(pk=held.draft.staff_id) if held.draft.staff_id else None,
                actor=held.draft.actor,
                before=item.member,
            )
            item.voucher = made.vouchers.get()


def uses_same_purchase(held: Held, item: Item) -> bool:
    """Whether the version that judges the purchase lets its points pay for a reward."""
    [promise] = programs.promises(held.merchant, only=item.reward.program) or [None]
    terms = promise.terms(held.draft.occurred_at) if promise else None
    return terms is None or terms.policies["redeem_same_purchase"]


def use(held: Held, *, at: datetime) -> None:
    """Use what was claimed, each with its place and what it took off or paid (two statements)."""
    draft = held.draft
    taken = [
        Taken(
            voucher=item.voucher,
            customer_id=draft.customer_id,
            purchase_id=draft.pk,
            location_id=draft.location_id,
            staff_id=draft.staff_id,
            amount=item.amount,
            number=number,
            actor=draft.actor,
        )
        for number, item in enumerate(held.items, start=1)
        if item.voucher and (item.reward is None or item.uses_up)
    ]
    vouchers.take(taken, at=at)
