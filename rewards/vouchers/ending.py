"""Ending vouchers: the shop revokes them, or they are cancelled because their points come back."""

from datetime import datetime

from django.db import transaction

from rewards.models import Voucher, VoucherBatch
from rewards.models.vouchers import VoucherStatus

from .checking import VoucherCancelled, VoucherUsed, is_untouched
from .finding import locked

ENDED = ["status", "ended_at", "ended_by"]


@transaction.atomic
def revoke(*, voucher: Voucher, at: datetime, actor: str = "") -> Voucher:
    """Revoke a voucher: it can no longer be used. What stands on it, points or money, does not come back.

    Does nothing to one that was revoked before. Raises VoucherUsed for one that is used up, VoucherCancelled.
    """
    voucher = locked(voucher)
    if voucher.status == VoucherStatus.REVOKED:
        return voucher
    if voucher.status == VoucherStatus.USED:
        raise VoucherUsed(field="code")
    if voucher.status == VoucherStatus.CANCELLED:
        raise VoucherCancelled(field="code")
    voucher.status, voucher.ended_at, voucher.ended_by = VoucherStatus.REVOKED, at, actor
    voucher.save(update_fields=ENDED)
    return voucher


def revoke_unused(*, batch: VoucherBatch, at: datetime, actor: str = "") -> int:
    """Revoke all vouchers of a batch that nobody has used yet and that have not expired; how many (one statement)."""
    unused = Voucher.objects.filter(batch=batch).untouched().in_time(at)
    return unused.update(status=VoucherStatus.REVOKED, ended_at=at, ended_by=actor)


def cancel(held: list[Voucher], *, at: datetime, actor: str = "") -> None:
    """Cancel vouchers that are held, all or none: what they were redeemed with comes back (one statement).

    Raises VoucherUsed where one has been used, if only in part.
    """
    for voucher in held:
        if not is_untouched(voucher):
            raise VoucherUsed(field="code")
    for voucher in held:
        voucher.status, voucher.ended_at, voucher.ended_by = VoucherStatus.CANCELLED, at, actor
    Voucher.objects.bulk_update(held, ENDED)
