"""Booking what has expired, so that the books say it too. What can be spent never waits for this."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from customers.merchants import ids, rows
from rewards.models import Entry, Lot, LotUse, PointsAccount, Program
from rewards.models.ledger import EntryKind

from . import idle
from .lots import not_held, sooner
from .sheet import ENTRY_FIELDS

AT_ONCE = 2_000


def expire(*, at: datetime, accounts: Collection[int] | None = None) -> int:
    """Book every lot, or every one of some accounts, whose time is over; returns how many lots.

    Safe to run twice or at once.
    """
    standing = not_held(Lot.objects.filter(remaining__gt=0), at=at)
    if accounts is not None:
        standing = standing.filter(account_id__among=accounts)
    booked = 0
    for due in [standing.filter(expires_at__lte=at), *idle_and_over(standing, at=at), *closed(standing, at=at)]:
        while count := expire_some(due, at=at):
            booked += count
    return booked


def closed(standing: QuerySet, *, at: datetime) -> list[QuerySet]:
    """The lots of programs whose last spending day is over, if there are any (one query)."""
    programs = list(Program.objects.filter(spendable_until__lte=at).values_list("pk", flat=True))
    return [standing.filter(account__program__in=programs)] if programs else []


def idle_and_over(standing: QuerySet, *, at: datetime) -> list[QuerySet]:
    """The lots that are over because their accounts were idle, one queryset for each kind (one query)."""
    found = []
    for zone, months in idle.kinds(standing):
        these, lasting = idle.lasting(zone, months, at=at)
        found.append(standing.filter(these).exclude(lasting))
    return found


@transaction.atomic
def expire_some(due: QuerySet, *, at: datetime) -> int:
    """Book at most `AT_ONCE` lots: lock their accounts in order, read them again, write."""
    found = list(due.order_by("expires_at", "pk").values_list("pk", "account")[:AT_ONCE])
    accounts = lock({account for __, account in found})
    due = due.filter(pk__among=[lot for lot, __ in found]).with_end()
    lots = list(due.select_related("entry").order_by("expires_at", "pk"))
    dates = {lot.pk: lot.expires_at for lot in lots}
    if waiting := [lot for lot in lots if lot.idle_months]:
        clocks = idle.clocks({lot.account_id for lot in waiting})
        for lot in waiting:
            clock = clocks[lot.account_id]
            dates[lot.pk] = clock.over_at(clock.start(lot.idle_from), lot.idle_months)
    dates = {lot.pk: sooner(dates[lot.pk], lot.closes_at) for lot in lots}
    return book(accounts, lots, dates, at=at)


@transaction.atomic
def settle_idle(accounts: Collection[int], *, at: datetime) -> int:
    """Book what was over before a purchase on record could move it, of these accounts; returns how many lots.

    Two queries where nothing is over: the lots that wait for purchases, and the purchases since.
    """
    waiting = Lot.objects.filter(account_id__among=accounts, remaining__gt=0, idle_months__isnull=False)
    waiting = not_held(waiting, at=at).with_end()
    found = list(waiting)
    if not found:
        return 0
    bought = idle.purchases_since(accounts, min(lot.idle_from for lot in found))
    clocks = idle.clocks(accounts)
    dates = {}
    for lot in found:
        clock = clocks[lot.account_id]
        over = idle.first_over(lot.idle_from, lot.idle_months, clock, bought.get(lot.account_id, ()))
        if over:
            dates[lot.pk] = sooner(over, lot.closes_at)
    if not dates:
        return 0
    locked = lock({lot.account_id for lot in found if lot.pk in dates})
    lots = list(waiting.filter(pk__among=dates).select_related("entry").order_by("pk"))
    return book(locked, lots, dates, at=at)


def lock(accounts: Collection[int]) -> dict[int, PointsAccount]:
    """These accounts, locked in order."""
    found = PointsAccount.objects.select_for_update().filter(pk__among=accounts).order_by("pk")
    return {account.pk: account for account in found}


def book(accounts: dict[int, PointsAccount], lots: list[Lot], dates: dict[int, datetime], *, at: datetime) -> int:
    """Write the expiry of lots of locked accounts, each with its date."""
    entries, uses = [], []
    for lot, key in zip(lots, rows.reserve(Entry, len(lots)) if lots else (), strict=True):
        account = accounts[lot.account_id]
        account.balance -= lot.remaining
        uses.append((lot.pk, key, lot.remaining))
        entries.append(
            (
                key, ids.new("ent"), account.pk, lot.entry.membership_id, lot.entry.merchant_id, EntryKind.EXPIRE,
                -lot.remaining, 0, 0, account.balance, dates[lot.pk], at, f"expire:{lot.pk}", lot.purchase_id,
                None, lot.entry.imported_id, None, "", "",
            )
        )  # fmt: skip
    rows.insert(Entry, ENTRY_FIELDS, entries)
    rows.insert(LotUse, ["lot", "entry", "points"], uses)
    rows.change(Lot, ["remaining"], [(lot.pk, 0) for lot in lots])
    rows.change(PointsAccount, ["balance"], [(account.pk, account.balance) for account in accounts.values()])
    return len(lots)
