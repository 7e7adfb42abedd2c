"""What an account holds at a moment, past, present or future: always computed from its lots."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from rewards.models import Entry, HeldLot, Hold, Lot, LotUse, PointsAccount
from rewards.models.ledger import EntryKind

from . import idle
from .lots import held_points, sooner

LOT = [
    "pk",
    "account__held_until",
    "available_at",
    "expires_at",
    "account__program__spendable_until",
    "idle_months",
    "idle_from",
]


@dataclass(slots=True)
class Balance:
    """Points of an account at a moment.

    `available` can be spent then (negative in a deficit); `pending` will be later; `held` is set aside for redemptions;
    `expired` are points whose time is over; `lifetime_earned` is what was earned less what refunds took back,
    `lifetime_redeemed` what was redeemed less what came back of it; `next_expiry_*` is the nearest loss, if nothing
    else happens.
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
    """Balances of many accounts at a moment, in two queries; two more where points wait for purchases to last,
    one where points are held.

    At `now` and later what has been drawn from a lot is in the lot; for the past it is added up from the uses. Both
    give the same rows for the present, which a test compares.
    """
    accounts = list(accounts)
    found = {account: Balance() for account in accounts}
    entered = fill_entries(found, at=at if at < now else None)
    lots = list(lots_at(accounts, at=at) if at < now else open_lots(accounts))
    idling = {account for account, *__, months, __ in lots if months}
    clocks = idle.clocks(idling, at=at if at < now else None) if idling else {}
    holding = {account for account, __, __, until, *__ in lots if until and until > at}
    held = held_points(holding, at=at) if holding else {}
    kept: dict[int, int] = dict.fromkeys(accounts, 0)
    for account, remaining, lot, __, available_at, expires_at, closes_at, months, since in lots:
        kept[account] += remaining
        found[account].held += held.get(lot, 0)
        if months:
            expires_at = clocks[account].over_at(clocks[account].start(since), months)
        add_lot(found[account], remaining - held.get(lot, 0), available_at, sooner(expires_at, closes_at), at)
    for account in accounts:
        # Entries and lots differ by exactly the deficit, at any moment.
        found[account].available -= max(kept[account] - entered[account], 0)
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
    """Account, remaining, and the moments of the lots that hold something now."""
    return Lot.objects.filter(account__in=accounts, remaining__gt=0).values_list("account", "remaining", *LOT)


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
        .values_list("account", "left", *LOT)
    )


def add_lot(found: Balance, remaining: int, available_at: datetime, expires_at: datetime | None, at: datetime) -> None:
    """Count what nobody holds of a lot where it belongs at the moment."""
    if not remaining:
        return
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
    """Points that members of each program can spend now, deficits and what is held taken off.

    Two queries; one more for each time zone and number of months after which idle points are over, and where points are
    held.
    """
    usable = Lot.objects.filter(account__program__in=program_ids, remaining__gt=0, available_at__lte=at)
    usable = usable.exclude(account__program__spendable_until__lte=at)
    dated = Q(expires_at=None) | Q(expires_at__gt=at)
    kinds: set[tuple[str, int]] = set()
    totals: dict[int, int] = {}
    sums = usable.filter(dated).values_list("account__program", "account__program__merchant__timezone", "idle_months")
    for program, zone, months, points in sums.annotate(Sum("remaining")).order_by():
        if months:
            kinds.add((zone, months))
        else:
            totals[program] = totals.get(program, 0) + points
    parts = [usable.filter(*idle.lasting(zone, months, at=at)) for zone, months in sorted(kinds)]
    for part in parts:
        for program, points in part.values_list("account__program").annotate(Sum("remaining")).order_by():
            totals[program] = totals.get(program, 0) + points
    for program, points in set_aside(program_ids, [usable.filter(dated, idle_months=None), *parts], at=at):
        totals[program] = totals.get(program, 0) - points
    return totals


def set_aside(program_ids: Iterable[int], parts: list[QuerySet], *, at: datetime) -> Iterator[tuple[int, int]]:
    """What members of each program owe, and what is held of these lots (one query, and one for each part if any is)."""
    concerned = PointsAccount.objects.filter(Q(deficit__gt=0) | Q(held_until__gt=at), program__in=program_ids)
    holding = False
    for program, owed, until in concerned.values_list("program").annotate(Sum("deficit"), Max("held_until")).order_by():
        yield program, owed
        holding = holding or (until is not None and until > at)
    for part in parts if holding else ():
        held = HeldLot.objects.filter(hold__in=Hold.objects.active(at), lot__in=part)
        yield from held.values_list("hold__account__program").annotate(Sum("points")).order_by()
