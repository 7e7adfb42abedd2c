"""Using vouchers: each once more, and gift cards a part of their balance."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Location, StaffMember
from customers.merchants.refusals import Conflict, Invalid
from customers.models import Customer, Purchase
from customers.purchases import PurchaseVoided
from rewards.models import Voucher, VoucherUse
from rewards.models.vouchers import VoucherStatus

from .checking import VoucherUsed, refuse_basket, refuse_changed, refuse_nobody, refuse_person, refuse_time
from .finding import locked

CHANGED = ["uses_left", "balance", "status"]


class AmountRequired(Invalid):
    code = "amount_required"
    message = _("Say how much the gift card pays, in minor units, more than nothing.")


class BalanceExceeded(Conflict):
    """The code is that of `use_balance`: a till has one answer to stored value that does not suffice."""

    code = "insufficient_points"
    message = _("There is less on this gift card. Take what it holds, and the rest in another way.")


class PurchaseReturned(Conflict):
    code = "purchase_returned"
    message = _("All of this purchase has come back: no voucher can be used in it any more.")


class MoreThanDue(Conflict):
    code = "more_than_due"
    message = _("A gift card pays no more than the purchase costs. Take what is still due, or less.")


@dataclass(slots=True)
class Taken:
    """A use to write: of a voucher that is held, and that was found usable."""

    voucher: Voucher
    customer_id: int | None = None
    purchase_id: int | None = None
    location_id: int | None = None
    staff_id: int | None = None
    amount: int | None = None
    number: int = 1
    actor: str = ""


@transaction.atomic
def use(
    *,
    voucher: Voucher,
    at: datetime,
    seen: int | None = None,
    customer: Customer | None = None,
    location: Location | None = None,
    staff: StaffMember | None = None,
    purchase: Purchase | None = None,
    amount: int | None = None,
    basket: int | None = None,
    number: int = 0,
    actor: str = "",
) -> Voucher:
    """Use a voucher once, and note where, by whom and with which purchase.

    `seen` is what was `left` of the voucher where somebody pressed a button: pressing it twice uses it once, and then
    says so (VoucherChanged).

    `amount` is what a gift card pays, or what another voucher took off, as far as that is known; `basket` is what the
    purchase costs before discounts where `purchase` is not on record. Both are minor units. `number` is the place among
    what is claimed in the purchase, 0 for a voucher that is noted on it later. Raises what `refuse_unusable` does, and
    AmountRequired, BalanceExceeded and MoreThanDue for a gift card, PurchaseVoided for a purchase that counts for
    nothing, and PurchaseReturned for one of which nothing is left.
    """
    purchase = standing(purchase)
    voucher = locked(voucher)
    named, buyer = customer and customer.pk, purchase and purchase.customer_id
    refuse_time(voucher, at)
    refuse_changed(voucher, seen)
    refuse_people(voucher, {named, buyer} - {None}, in_purchase=purchase is not None)
    refuse_basket(voucher, purchase.full_amount if purchase else basket)
    if purchase and voucher.balance is not None and not number:
        refuse_more_than_due(purchase, amount)
    keys = [thing and thing.pk for thing in (purchase, location, staff)]
    take([Taken(voucher, named or buyer or voucher.customer_id, *keys, amount, number, actor)], at=at)
    return voucher


def refuse_people(voucher: Voucher, people: set[int], *, in_purchase: bool) -> None:
    """Refuse a voucher that one of these people (keys) may not use; where there are none, as a sale to nobody or a use
    of which nobody said whose it is.
    """
    if in_purchase and not people:
        refuse_nobody(voucher)
    for who in people or {None}:
        refuse_person(voucher, who)


def standing(purchase: Purchase | None) -> Purchase | None:
    """The purchase as it is, held before the voucher: what is noted on one that is voided, or that has come back whole,
    would never be free again.
    """
    if purchase is None:
        return None
    held = Purchase.objects.select_for_update().get(pk=purchase.pk)
    if held.voided_at:
        raise PurchaseVoided(_("This purchase was voided: no voucher can be used in it."), field="purchase")
    if held.amount and not held.remaining:
        raise PurchaseReturned(field="purchase")
    return held


def refuse_more_than_due(purchase: Purchase, amount: int | None) -> None:
    """Refuse to note that a gift card paid more than a purchase in hand costs, less what paid before (one query)."""
    noted = VoucherUse.objects.standing().filter(purchase=purchase, number=0, voucher__balance__isnull=False)
    due = purchase.amount_due - sum(noted.values_list("amount", flat=True))
    if amount and amount > due:
        raise MoreThanDue(field="amount", due=due)


def take(taken: list[Taken], *, at: datetime) -> None:
    """Write uses of vouchers that are held and were found usable, and keep these in step (two statements).

    Raises AmountRequired and BalanceExceeded for gift cards, VoucherUsed for one used more often than it may be.
    """
    if not taken:
        return
    for one in taken:
        draw(one)
    VoucherUse.objects.bulk_create(
        VoucherUse(
            voucher=one.voucher,
            used_at=at,
            customer_id=one.customer_id,
            purchase_id=one.purchase_id,
            location_id=one.location_id,
            staff_id=one.staff_id,
            amount=one.amount,
            number=one.number,
            actor=one.actor,
        )
        for one in taken
    )
    Voucher.objects.bulk_update({one.voucher.pk: one.voucher for one in taken}.values(), CHANGED)


def draw(taken: Taken) -> None:
    """Take one use, or a part of the balance, off a voucher in hand."""
    voucher = taken.voucher
    if voucher.status != VoucherStatus.OPEN:
        raise VoucherUsed(field="code")
    if voucher.balance is None:
        voucher.uses_left -= 1
    else:
        if not taken.amount:
            raise AmountRequired(field="amount")
        if taken.amount > voucher.balance:
            raise BalanceExceeded(field="amount", balance=voucher.balance)
        voucher.balance -= taken.amount
        voucher.uses_left = 1 if voucher.balance else 0
    if not voucher.uses_left:
        voucher.status = VoucherStatus.USED
