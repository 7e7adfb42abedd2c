"""Forgetting a customer: only when nobody loses anything by it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import audit, erasing
from customers.merchants.refusals import Conflict
from customers.models import Customer
from customers.models.trust import Deed
from rewards import vouchers
from rewards.models import Membership, Redemption, Voucher
from rewards.models.rewards import RedemptionStatus
from segments.surveys import answering


class OpenVouchers(Conflict):
    code = "open_vouchers"
    message = _(
        "Vouchers in this customer's name can still be used: %(count)d. Use or revoke them first, or say that they are "
        "to be revoked."
    )


class InPool(Conflict):
    code = "in_pool"
    message = _(
        "This customer shares an account with others. Leave the shared account first, so that they keep theirs."
    )


class SetAside(Conflict):
    code = "reward_held"
    message = _("A reward is set aside for this customer. Capture or cancel it first.")


@transaction.atomic
def erase_customer(*, customer: Customer, at: datetime, actor: str, revoke_vouchers: bool = False) -> Customer:
    """Erase the data of a customer (see `erasing.erase`); ledger and totals stay, the deed is logged.

    Raises InPool, SetAside, and OpenVouchers unless they are to be revoked: then nothing is written.
    """
    customer = Customer.objects.select_for_update().select_related("merchant").get(pk=customer.pk)
    if customer.erased_at:
        return customer
    accounts = Membership.objects.filter(customer=customer).values("account")
    if Membership.objects.filter(account__in=accounts).exclude(customer=customer).exists():
        raise InPool
    if Redemption.objects.filter(membership__customer=customer, status=RedemptionStatus.HELD).exists():
        raise SetAside
    withdraw(list(Voucher.objects.filter(customer=customer).usable(at)), at=at, actor=actor, agreed=revoke_vouchers)
    erased = erasing.erase(customer=customer, at=at)
    answering.forget(customer=customer)
    about = {"customer": customer.public_id}
    audit.note(merchant=customer.merchant, deed=Deed.CARD_ERASED, actor=actor, at=at, about=about)
    return erased


def withdraw(held: list[Voucher], *, at: datetime, actor: str, agreed: bool) -> None:
    """Revoke the vouchers in somebody's name where that was agreed. Raises OpenVouchers where it was not."""
    if held and not agreed:
        raise OpenVouchers(values={"count": len(held)})
    for voucher in held:
        vouchers.revoke(voucher=voucher, at=at, actor=actor)
