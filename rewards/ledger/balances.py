"""What an account holds at a moment, past, present or future: always computed from its lots."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from rewards.models import Entry, Lot, LotUse, PointsAccount
from rewards.models.ledger import EntryKind


@dataclass(slots=True)
class Balance:
    """Points of an account at a moment.

    `available` can be spent then (negative in a deficit); `pending` will be later; `expired` are points whose time is
    over; `lifetime_earned` is what was earned less what refunds took back; `next_expiry_*` is the nearest loss.
    """

    available: int = 0
    pending: int = 0
    held: int = 0
    lifetime_earned: int = 0
    lifetime_redeemed: int = 0
    expired: int = 0
    next_expiry_points: int = 0
    next_expiry_at: datetime | None = None


def balance(account: int, *, at: datetime, now: datetime) -> Balance:
    """The balance of one account (two queries)."""
    return balances([account], at=at, now=now)[account]


def balances(accounts: Iterable[int], *, at: datetime, now: datetime) -> dict[int, Balance]:
    """Balances of many accounts at a moment, in two queries.

    At `now` and later what has been drawn from a lot is in the lot; for the past it is added up from the uses. Both
    give the same rows for the present, which a test compares.
    """
    accounts = list(accounts)
    found = {account: Balance() for account in accounts}
    entered = fill_entries(found, at=at if at < now else None)
    lots = lots_at(accounts, at=at) if at < now else open_lots(accounts)
    held: dict[int, int] = dict.fromkeys(accounts, 0)
    for account, remaining, available_at, expires_at in lots:
        held[account] += remaining
        add_lot(found[account], remaining, available_at, expires_at, at)
    for account in accounts:
        # Entries and lots differ by exactly the deficit, at any moment.
        found[account].available -= max(held[account] - entered[account], 0)
    return found


def fill_entries(found: dict[int, Balance], *, at: datetime | None) -> dict[int, int]:
    """Fill the lifetime figures from the entries until `at` (None: all), and return each account's sum of entries.

    For the present it is all, as with the lots: another till's entry may be dated a moment after this one's clock.
    """
    entered = dict.fromkeys(found, 0)
    until = {} if at is None else {"occurred_at__lte": at}
    sums = (
        Entry.objects.filter(account__in=found, **until)
        .values_list("account")
        .annotate(
            Sum("points"),
            earned=Sum("points", filter=Q(kind__in=[EntryKind.EARN, EntryKind.REVERSE]), default=0),
            redeemed=Sum("points", filter=Q(kind__in=[EntryKind.REDEEM, EntryKind.RETURN]), default=0),
            expired=Sum("points", filter=Q(kind=EntryKind.EXPIRE), default=0),
        )
        .order_by()
    )
    for account, total, earned, redeemed, expired in sums:
        entered[account] = total
        found[account].lifetime_earned = earned
        found[account].lifetime_redeemed = -redeemed
        found[account].expired = -expired
    return entered


def open_lots(accounts: list[int]) -> QuerySet:
    """Account, remaining, available_at and end of the lots that hold something now."""
    found = Lot.objects.filter(account__in=accounts, remaining__gt=0).with_end()
    return found.values_list("account", "remaining", "available_at", "ends_at")


def lots_at(accounts: list[int], *, at: datetime) -> QuerySet:
    """The same at a past moment: lots that had arrived, less what had been drawn by then."""
    used = (
        LotUse.objects.filter(lot=OuterRef("pk"), entry__occurred_at__lte=at)
        .order_by()
        .values("lot")
        .annotate(total=Sum("points"))
        .values("total")
    )
    return (
        Lot.objects.filter(entry__account__in=accounts, entry__occurred_at__lte=at)
        .annotate(left=Sum("points") - Coalesce(Subquery(used), 0))
        .filter(left__gt=0)
        .with_end()
        .values_list("account", "left", "available_at", "ends_at")
    )


def add_lot(found: Balance, remaining: int, available_at: datetime, expires_at: datetime | None, at: datetime) -> None:
    """Count a lot where it belongs at the moment."""
    if expires_at is not None and expires_at <= at:
        found.expired += remaining
        return
    if available_at > at:
        found.pending += remaining
    else:
        found.available += remaining
    if expires_at is not None:
        if found.next_expiry_at is None or expires_at < found.next_expiry_at:
            found.next_expiry_at, found.next_expiry_points = expires_at, 0
        if expires_at == found.next_expiry_at:
            found.next_expiry_points += remaining


def total_available(program_ids: Iterable[int], *, at: datetime) -> dict[int, int]:
    """Points that members of each program can spend now, deficits taken off (two queries)."""
    spendable = (
        Lot.objects.filter(account__program__in=program_ids, remaining__gt=0, available_at__lte=at)
        .with_end()
        .filter(Q(ends_at=None) | Q(ends_at__gt=at))
        .values_list("account__program")
        .annotate(Sum("remaining"))
        .order_by()
    )
    deficits = (
        PointsAccount.objects.filter(program__in=program_ids, deficit__gt=0)
        .values_list("program")
        .annotate(Sum("deficit"))
        .order_by()
    )
    totals = dict(spendable)
    for program, deficit in deficits:
        totals[program] = totals.get(program, 0) - deficit
    return totals
