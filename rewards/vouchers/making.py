"""Making vouchers alike: one for a surprise, or a hundred thousand for a letter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants import ids, rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Invalid
from customers.models import Customer
from rewards import benefits
from rewards.models import Voucher, VoucherBatch
from rewards.models.vouchers import VoucherStatus

from .codes import new_codes, prefix_of
from .issuing import worth

MOST_AT_ONCE = 100_000
AT_ONCE = 5_000  # rows of one statement: what is in memory, whatever the number of vouchers
TRIES = 3  # that codes with 63 random bits meet even once is not to be expected
FIELDS = [
    "public_id", "code", "merchant", "name", "benefit", "customer", "batch", "status", "uses_allowed", "uses_left",
    "per_customer", "min_amount", "balance", "issued_at", "starts_at", "expires_at",
]  # fmt: skip


class InvalidBatch(Invalid):
    code = "invalid_batch"


@dataclass(slots=True, kw_only=True)
class Wanted:
    """Vouchers to make. Money is minor units; `ends_at` is the moment from which they have expired.

    `receipt`, a fresh public id of a batch, makes asking twice harmless: the second time answers the first batch.
    """

    benefit: dict
    name: str
    count: int = 1
    uses: int = 1
    per_customer: int | None = None
    customer: Customer | None = None
    min_amount: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    prefix: str = ""
    note: str = ""
    receipt: str = ""


@transaction.atomic
def make(*, merchant: Merchant, wanted: Wanted, at: datetime, actor: str = "") -> VoucherBatch:
    """Make vouchers, all or none, each with a code of its own that begins with the prefix.

    Raises InvalidBenefit, InvalidPrefix, and InvalidBatch for what nobody could use. A handful of statements for
    some thousand vouchers, of which no more are in memory at a time.
    """
    check(wanted, at=at)
    described = {"name": wanted.name, "note": wanted.note, "prefix": prefix_of(wanted.prefix), "count": wanted.count}
    batch, is_new = VoucherBatch.objects.get_or_create(
        public_id=wanted.receipt or ids.new("bat"),
        defaults={**described, "merchant": merchant, "created_at": at, "actor": actor},
    )
    if batch.merchant_id != merchant.pk:
        raise InvalidBatch(_("Load the page again and fill it in once more."))
    if not is_new:
        return batch
    for made in range(0, wanted.count, AT_ONCE):
        write(batch, wanted, min(AT_ONCE, wanted.count - made))
    return batch


def write(batch: VoucherBatch, wanted: Wanted, count: int) -> None:
    """Some thousand vouchers of a batch, with other codes where one is taken already."""
    alike = (
        batch.merchant_id, wanted.name, wanted.benefit, wanted.customer and wanted.customer.pk, batch.pk,
        VoucherStatus.OPEN, wanted.uses, wanted.uses, wanted.per_customer, wanted.min_amount, worth(wanted.benefit),
        batch.created_at, wanted.starts_at, wanted.ends_at,
    )  # fmt: skip
    for tries_left in reversed(range(TRIES)):
        named = zip(ids.many("vch", count), new_codes(count, batch.prefix), strict=True)
        try:
            with transaction.atomic():
                rows.insert(Voucher, FIELDS, [(*one, *alike) for one in named])
            return
        except IntegrityError:
            if not tries_left:
                raise


def check(wanted: Wanted, *, at: datetime) -> None:
    """Refuse what nobody could make or use, as `make` does."""
    benefits.check(wanted.benefit, "benefit")
    prefix_of(wanted.prefix)
    for field, is_wrong, message in CHECKS:
        if is_wrong(wanted, at):
            raise InvalidBatch(message, values={"most": MOST_AT_ONCE}, field=field)


def is_counted(value: object, most: int = 2_000_000_000) -> bool:
    """A whole number of something."""
    return type(value) is int and 1 <= value <= most


CHECKS: list[tuple[str, Callable[[Wanted, datetime], bool], str]] = [
    ("name", lambda one, at: not 1 <= len(one.name.strip()) <= 100, _("A name has 1 to 100 characters.")),
    ("count", lambda one, at: not is_counted(one.count, MOST_AT_ONCE), _("Make 1 to %(most)d vouchers at a time.")),
    ("uses", lambda one, at: not is_counted(one.uses), _("A voucher can be used at least once.")),
    (
        "per_customer",
        lambda one, at: one.per_customer is not None and not is_counted(one.per_customer),
        _("A limit for each customer lets at least one use through."),
    ),
    (
        "min_amount",
        lambda one, at: one.min_amount is not None and not benefits.is_amount(one.min_amount),
        _("The smallest purchase is money in minor units, more than nothing."),
    ),
    (
        "uses",
        lambda one, at: one.benefit["kind"] == "gift_card" and one.uses != 1,
        _("A gift card is used until it is empty. Leave the number of uses out."),
    ),
    (
        "per_customer",
        lambda one, at: one.benefit["kind"] == "gift_card" and one.per_customer is not None,
        _("A gift card is used until it is empty. Leave the limit for each customer out."),
    ),
    (
        "ends_at",
        lambda one, at: one.ends_at is not None and one.ends_at <= max(at, one.starts_at or at),
        _("Vouchers end after they start, and not in the past."),
    ),
]
