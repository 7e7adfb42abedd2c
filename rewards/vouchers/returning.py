"""Giving uses back: a mistake at the till, a purchase that was voided or refunded whole, a part of a gift card."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict
from customers.models import Purchase
from rewards.models import Voucher, VoucherUse
from rewards.models.vouchers import VoucherStatus

from .checking import VoucherCancelled, VoucherRevoked, refuse_changed
from .finding import locked
from .using import CHANGED


class VoucherNotUsed(Conflict):
    code = "voucher_not_used"
    message = _("This voucher has not been used, so there is nothing to take back.")


class ClaimedInPurchase(Conflict):
    code = "void_first"
    message = _("This voucher lowered what a purchase cost. Void that purchase, and the voucher is free again.")


@transaction.atomic
def reverse(*, voucher: Voucher, at: datetime, seen: int | None = None, actor: str = "") -> Voucher:
    """Take the last use of a voucher back, with its amount, so that it can be used again.

    `seen` is what was `left` of it where somebody pressed a button: pressing it twice takes one use back
    (VoucherChanged). Raises VoucherNotUsed, VoucherCancelled, VoucherRevoked, and ClaimedInPurchase where a purchase
    stands that cost less for it: that one has to be voided, which frees the voucher.
    """
    voucher = locked(voucher)
    if voucher.status == VoucherStatus.CANCELLED:
        raise VoucherCancelled(field="code")
    if voucher.status == VoucherStatus.REVOKED:
        raise VoucherRevoked(field="code")
    last = voucher.uses.standing().select_related("purchase").order_by("-used_at", "-pk").first()
    if last is None:
        raise VoucherNotUsed(field="code")
    if last.number and (bought := last.purchase) and not bought.voided_at:
        raise ClaimedInPurchase(field="code", purchase=bought.public_id)
    refuse_changed(voucher, seen)
    put_back({voucher.pk: voucher}, [last], at=at, actor=actor)
    return voucher


def of_purchase(purchase: Purchase) -> list[VoucherUse]:
    """What was used in a purchase and not given back, claimed or noted on it later, with the vouchers (one query)."""
    uses = VoucherUse.objects.standing().filter(purchase=purchase).select_related("voucher__redemption__reward")
    return list(uses.order_by("number", "pk"))


@transaction.atomic
def free(*, purchases: Iterable[int], at: datetime, actor: str = "") -> list[Voucher]:
    """Give every standing use in purchases (primary keys) back: they were voided, or refunded whole.

    Returns the vouchers that were freed. What was revoked, cancelled or has expired meanwhile stays so. Four
    statements, whatever their number.
    """
    standing = VoucherUse.objects.standing().filter(purchase__in=list(purchases))
    keys = list(standing.values_list("voucher", flat=True).distinct())
    if not keys:
        return []
    held = Voucher.objects.filter(pk__in=keys).select_related("customer", "batch").order_by("pk")
    vouchers = {one.pk: one for one in held.select_for_update(of=("self",))}
    put_back(vouchers, list(standing.filter(voucher__in=keys)), at=at, actor=actor)
    return list(vouchers.values())


@transaction.atomic
def give_back(*, use: VoucherUse, amount: int, at: datetime) -> Voucher:
    """Put a part of what a gift card paid back on it (minor units, no more than it paid): a refund in part.

    The use stands, with `returned` raised; reversing it later gives back the rest.
    """
    voucher = locked(use.voucher)
    use.refresh_from_db(fields=["returned", "amount", "reversed_at"])
    if not 0 < amount <= use.kept or use.reversed_at:
        raise VoucherNotUsed(field="amount")
    use.returned += amount
    use.save(update_fields=["returned"])
    voucher.balance += amount
    reopen(voucher)
    Voucher.objects.bulk_update([voucher], CHANGED)
    return voucher


def put_back(vouchers: dict[int, Voucher], uses: list[VoucherUse], *, at: datetime, actor: str) -> None:
    """Reverse uses of vouchers that are held (two statements)."""
    counts: dict[int, int] = defaultdict(int)
    amounts: dict[int, int] = defaultdict(int)
    for one in uses:
        counts[one.voucher_id] += 1
        amounts[one.voucher_id] += one.kept
    VoucherUse.objects.filter(pk__in=[one.pk for one in uses]).update(reversed_at=at, reversed_by=actor)
    for key, voucher in vouchers.items():
        if voucher.balance is None:
            voucher.uses_left += counts[key]
        else:
            voucher.balance += amounts[key]
        reopen(voucher)
    Voucher.objects.bulk_update(vouchers.values(), CHANGED)


def reopen(voucher: Voucher) -> None:
    """What has something left is open again, unless it was ended."""
    if voucher.balance is not None:
        voucher.uses_left = 1 if voucher.balance else 0
    if voucher.status == VoucherStatus.USED and voucher.uses_left:
        voucher.status = VoucherStatus.OPEN
