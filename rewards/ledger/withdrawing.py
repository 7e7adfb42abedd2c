"""Taking back the points that an import brought."""

from datetime import datetime

from django.db.models import F, Q, Sum

from customers.models import Import
from rewards.models import Adjustment, Entry, HeldLot, Hold, Lot, LotUse, Membership, PointsAccount
from rewards.models.ledger import EntryKind

from .drafts import Posting
from .posting import post


def spent_of_import(imported: Import, *, at: datetime) -> bool:
    """Whether points of the import went to anything but returns, expiry and an older deficit, and stayed there.

    Or may be about to: they are held.
    """
    if HeldLot.objects.filter(lot__entry__imported=imported, hold__ended_at=None, hold__ends_at__gt=at).exists():
        return True
    elsewhere = ~Q(entry__kind__in=[EntryKind.REVERSE, EntryKind.EXPIRE])
    used = LotUse.objects.filter(elsewhere, lot__entry__imported=imported).exclude(entry=F("lot__entry"))
    return used.order_by().values("lot").annotate(gone=Sum("points")).filter(gone__gt=0).exists()


def reverse_import(imported: Import, *, at: datetime) -> list[Posting]:
    """Reverse the points that the import brought, each lot by its own entry: what is left of it, and what repaid a
    deficit, which is then owed again. Of a purchase from which something was taken back since, what it still keeps.
    What has expired is left to the books of expiry.
    """
    repaid = Sum("uses__points", filter=Q(uses__entry=F("entry")), default=0)
    returns = Q(uses__entry__imported=imported, uses__entry__kind=EntryKind.REVERSE)
    elsewhere = Q(uses__entry__purchase=None) | ~Q(uses__entry__purchase__imported=imported)
    lots = list(
        Lot.objects.filter(entry__imported=imported)
        .with_end()
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .annotate(taken=F("remaining") + repaid, returned=Sum("uses__points", filter=returns & elsewhere, default=0))
        .select_related("entry")
        .order_by("pk")
    )
    settle_drawn(lots)
    return post(
        [
            Posting(
                account_id=lot.account_id,
                membership_id=lot.entry.membership_id,
                merchant_id=lot.entry.merchant_id,
                kind=EntryKind.REVERSE,
                points=-lot.taken,
                occurred_at=at,
                key=f"undo:{lot.pk}",
                lot_id=lot.pk,
                purchase_id=lot.purchase_id,
                imported_id=imported.pk,
            )
            for lot in lots
            if lot.taken > 0
        ],
        at=at,
    )


def settle_drawn(lots: list[Lot]) -> None:
    """Let lots that somebody drew from take what their purchases still keep on the account, the last lot first.

    Less what returns of the import itself took from them: those are gone with it.
    """
    drawn = {lot.purchase_id for lot in lots if lot.remaining != lot.points} - {None}
    if not drawn:
        return
    moves = Entry.objects.filter(purchase_id__among=drawn, kind__in=[EntryKind.EARN, EntryKind.REVERSE])
    sums = moves.values_list("purchase", "account").annotate(Sum("points"), Sum("forgiven"), Sum("lapsed")).order_by()
    kept = {(purchase, account): points - gone - over for purchase, account, points, gone, over in sums}
    for lot in reversed(lots):
        owner = (lot.purchase_id, lot.account_id)
        if owner in kept:
            mine = max(min(lot.points, kept[owner]), 0)
            kept[owner] -= mine
            lot.taken = mine - lot.returned


def restore_returns(imported: Import, *, at: datetime) -> list[Posting]:
    """Give back what the import's returns took from points that came from elsewhere, and what they left owing.

    What was drawn comes back with its expiry. It counts as earned by the purchase again, as a later refund reckons.
    Nothing comes back of a purchase that was voided, or moved to somebody else, before.
    """
    theirs = Q(purchase__voided_at=None) | Q(purchase__voided_at=at)  # voided with the import
    theirs &= Q(purchase__customer=F("membership__customer"))
    returns = Entry.objects.filter(Q(purchase=None) | theirs, imported=imported, kind=EntryKind.REVERSE)
    uses = (
        LotUse.objects.filter(entry__in=returns)
        .filter(Q(lot__entry__imported=None) | ~Q(lot__entry__imported=imported))
        .select_related("entry", "lot")
        .order_by("pk")
    )
    owing = returns.annotate(owing=-F("points") - Sum("uses__points", default=0)).filter(owing__gt=0).order_by("pk")
    drawn = [
        restored(
            use.entry,
            use.points,
            key=f"undo-use:{use.pk}",
            available_at=max(at, use.lot.available_at),
            expires_at=use.lot.expires_at,
            idle_months=use.lot.idle_months,
            idle_from=use.lot.idle_from,
            at=at,
        )
        for use in uses
        if use.lot.expires_at is None or use.lot.expires_at > max(at, use.lot.available_at)
    ]
    owed = [restored(entry, entry.owing, key=f"undo-deficit:{entry.pk}", available_at=at, at=at) for entry in owing]
    return post([*drawn, *owed], at=at)


def restored(entry: Entry, points: int, *, key: str, available_at: datetime, at: datetime, **lasting) -> Posting:
    """Points that a return had taken, coming back; they last as the lot did."""
    return Posting(
        account_id=entry.account_id,
        membership_id=entry.membership_id,
        merchant_id=entry.merchant_id,
        kind=EntryKind.EARN,
        points=points,
        occurred_at=at,
        key=key,
        purchase_id=entry.purchase_id,
        available_at=available_at,
        **lasting,
    )


def close_accounts(accounts: list[int]) -> None:
    """Remove accounts and all that is theirs: only for customers who never should have been.

    From the leaves up, and raw: nothing else points at these rows, and asking for each would read the ledger.
    """
    for theirs in (
        Adjustment.objects.filter(membership__account__in=accounts),
        HeldLot.objects.filter(hold__account__in=accounts),
        Hold.objects.filter(account__in=accounts),
        LotUse.objects.filter(lot__account__in=accounts),
        Lot.objects.filter(account__in=accounts),
        Entry.objects.filter(account__in=accounts),
        Membership.objects.filter(account__in=accounts),
        PointsAccount.objects.filter(pk__in=accounts),
    ):
        theirs._raw_delete(theirs.db)
