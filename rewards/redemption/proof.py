"""Proving redemptions: what each took is in the books, what it gave is in somebody's hand, and stocks add up."""

from collections.abc import Iterator

from django.db.models import Count, F, Q, QuerySet, Sum

from customers.merchants.models import Merchant
from customers.models import Purchase
from customers.proof import lost
from rewards.catalog.stock import OUT
from rewards.models import Entry, Redemption, Reward
from rewards.models.ledger import EntryKind
from rewards.models.rewards import RedemptionStatus
from rewards.models.vouchers import VoucherStatus


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each redemption or stock that disagrees with the ledger or the vouchers; none when all is well."""
    made = Redemption.objects.for_merchant(merchant) if merchant else Redemption.objects.all()
    rewards = Reward.objects.for_merchant(merchant) if merchant else Reward.objects.all()
    yield from wrong_places(made)
    yield from wrong_entries(made)
    yield from wrong_returns(made)
    yield from wrong_holds(made)
    yield from wrong_vouchers(made)
    yield from wrong_stocks(rewards)


def wrong_places(made: QuerySet) -> Iterator[str]:
    """Redemptions of another program's or merchant's reward, or of a purchase or an entry that is gone."""
    for one in made.exclude(reward__program=F("membership__program"), reward__merchant=F("merchant")):
        yield f"redemption {one.public_id}: its reward and its membership are of two programs"
    for one in lost(made.filter(purchase__isnull=False), "purchase", Purchase):
        yield f"redemption {one.public_id}: names a purchase that is not there"
    for one in lost(made.filter(entry__isnull=False), "entry", Entry):
        yield f"redemption {one.public_id}: names an entry that is not there"


def wrong_entries(made: QuerySet) -> Iterator[str]:
    """Points that the ledger did not take, or took otherwise."""
    free = made.filter(status=RedemptionStatus.CAPTURED, entry=None, points__gt=0)
    for one in free:
        yield f"redemption {one.public_id}: cost {one.points} points, but no entry took them"
    taken = made.filter(entry__kind__isnull=False).select_related("entry")
    same = Q(entry__kind=EntryKind.REDEEM, entry__points=-F("points"), entry__membership=F("membership"))
    for one in taken.exclude(same):
        yield f"redemption {one.public_id}: cost {one.points} points, but its entry says something else"
    for one in made.filter(status__in=[RedemptionStatus.HELD, RedemptionStatus.EXPIRED], entry__isnull=False):
        yield f"redemption {one.public_id}: is {one.status}, but an entry took its points"


def wrong_returns(made: QuerySet) -> Iterator[str]:
    """Cancelled ones of which not all points came back."""
    back = Sum("entry__answers__points", filter=Q(entry__answers__kind=EntryKind.RETURN), default=0)
    cancelled = made.filter(status=RedemptionStatus.CANCELLED, entry__isnull=False)
    for one in cancelled.annotate(back=back).exclude(back=F("points")):
        yield f"redemption {one.public_id}: was cancelled, but {one.back} of {one.points} points came back"


def wrong_holds(made: QuerySet) -> Iterator[str]:
    """What is set aside in one place and not in the other."""
    for one in made.filter(status=RedemptionStatus.HELD, points__gt=0, hold=None):
        yield f"redemption {one.public_id}: is set aside, but no points are held for it"
    held = made.filter(hold__isnull=False)
    open_ = Q(status=RedemptionStatus.HELD, hold__ended_at__isnull=False)
    for one in held.filter(~Q(hold__points=F("points")) | ~Q(hold__membership=F("membership")) | open_):
        yield f"redemption {one.public_id}: its hold says something else"
    for one in held.filter(status=RedemptionStatus.CAPTURED).exclude(hold__entry=F("entry")):
        yield f"redemption {one.public_id}: its hold was captured by another entry"


def wrong_vouchers(made: QuerySet) -> Iterator[str]:
    """Vouchers that a redemption should have given, and has not, or should not have."""
    given = made.annotate(issued=Count("vouchers"))
    for one in given.filter(status=RedemptionStatus.CAPTURED).exclude(issued=F("quantity")):
        yield f"redemption {one.public_id}: {one.quantity} were redeemed, but {one.issued} vouchers were issued"
    for one in given.filter(status__in=[RedemptionStatus.HELD, RedemptionStatus.EXPIRED], issued__gt=0):
        yield f"redemption {one.public_id}: is {one.status}, but vouchers were issued"
    standing = made.filter(
        status=RedemptionStatus.CANCELLED, vouchers__status__in=[VoucherStatus.OPEN, VoucherStatus.USED]
    )
    for one in standing.distinct():
        yield f"redemption {one.public_id}: was cancelled, but a voucher of it still stands"
    for one in made.exclude(vouchers=None).exclude(vouchers__customer=F("membership__customer")).distinct():
        yield f"redemption {one.public_id}: a voucher of it belongs to somebody else"


def wrong_stocks(rewards: QuerySet) -> Iterator[str]:
    """Rewards of which what is left and what is out are not what was put into stock."""
    out = Sum("redemptions__quantity", filter=Q(redemptions__from_stock=True, redemptions__status__in=OUT), default=0)
    for one in rewards.filter(stock__isnull=False).annotate(out=out).exclude(stocked=F("stock") + F("out")):
        yield f"reward {one.public_id}: {one.stock} left and {one.out} out of stock, but {one.stocked} were put into it"
