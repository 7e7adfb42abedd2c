"""Vouchers: issuing, finding by code, using and taking a use back, cancelling."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants import ids, rows
from customers.merchants.models import Location, Merchant, StaffMember
from customers.merchants.refusals import Conflict, Missing
from customers.models import Customer, Purchase
from rewards.models import Voucher, VoucherUse
from rewards.models.vouchers import VoucherStatus

CODE_LENGTH = 13  # of 30 characters: 63 random bits
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0, 1, I, L, O, U: said aloud and typed without a mistake
FIELDS = [
    "public_id", "merchant", "code", "name", "benefit", "customer", "entry", "purchase", "redemption",
    "status", "uses_allowed", "uses_left", "balance", "issued_at", "expires_at",
]  # fmt: skip


class UnknownVoucher(Missing):
    code = "unknown_voucher"
    message = _("This shop has no voucher with that code. Check it character by character.")


class VoucherUsed(Conflict):
    code = "voucher_used"
    message = _("This voucher has been used already.")


class VoucherExpired(Conflict):
    code = "voucher_expired"
    message = _("This voucher has expired.")


class VoucherCancelled(Conflict):
    code = "voucher_cancelled"
    message = _("This voucher was cancelled, because what it was earned with came back.")


class VoucherNotYours(Conflict):
    code = "voucher_not_yours"
    message = _("This voucher belongs to another customer.")


class VoucherNotUsed(Conflict):
    code = "voucher_not_used"
    message = _("This voucher has not been used, so there is nothing to take back.")


@dataclass(slots=True)
class VoucherDraft:
    """A voucher to issue: what it gives and to whom; `entry_id` is where the points of a full card were redeemed,
    `redemption_id` where those of a reward were.
    """

    name: str
    benefit: dict
    customer_id: int | None = None
    entry_id: int | None = None
    purchase_id: int | None = None
    redemption_id: int | None = None
    expires_at: datetime | None = None


def new_code() -> str:
    """A code that nobody guesses."""
    return "".join(secrets.choice(CODE_ALPHABET) for __ in range(CODE_LENGTH))


def normal(code: str) -> str:
    """A code as it is kept: in capital letters, without what people put between the characters."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def issue(*, merchant: Merchant, drafts: list[VoucherDraft], at: datetime) -> None:
    """Issue vouchers, each with a code of its own (one statement)."""
    rows.insert(
        Voucher,
        FIELDS,
        [
            (
                public_id, merchant.pk, new_code(), one.name, one.benefit, one.customer_id, one.entry_id,
                one.purchase_id, one.redemption_id, VoucherStatus.OPEN, 1, 1, worth(one.benefit), at, one.expires_at,
            )
            for one, public_id in zip(drafts, ids.many("vch", len(drafts)), strict=True)
        ],
    )  # fmt: skip


def worth(benefit: dict) -> int | None:
    """The balance with which a voucher begins: of a gift card its amount, of others none."""
    return benefit["amount"] if benefit["kind"] == "gift_card" else None


def find(*, merchant: Merchant, code: str) -> Voucher:
    """The merchant's voucher with a code, however it was typed; raises UnknownVoucher (one query)."""
    found = Voucher.objects.for_merchant(merchant).select_related("customer").filter(code=normal(code)).first()
    if found is None:
        raise UnknownVoucher(field="code")
    return found


@transaction.atomic
def use(
    *,
    voucher: Voucher,
    at: datetime,
    customer: Customer | None = None,
    location: Location | None = None,
    staff: StaffMember | None = None,
    purchase: Purchase | None = None,
    actor: str = "",
) -> Voucher:
    """Use a voucher once, and note where, by whom and with which purchase.

    Raises VoucherUsed, VoucherCancelled, VoucherExpired, and VoucherNotYours when the named customer, or the
    purchase's, is not the voucher's.
    """
    voucher = locked(voucher)
    if voucher.status == VoucherStatus.USED:
        raise VoucherUsed(field="code")
    if voucher.status == VoucherStatus.CANCELLED:
        raise VoucherCancelled(field="code")
    if voucher.expires_at is not None and voucher.expires_at <= at:
        raise VoucherExpired(field="code")
    theirs = {customer.pk if customer else None, purchase.customer_id if purchase else None} - {None}
    if voucher.customer_id and theirs - {voucher.customer_id}:
        raise VoucherNotYours(field="code")
    VoucherUse.objects.create(
        voucher=voucher, used_at=at, location=location, staff=staff, purchase=purchase, actor=actor
    )
    voucher.uses_left -= 1
    voucher.status = VoucherStatus.OPEN if voucher.uses_left else VoucherStatus.USED
    voucher.save(update_fields=["uses_left", "status"])
    return voucher


@transaction.atomic
def reverse(*, voucher: Voucher, at: datetime) -> Voucher:
    """Take the last use of a voucher back, so that it can be used again; raises VoucherNotUsed, VoucherCancelled."""
    voucher = locked(voucher)
    if voucher.status == VoucherStatus.CANCELLED:
        raise VoucherCancelled(field="code")
    last = voucher.uses.filter(reversed_at=None).order_by("-used_at", "-pk").first()
    if last is None:
        raise VoucherNotUsed(field="code")
    last.reversed_at = at
    last.save(update_fields=["reversed_at"])
    voucher.uses_left += 1
    voucher.status = VoucherStatus.OPEN
    voucher.save(update_fields=["uses_left", "status"])
    return voucher


def locked(voucher: Voucher) -> Voucher:
    """The voucher again, held until the transaction ends: of two tills one uses it."""
    return Voucher.objects.select_for_update(of=("self",)).select_related("customer").get(pk=voucher.pk)


def status(voucher: Voucher, *, at: datetime) -> str:
    """The status at a moment: an open voucher whose time is over is expired."""
    over = voucher.expires_at is not None and voucher.expires_at <= at
    return "expired" if over and voucher.status == VoucherStatus.OPEN else voucher.status
