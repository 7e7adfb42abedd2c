"""Proving vouchers: what is left of each is what was given less what was used of it. Reads only."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from customers.merchants.models import Merchant
from customers.models import Purchase
from customers.proof import lost
from rewards.models import Entry, Voucher, VoucherBatch, VoucherUse

WORTH = Cast(KeyTextTransform("amount", "benefit"), BigIntegerField())


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each voucher, use or batch that disagrees with the others; none when all is well."""
    mine = {"merchant": merchant} if merchant else {}
    vouchers = Voucher.objects.filter(**mine)
    uses = VoucherUse.objects.filter(**({"voucher__merchant": merchant} if merchant else {}))
    yield from wrong_uses(vouchers)
    yield from wrong_balances(vouchers)
    yield from wrong_people(vouchers, uses)
    yield from wrong_batches(VoucherBatch.objects.filter(**mine))
    yield from lost_rows(vouchers, uses)


def of_uses(figure) -> Coalesce:
    """A figure of the standing uses of each voucher; 0 where there are none."""
    standing = VoucherUse.objects.standing().filter(voucher=OuterRef("pk")).order_by().values("voucher")
    return Coalesce(Subquery(standing.annotate(figure=figure).values("figure")), Value(0))


def wrong_uses(vouchers: QuerySet) -> Iterator[str]:
    """Vouchers with more or fewer uses left than their uses say."""
    counted = vouchers.filter(balance=None).annotate(used=of_uses(Count("pk")))
    for voucher in counted.exclude(uses_left=F("uses_allowed") - F("used")):
        left = f"{voucher.uses_left} of {voucher.uses_allowed} uses are left"
        yield f"voucher {voucher.public_id}: {left}, but it was used {voucher.used} times"


def wrong_balances(vouchers: QuerySet) -> Iterator[str]:
    """Gift cards that hold more or less than their uses say, or nothing at all to reckon with."""
    cards = vouchers.filter(benefit__kind="gift_card")
    for voucher in cards.filter(balance=None):
        yield f"voucher {voucher.public_id}: a gift card without a balance"
    for voucher in vouchers.exclude(balance=None).exclude(benefit__kind="gift_card"):
        yield f"voucher {voucher.public_id}: has a balance, but is no gift card"
    paid = of_uses(Sum(Coalesce(F("amount"), 0) - F("returned")))
    reckoned = cards.exclude(balance=None).annotate(worth=WORTH, paid=paid)
    for voucher in reckoned.exclude(balance=F("worth") - F("paid")):
        held = f"holds {voucher.balance} of {voucher.worth}"
        yield f"voucher {voucher.public_id}: {held}, but {voucher.paid} were taken from it"


def wrong_people(vouchers: QuerySet, uses: QuerySet) -> Iterator[str]:
    """Vouchers that somebody else used, or one customer more often than one may."""
    theirs = uses.standing().filter(voucher__customer__isnull=False, customer__isnull=False)
    for use in theirs.exclude(customer=F("voucher__customer")).select_related("voucher"):
        yield f"voucher {use.voucher.public_id}: used by another customer than its own"
    limited = uses.standing().filter(voucher__in=vouchers.exclude(per_customer=None))
    often = limited.values("voucher__public_id", "customer", "voucher__per_customer").annotate(used=Count("pk"))
    for row in often.filter(used__gt=F("voucher__per_customer")).order_by("voucher__public_id", "customer"):
        times = f"used {row['used']} times by one customer, of {row['voucher__per_customer']}"
        yield f"voucher {row['voucher__public_id']}: {times}"


def wrong_batches(batches: QuerySet) -> Iterator[str]:
    """Batches that hold another number of vouchers than were made, or vouchers of another shop."""
    for batch in batches.annotate(held=Count("vouchers")).exclude(held=F("count")):
        yield f"batch {batch.public_id}: {batch.count} vouchers were made, but {batch.held} are there"
    strange = Voucher.objects.filter(batch__in=batches.values("pk")).exclude(merchant=F("batch__merchant"))
    for voucher in strange:
        yield f"voucher {voucher.public_id}: belongs to another shop than its batch"


def lost_rows(vouchers: QuerySet, uses: QuerySet) -> Iterator[str]:
    """Vouchers and uses that name something that is not there: these keys are kept by us and not by the database."""
    for key, target in (("entry", Entry), ("purchase", Purchase)):
        for voucher in lost(vouchers.filter(**{f"{key}__isnull": False}), key, target):
            yield f"voucher {voucher.public_id}: names {key} {getattr(voucher, f'{key}_id')}, which is not there"
    for use in lost(uses.filter(~Q(purchase=None)), "purchase", Purchase):
        yield f"use {use.pk} of voucher {use.voucher_id}: names a purchase that is not there"
