"""Taking back the points that an import brought."""

from datetime import datetime

from django.db.models import F, Q

from customers.models import Import
from rewards.models import Entry, Lot, LotUse, Membership, PointsAccount
from rewards.models.ledger import EntryKind

from .posting import Posting, post


def spent_of_import(imported: Import) -> bool:
    """Whether points of the import went to anything but returns, expiry and an older deficit."""
    elsewhere = ~Q(entry__kind__in=[EntryKind.REVERSE, EntryKind.EXPIRE])
    return LotUse.objects.filter(elsewhere, lot__entry__imported=imported).exclude(entry=F("lot__entry")).exists()


def reverse_import(imported: Import, *, at: datetime) -> list[Posting]:
    """Reverse what is left of the points that the import brought, each lot by its own entry."""
    lots = Lot.objects.filter(entry__imported=imported, remaining__gt=0).select_related("entry").order_by("pk")
    return post(
        [
            Posting(
                account_id=lot.account_id,
                membership_id=lot.entry.membership_id,
                merchant_id=lot.entry.merchant_id,
                kind=EntryKind.REVERSE,
                points=-lot.remaining,
                occurred_at=at,
                key=f"undo:{lot.pk}",
                purchase_id=lot.purchase_id,
                imported_id=imported.pk,
            )
            for lot in lots
        ],
        at=at,
    )


def restore_returns(imported: Import, *, at: datetime) -> list[Posting]:
    """Give back what the import's returns had drawn from points that came from elsewhere, with their expiry."""
    uses = (
        LotUse.objects.filter(entry__imported=imported, entry__kind=EntryKind.REVERSE)
        .filter(Q(lot__entry__imported=None) | ~Q(lot__entry__imported=imported))
        .select_related("entry", "lot")
        .order_by("pk")
    )
    return post(
        [
            Posting(
                account_id=use.lot.account_id,
                membership_id=use.entry.membership_id,
                merchant_id=use.entry.merchant_id,
                kind=EntryKind.ADJUST,
                points=use.points,
                occurred_at=at,
                key=f"undo-use:{use.pk}",
                purchase_id=use.lot.purchase_id,
                available_at=max(at, use.lot.available_at),
                expires_at=use.lot.expires_at,
            )
            for use in uses
            if use.lot.expires_at is None or use.lot.expires_at > max(at, use.lot.available_at)
        ],
        at=at,
    )


def close_accounts(accounts: list[int]) -> None:
    """Remove accounts and all that is theirs: only for customers who never should have been."""
    Membership.objects.filter(account__in=accounts).delete()
    LotUse.objects.filter(lot__account__in=accounts).delete()
    Lot.objects.filter(account__in=accounts).delete()
    Entry.objects.filter(account__in=accounts).delete()
    PointsAccount.objects.filter(pk__in=accounts).delete()
