"""Booking what has expired, so that the books say it too. What can be spent never waits for this."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from customers.merchants import ids, rows
from rewards.models import Entry, Lot, LotUse, PointsAccount, Program
from rewards.models.ledger import EntryKind, LotQuerySet

from .posting import ENTRY_FIELDS

AT_ONCE = 2_000


def expire(*, at: datetime) -> int:
    """Book every lot whose time is over, oldest expiry first; returns how many lots. Safe to run twice or at once."""
    booked = 0
    while count := expire_some(at=at):
        booked += count
    return booked


@transaction.atomic
def expire_some(*, at: datetime) -> int:
    """Book at most `AT_ONCE` lots: lock their accounts in order, read them again, write."""
    due = due_lots(at)
    found = list(due.order_by("expires_at", "pk").values_list("pk", "account")[:AT_ONCE])
    accounts = {
        account.pk: account
        for account in PointsAccount.objects.select_for_update()
        .filter(pk__in={account for __, account in found})
        .order_by("pk")
    }
    lots = list(due.filter(pk__in=[lot for lot, __ in found]).select_related("entry").order_by("ends_at", "pk"))
    entries, uses = [], []
    for lot, key in zip(lots, rows.reserve(Entry, len(lots)) if lots else (), strict=True):
        account = accounts[lot.account_id]
        account.balance -= lot.remaining
        uses.append((lot.pk, key, lot.remaining))
        entries.append(
            (
                key, ids.new("ent"), account.pk, lot.entry.membership_id, lot.entry.merchant_id, EntryKind.EXPIRE,
                -lot.remaining, 0, 0, account.balance, lot.ends_at, at, f"expire:{lot.pk}", lot.purchase_id,
                None, None, lot.entry.imported_id, "", "",
            )
        )  # fmt: skip
    rows.insert(Entry, ENTRY_FIELDS, entries)
    rows.insert(LotUse, ["lot", "entry", "points"], uses)
    rows.change(Lot, ["remaining"], [(lot.pk, 0) for lot in lots])
    rows.change(PointsAccount, ["balance"], [(account.pk, account.balance) for account in accounts.values()])
    return len(lots)


def due_lots(at: datetime) -> LotQuerySet:
    """Lots that still hold something and are over: by their own expiry, or because their program is closed.

    The closed programs are asked first: where there is none, the index of open lots by expiry answers alone.
    """
    over = Q(expires_at__lte=at)
    if closed := list(Program.objects.filter(spendable_until__lte=at).values_list("pk", flat=True)):
        over |= Q(account__program__in=closed)
    return Lot.objects.filter(over, remaining__gt=0).with_end()
