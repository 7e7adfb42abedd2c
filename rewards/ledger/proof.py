"""Proving the ledger: accounts = entries = lots, no orphan, no double key. Reads only."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from customers.merchants.models import Merchant
from customers.models import Activity, Purchase, Refund
from customers.proof import lost
from rewards.models import Entry, Judgement, Lot, LotUse, Membership, PointsAccount, Voucher


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each row of the ledger that disagrees with another; none when all is well."""
    accounts = PointsAccount.objects.all()
    if merchant:
        accounts = accounts.filter(program__merchant=merchant)
    yield from wrong_balances(accounts)
    yield from wrong_lots(Lot.objects.filter(account__in=accounts.values("pk")))
    yield from wrong_uses(Entry.objects.filter(account__in=accounts.values("pk")))
    yield from orphans(accounts)
    yield from lost_vouchers(accounts)


def total(queryset: QuerySet, owner: str, field: str) -> Coalesce:
    """A correlated sum that is 0 where there is nothing; two on one row do not multiply."""
    sums = (
        queryset.filter(**{owner: OuterRef("pk")}).order_by().values(owner).annotate(total=Sum(field)).values("total")
    )
    return Coalesce(Subquery(sums), Value(0), output_field=BigIntegerField())


def wrong_balances(accounts: QuerySet) -> Iterator[str]:
    """Accounts whose cached balance is not the sum of entries, or not the lots' remaining less the deficit."""
    proven = accounts.annotate(
        entered=total(Entry.objects, "account", "points"), held=total(Lot.objects, "entry__account", "remaining")
    )
    for account in proven.exclude(entered=F("balance")):
        yield f"account {account.pk}: balance {account.balance}, but its entries add up to {account.entered}"
    for account in proven.exclude(balance=F("held") - F("deficit")):
        yield (
            f"account {account.pk}: balance {account.balance}, but its lots hold {account.held} "
            f"and its deficit is {account.deficit}"
        )


def wrong_lots(lots: QuerySet) -> Iterator[str]:
    """Lots whose remaining is not what they held less what was drawn, or not what their entry brought."""
    proven = lots.annotate(used=total(LotUse.objects, "lot", "points")).select_related("entry")
    for lot in proven.exclude(remaining=F("points") - F("used")):
        yield f"lot {lot.pk}: {lot.remaining} remain of {lot.points}, but {lot.used} were drawn"
    for lot in proven.exclude(entry__points=F("points")):
        yield f"lot {lot.pk}: holds {lot.points}, but its entry brought {lot.entry.points}"


def wrong_uses(entries: QuerySet) -> Iterator[str]:
    """Positive entries without a lot; negative ones that drew more than they took."""
    for entry in entries.filter(points__gt=0).exclude(Exists(Lot.objects.filter(entry=OuterRef("pk")))):
        yield f"entry {entry.public_id}: brought {entry.points} points, but no lot holds them"
    drew = entries.filter(points__lt=0).annotate(drawn=total(LotUse.objects, "entry", "points"))
    for entry in drew.filter(drawn__gt=-F("points")):
        yield f"entry {entry.public_id}: took {-entry.points} points, but drew {entry.drawn} from lots"


def orphans(accounts: QuerySet) -> Iterator[str]:
    """Rows that point at nothing: these keys are kept by us and not by the database."""
    entries = Entry.objects.filter(account__in=accounts.values("pk"))
    lots = Lot.objects.filter(account__in=accounts.values("pk"))
    judgements = Judgement.objects.filter(program__in=accounts.values("program"))
    for entry in lost(entries, "membership", Membership):
        yield f"entry {entry.public_id}: belongs to no membership"
    for entry in lost(entries.filter(purchase__isnull=False), "purchase", Purchase):
        yield f"entry {entry.public_id}: names a purchase that is not there"
    for entry in lost(entries.filter(refund__isnull=False), "refund", Refund):
        yield f"entry {entry.public_id}: names a refund that is not there"
    for lot in lost(lots, "entry", Entry):
        yield f"lot {lot.pk}: came with an entry that is not there"
    for judgement in lost(judgements.filter(purchase__isnull=False), "purchase", Purchase):
        yield f"judgement {judgement.pk}: names a purchase that is not there"
    yield from orphans_of_activities(entries, judgements)
    for use in lost(LotUse.objects.filter(lot__in=lots.values("pk")), "entry", Entry):
        yield f"use {use.pk} of lot {use.lot_id}: names an entry that is not there"
    for use in lost(LotUse.objects.filter(entry__in=entries.values("pk")), "lot", Lot):
        yield f"use {use.pk} by entry {use.entry_id}: names a lot that is not there"


def orphans_of_activities(entries: QuerySet, judgements: QuerySet) -> Iterator[str]:
    """Judgements and entries of activities that are gone."""
    for judgement in lost(judgements.filter(activity__isnull=False), "activity", Activity):
        yield f"judgement {judgement.pk}: names an activity that is not there"
    for entry in lost(entries.filter(activity__isnull=False), "activity", Activity):
        yield f"entry {entry.public_id}: names an activity that is not there"


def lost_vouchers(accounts: QuerySet) -> Iterator[str]:
    """Vouchers of stamp cards whose redemption is gone."""
    vouchers = Voucher.objects.filter(merchant__in=accounts.values("program__merchant"), entry__isnull=False)
    for voucher in lost(vouchers, "entry", Entry):
        yield f"voucher {voucher.public_id}: was issued by an entry that is not there"
