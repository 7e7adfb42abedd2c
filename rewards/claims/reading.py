"""What was claimed in purchases, and what came back of it, as it is on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q, QuerySet, Sum

from customers.models import Purchase
from rewards.models import Entry, Lot, Redemption, Voucher, VoucherUse
from rewards.models.ledger import EntryKind

from .taking import balance_key

BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Discount:
    """What one claim took off or paid (`stored`), in minor units; `source` is a reward's id, a code, or `balance`."""

    source: str
    amount: int
    name: str
    stored: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back of claims: points of rewards (of them `extended` to lots that were over, usable until then),
    stored value in minor units, and the codes of vouchers that can be used again.
    """

    points: int = 0
    extended: int = 0
    extended_until: datetime | None = None
    vouchers: tuple[str, ...] = ()


def discounts_of(purchases: Iterable[Purchase]) -> dict[int, list[Discount]]:
    """What was taken off or paid in each purchase, in its order (two queries, none where nothing was claimed)."""
    claimed = {one.pk for one in purchases if one.claims}
    found: dict[int, list[Discount]] = {key: [] for key in claimed}
    if not claimed:
        return found
    uses = VoucherUse.objects.filter(purchase__in=claimed, number__gt=0).order_by("purchase", "number")
    for use in uses.select_related("voucher__redemption__reward"):
        voucher, made = use.voucher, use.voucher.redemption
        source = made.reward.public_id if made and made.purchase_id == use.purchase_id else voucher.code
        stored = voucher.balance is not None
        found[use.purchase_id].append(Discount(source, use.amount or 0, voucher.name, stored))
    paid = Entry.objects.filter(key__in=[balance_key(key) for key in claimed]).select_related("membership__program")
    for entry in paid:
        found[entry.purchase_id].append(Discount(BALANCE, -entry.points, entry.membership.program.name, True))
    return found


def spent_in(purchases: Iterable[Purchase]) -> dict[int, list[Redemption]]:
    """The rewards that were claimed in each purchase, in its order (one query, none where nothing was claimed)."""
    found: dict[int, list[Redemption]] = {one.pk: [] for one in purchases if one.claims}
    if found:
        made = Redemption.objects.filter(purchase__in=found).select_related("reward", "membership__program")
        for one in made.order_by("pk"):
            found[one.purchase_id].append(one)
    return found


def issued_in(purchase: Purchase) -> QuerySet[Voucher]:
    """The vouchers that a purchase brought, to be used later: of full cards, and of rewards claimed in it."""
    mine = Q(purchase=purchase) | Q(redemption__purchase=purchase)
    used = VoucherUse.objects.filter(purchase=purchase, number__gt=0).values("voucher")
    return Voucher.objects.filter(mine, customer=purchase.customer_id).exclude(pk__in=used)


def outcome_of_refund(purchase: Purchase, refund: int, recorded_at: datetime) -> Outcome:
    """What a refund (a primary key) brought back of what was claimed in its purchase (three queries at most)."""
    return outcome(purchase, Entry.objects.filter(refund=refund), recorded_at)


def outcome_of_void(purchase: Purchase) -> Outcome:
    """What voiding brought back of what was claimed in a purchase (three queries at most)."""
    if purchase.voided_at is None:
        return Outcome()
    return outcome(purchase, Entry.objects.filter(purchase=purchase, refund=None), purchase.voided_at)


def outcome(purchase: Purchase, entries: QuerySet[Entry], at: datetime) -> Outcome:
    """What these entries say, and the vouchers that were freed at that moment and were not over by then."""
    freed = VoucherUse.objects.filter(purchase=purchase, reversed_at=at).exclude(voucher__redemption__purchase=purchase)
    over = Q(voucher__ended_at__lte=at) | Q(voucher__expires_at__lte=at)
    usable = freed.exclude(over).order_by("number", "pk").values_list("voucher__code", flat=True)
    codes = tuple(dict.fromkeys(usable))
    if not purchase.claims:
        return Outcome(vouchers=codes)
    back = entries.filter(kind=EntryKind.RETURN, origin__purchase=purchase)
    rewards = back.exclude(origin__key=balance_key(purchase.pk))
    late = Lot.objects.filter(entry__in=back).aggregate(points=Sum("points", default=0), until=Max("expires_at"))
    return Outcome(
        points=rewards.aggregate(points=Sum("points", default=0))["points"],
        extended=late["points"],
        extended_until=late["until"],
        vouchers=codes,
    )
