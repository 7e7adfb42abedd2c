"""Cancelling a redemption: as long as nobody has used what it gave, the points return to the lots they came from."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict
from rewards import ledger, vouchers
from rewards.catalog import stock
from rewards.models import Redemption, Voucher
from rewards.models.rewards import RedemptionStatus
from rewards.models.vouchers import VoucherStatus

from .redeeming import lock

USED = _("A voucher of this redemption has been used, so its points do not come back. Take its use back first.")


class VoucherGone(Conflict):
    """`code` says why: voucher_expired, voucher_revoked or voucher_cancelled."""

    message = _("A voucher of this redemption can no longer be used, so its points do not come back.")


@transaction.atomic
def cancel(*, redemption: Redemption, at: datetime, actor: str = "", late: bool = False) -> Redemption:
    """Let go of what is set aside, or take back what was redeemed: the points return to their lots, the vouchers are
    cancelled, the stock has it again. Once more changes nothing, and so for a hold that is over.

    Raises vouchers.VoucherUsed when a voucher of it was used, VoucherGone when one has expired or was revoked; not
    where it is `late`: the purchase in which it was claimed never was, and its points come back in any case.
    """
    made = lock(redemption, at=at)
    if made.status in (RedemptionStatus.CANCELLED, RedemptionStatus.EXPIRED):
        return made
    if made.status == RedemptionStatus.CAPTURED:
        take_back(made, at=at, actor=actor, late=late)
    elif made.hold:
        ledger.release(hold=made.hold, at=at)
    made.status, made.ended_at = RedemptionStatus.CANCELLED, at
    made.save(update_fields=["status", "ended_at"])
    if made.from_stock:
        stock.put_back(made.reward, made.quantity)
    return made


def take_back(made: Redemption, *, at: datetime, actor: str, late: bool) -> None:
    """Cancel the vouchers and give back what is left of the points."""
    issued = list(made.vouchers.select_for_update(of=("self",)).order_by("pk"))
    for voucher in issued:
        check_unused(voucher, at=at, late=late)
    ended = {"status": VoucherStatus.CANCELLED, "ended_at": at, "ended_by": actor}
    Voucher.objects.filter(pk__in=[one.pk for one in issued], status=VoucherStatus.OPEN).update(**ended)
    # A refund of the purchase in which it was claimed may have given some back before.
    if made.entry and ledger.left_of(made.entry):
        key = f"cancel:{made.public_id}"
        ledger.give_back(entry=made.entry, key=key, at=at, actor=actor, reason=made.reward.name)


def check_unused(voucher: Voucher, *, at: datetime, late: bool) -> None:
    """Refuse a voucher that gave something, or that is over."""
    if voucher.uses_left < voucher.uses_allowed or voucher.balance != vouchers.worth(voucher.benefit):
        raise vouchers.VoucherUsed(USED, field="id")
    status = vouchers.status(voucher, at=at)
    if status != VoucherStatus.OPEN and not late:
        raise VoucherGone(code=f"voucher_{status}", field="id")
