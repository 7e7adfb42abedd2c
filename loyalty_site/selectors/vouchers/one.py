"""One voucher: what it gives, what became of it, and each time that it was used."""

from dataclasses import dataclass
from datetime import datetime

from customers.merchants.models import Merchant
from loyalty_site.selectors import actors
from rewards import vouchers
from rewards.models import Voucher, VoucherUse
from rewards.models.vouchers import VoucherStatus

from . import words
from .listing import Row, row
from .words import Terms

MOST = 50


@dataclass(slots=True)
class Used:
    """A use and who did it; `reversed_by` is who took it back."""

    use: VoucherUse
    by: str
    reversed_by: str
    last: bool


@dataclass(slots=True)
class One:
    """A voucher's page; `left` is what is left of it as a number, for buttons that are pressed twice.

    `usable` and `can_reverse` are what one may try, `revocable` whether it can be revoked.
    """

    row: Row
    left: int
    gives: str
    terms: list[str]
    validity: str
    ended_by: str
    uses: list[Used]
    usable: bool
    can_reverse: bool
    revocable: bool


def one(voucher: Voucher, merchant: Merchant, *, at: datetime) -> One:
    """A voucher (with its customer and batch) as its page shows it; the latest uses first (three queries)."""
    found = voucher.uses.select_related("customer", "location", "staff__user", "purchase").order_by("-used_at", "-pk")
    found = list(found[:MOST])
    doers = [doer for use in found for doer in (use.actor, use.reversed_by)]
    names = actors.names(merchant, [*doers, voucher.ended_by])
    last = next((use for use in found if use.reversed_at is None), None)
    open_or_used = voucher.status in (VoucherStatus.OPEN, VoucherStatus.USED)
    shown, terms = row(voucher, merchant, at), Terms.of(voucher)
    return One(
        row=shown,
        left=vouchers.left(voucher),
        gives=words.gives(voucher.benefit, merchant.currency),
        terms=words.conditions(terms, merchant),
        validity=words.validity(terms, merchant),
        ended_by=names.get(voucher.ended_by, ""),
        uses=[Used(use, who(use, names), names.get(use.reversed_by, ""), use is last) for use in found],
        usable=shown.state == VoucherStatus.OPEN,
        can_reverse=last is not None and open_or_used,
        revocable=voucher.status == VoucherStatus.OPEN,
    )


def who(use: VoucherUse, names: dict[str, str]) -> str:
    """Who used it: a person of the staff, or a key."""
    return str(use.staff) if use.staff else names.get(use.actor, "")
