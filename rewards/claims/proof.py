"""Proving claims: what was taken off and paid is what the lines, the uses and the ledger say."""

from collections.abc import Iterator

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from customers.merchants.models import Merchant
from customers.models import Purchase, PurchaseLine, Refund
from rewards.models import Entry, Redemption, VoucherUse
from rewards.models.ledger import EntryKind


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each purchase that disagrees with what was claimed in it; none when all is well. Reads only."""
    mine = {"merchant": merchant} if merchant else {}
    yield from wrong_purchases(Purchase.objects.filter(**mine))


def wrong_purchases(bought: QuerySet) -> Iterator[str]:
    """Purchases of which lines, uses and entries say something else."""
    numbered = VoucherUse.objects.filter(number__gt=0)
    named = numbered.filter(purchase__isnull=False).values("purchase")
    claimed = bought.filter(Q(claims__gt=0) | Q(discount__gt=0) | Q(prepaid__gt=0) | Q(pk__in=named))
    paid = Entry.objects.filter(key=Concat(Value("balance:"), Cast(OuterRef("pk"), CharField())))
    came = Entry.objects.filter(kind=EntryKind.RETURN, origin__key__startswith="balance:")
    there = numbered.filter(voucher__redemption=OuterRef("pk"), purchase=OuterRef("purchase"))
    of_rewards = Redemption.objects.exclude(Exists(there))
    proven = claimed.annotate(
        by_lines=total(PurchaseLine.objects, "discount"),
        lined=counted(PurchaseLine.objects),
        by_uses=total(numbered.filter(voucher__balance=None), "amount"),
        by_cards=total(numbered.filter(voucher__balance__isnull=False), "amount"),
        by_balance=-Coalesce(Subquery(paid.values("points")[:1]), 0, output_field=BigIntegerField()),
        balances=Coalesce(
            Subquery(paid.order_by().annotate(n=Value(1)).values("n")[:1]), 0, output_field=IntegerField()
        ),
        uses=counted(numbered),
        issued=counted(of_rewards),
        given_back=total(Refund.objects.filter(undone_at=None), "prepaid"),
        back=total(numbered.filter(voucher__balance__isnull=False), "returned") + total(came, "points"),
    )
    for one in proven.filter(lined__gt=0).exclude(discount=F("by_lines")):
        yield f"purchase {one.pk}: a discount of {one.discount}, but its lines add up to {one.by_lines}"
    for one in proven.exclude(discount=F("by_uses")):
        yield f"purchase {one.pk}: a discount of {one.discount}, but its claims took off {one.by_uses}"
    for one in proven.exclude(prepaid=F("by_cards") + F("by_balance")):
        paid_with = one.by_cards + one.by_balance
        yield f"purchase {one.pk}: {one.prepaid} paid with stored value, but its claims paid {paid_with}"
    for one in proven.exclude(claims=F("uses") + F("issued") + F("balances")):
        found = one.uses + one.issued + one.balances
        yield f"purchase {one.pk}: {one.claims} claims, but {found} are on record"
    for one in proven.filter(voided_at=None).exclude(given_back=F("back")):
        yield f"purchase {one.pk}: its refunds gave {one.given_back} to stored value, but {one.back} arrived there"


def total(rows, column: str) -> Coalesce:
    """A correlated sum that is 0 where there is nothing."""
    sums = rows.filter(purchase=OuterRef("pk")).order_by().values("purchase")
    return Coalesce(Subquery(sums.annotate(total=Sum(column)).values("total")), 0, output_field=BigIntegerField())


def counted(rows) -> Coalesce:
    """A correlated count."""
    sums = rows.filter(purchase=OuterRef("pk")).order_by().values("purchase")
    return Coalesce(Subquery(sums.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField())
