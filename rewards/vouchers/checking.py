"""Whether a voucher may be used: by whom, when, and in which purchase."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict, Invalid
from customers.models import Customer
from rewards.models import Voucher
from rewards.models.vouchers import EXPIRED, VoucherStatus


class VoucherUsed(Conflict):
    code = "voucher_used"
    message = _("This voucher has been used already.")


class VoucherRevoked(Conflict):
    code = "voucher_revoked"
    message = _("The shop has revoked this voucher. It can no longer be used.")


class VoucherCancelled(Conflict):
    code = "voucher_cancelled"
    message = _("This voucher was cancelled, because what it was earned with came back.")


class VoucherExpired(Conflict):
    code = "voucher_expired"
    message = _("This voucher has expired.")


class VoucherNotStarted(Conflict):
    code = "voucher_not_started"
    message = _("This voucher cannot be used yet. Look at the day from which it holds.")


class VoucherNotYours(Conflict):
    code = "voucher_not_yours"
    message = _("This voucher belongs to another customer.")


class CustomerRequired(Invalid):
    code = "customer_required"
    message = _("This voucher is limited for each customer. Say who uses it.")


class VoucherMinimum(Conflict):
    code = "voucher_minimum"
    message = _("This voucher holds for larger purchases only. Look at the smallest amount it asks for.")


class VoucherChanged(Conflict):
    code = "voucher_changed"
    message = _("This voucher has changed since you looked. See what is left of it, then do it again if it is right.")


ENDED = {
    VoucherStatus.USED: VoucherUsed,
    VoucherStatus.REVOKED: VoucherRevoked,
    VoucherStatus.CANCELLED: VoucherCancelled,
}


def refuse_unusable(voucher: Voucher, *, customer: Customer | None, at: datetime, amount: int | None) -> None:
    """Refuse a voucher that this customer cannot use now in a purchase that costs `amount` before discounts.

    Raises VoucherUsed (also when this customer has used it as often as one may), VoucherRevoked, VoucherCancelled,
    VoucherExpired, VoucherNotStarted, VoucherNotYours, CustomerRequired, VoucherMinimum (also when nobody says what
    the purchase costs). Hold the voucher before, if it shall be used. One query where there is a limit per customer.
    """
    refuse_time(voucher, at)
    refuse_person(voucher, customer.pk if customer else None)
    refuse_basket(voucher, amount)


def refuse_time(voucher: Voucher, at: datetime) -> None:
    """Refuse a voucher that nobody can use at a moment."""
    if ended := ENDED.get(voucher.status):
        raise ended(field="code")
    if voucher.expires_at is not None and voucher.expires_at <= at:
        raise VoucherExpired(field="code")
    if voucher.starts_at is not None and voucher.starts_at > at:
        raise VoucherNotStarted(field="code")


def refuse_person(voucher: Voucher, customer: int | None) -> None:
    """Refuse a voucher that is somebody else's, or that this customer has used as often as one may."""
    if voucher.customer_id and customer and customer != voucher.customer_id:
        raise VoucherNotYours(field="code")
    if voucher.per_customer is None:
        return
    who = customer or voucher.customer_id
    if who is None:
        raise CustomerRequired(field="customer")
    if voucher.uses.standing().filter(customer=who).count() >= voucher.per_customer:
        raise VoucherUsed(_("This customer has used this voucher as often as one may."), field="code")


def refuse_nobody(voucher: Voucher) -> None:
    """Refuse a voucher that names a customer in a purchase that names none."""
    if voucher.customer_id:
        raise VoucherNotYours(
            _("This voucher belongs to a customer, and this purchase to nobody. Say who buys."), field="code"
        )


def refuse_basket(voucher: Voucher, amount: int | None) -> None:
    """Refuse a voucher that asks for a larger purchase, or for one whose amount nobody says."""
    if voucher.min_amount and (amount is None or amount < voucher.min_amount):
        raise VoucherMinimum(field="code", min_amount=voucher.min_amount)


def left(voucher: Voucher) -> int:
    """What is left of it: of a gift card minor units, of all others uses."""
    return voucher.uses_left if voucher.balance is None else voucher.balance


def refuse_changed(voucher: Voucher, seen: int | None) -> None:
    """Refuse what somebody does who saw something else left of it: a button pressed twice counts once."""
    if seen is not None and seen != left(voucher):
        raise VoucherChanged(field="code")


def status(voucher: Voucher, *, at: datetime) -> str:
    """The status at a moment: an open voucher whose time is over is expired."""
    over = voucher.expires_at is not None and voucher.expires_at <= at
    return EXPIRED if over and voucher.status == VoucherStatus.OPEN else voucher.status


def is_untouched(voucher: Voucher) -> bool:
    """Whether it is open and nothing of it has been used; of many see the queryset's `untouched`."""
    whole = voucher.balance is None or voucher.balance == voucher.benefit["amount"]
    return whole and voucher.status == VoucherStatus.OPEN and voucher.uses_left == voucher.uses_allowed
