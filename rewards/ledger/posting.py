"""Writing entries: many at once, in a handful of statements, once per key."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from customers.merchants import ids, rows
from rewards.models import Entry, Lot, LotUse, PointsAccount
from rewards.models.ledger import EntryKind

FOREVER = datetime.max.replace(tzinfo=UTC)
ENTRY_FIELDS = [
    "id", "public_id", "account", "membership", "merchant", "kind", "points", "forgiven", "lapsed", "balance_after",
    "occurred_at", "recorded_at", "key", "purchase", "refund", "activity", "imported", "actor", "reason",
]  # fmt: skip
LOT_FIELDS = ["id", "account", "entry", "purchase", "points", "remaining", "available_at", "expires_at"]


@dataclass(slots=True)
class Posting:
    """Points to move on an account. `key` names the thing, so that posting it again does nothing.

    Positive points make a lot, spendable from `available_at` (default `occurred_at`) until `expires_at` (None: ever).
    Negative points draw first from their own lots (`lot_id`, or those of `purchase_id`), then from the other open ones
    in spending order; what no lot gives becomes a deficit, or with `forgive` is let go (`forgiven`). What expired of
    the own lots is not taken again (`lapsed`). With `whole` it is all or nothing: the open lots give every point, as
    soon as all of them have arrived, or nothing moves. After `post`: `entry_id` (None when nothing moved) and `moved`,
    the points of the entry.
    """

    account_id: int
    membership_id: int
    merchant_id: int
    kind: str
    points: int
    occurred_at: datetime
    key: str
    purchase_id: int | None = None
    lot_id: int | None = None
    refund_id: int | None = None
    activity_id: int | None = None
    imported_id: int | None = None
    actor: str = ""
    reason: str = ""
    available_at: datetime | None = None
    expires_at: datetime | None = None
    forgive: bool = False
    whole: bool = False
    entry_id: int | None = None
    moved: int = 0
    forgiven: int = 0
    lapsed: int = 0


@dataclass(slots=True)
class OpenLot:
    """A row of Lot while postings draw from it: making model instances would double the time of an import."""

    pk: int
    account_id: int
    entry_id: int
    purchase_id: int | None
    points: int
    remaining: int
    available_at: datetime
    expires_at: datetime | None
    booked_expired: int = 0


class Sheet:
    """The accounts of one `post`, locked, with the open lots that its negative postings may draw from."""

    def __init__(self, postings: list[Posting]):
        self.balances, self.deficits = {}, {}
        self.lots: dict[int, list[OpenLot]] = {}
        self.lapsed: dict[tuple[int | None, int], int] = {}
        self.touched: dict[int, OpenLot] = {}
        self.new_lots: list[OpenLot] = []
        self.entries: list[tuple] = []
        self.uses: list[tuple] = []
        ids_in_order = sorted({posting.account_id for posting in postings})
        # One order for everybody: two transactions that meet on several accounts wait, and never embrace.
        accounts = PointsAccount.objects.select_for_update().filter(pk__among=ids_in_order).order_by("pk")
        for key, balance, deficit in accounts.values_list("pk", "balance", "deficit"):
            self.balances[key], self.deficits[key] = balance, deficit

    def load_lots(self, postings: list[Posting]) -> None:
        """Fetch what negative postings may draw from: none when all are positive, otherwise at most three queries."""
        drawing = [posting for posting in postings if posting.points < 0]
        if not drawing:
            return
        self.lots = {posting.account_id: [] for posting in drawing}
        found = {lot[0]: lot for lot in lot_rows(Lot.objects.filter(account_id__among=self.lots, remaining__gt=0))}
        if own := {posting.purchase_id for posting in drawing} - {None}:
            # Through the entries, whose index by purchase there is; spent and expired lots count here too.
            found |= {lot[0]: lot for lot in lot_rows(Lot.objects.filter(entry__purchase_id__among=own))}
            self.lapsed = lapsed_points(own)
        for __, lot in sorted(found.items()):
            if lot[1] in self.lots:
                self.lots[lot[1]].append(OpenLot(*lot))

    def arrive(self, posting: Posting, lot_id: int) -> None:
        """A positive posting: a lot, of which a deficit is repaid first."""
        account = posting.account_id
        repaid = min(self.deficits[account], posting.points)
        self.deficits[account] -= repaid
        lot = OpenLot(
            pk=lot_id,
            account_id=account,
            entry_id=posting.entry_id,
            purchase_id=posting.purchase_id,
            points=posting.points,
            remaining=posting.points - repaid,
            available_at=posting.available_at or posting.occurred_at,
            expires_at=posting.expires_at,
        )
        self.new_lots.append(lot)
        if account in self.lots:
            self.lots[account].append(lot)
        if repaid:
            self.uses.append((lot.pk, posting.entry_id, repaid))
        self.enter(posting, posting.points)

    def leave(self, posting: Posting) -> None:
        """A negative posting: own lots, then others in spending order, then deficit or forgiveness."""
        account, wanted = posting.account_id, -posting.points
        if posting.whole and not self.gives_all(posting):
            posting.entry_id = None
            return
        own = [lot for lot in self.lots[account] if is_own(lot, posting)]
        gone = sum(lot.booked_expired + (lot.remaining if is_over(lot, posting) else 0) for lot in own)
        settled = self.lapsed.get((posting.purchase_id, account), 0)
        posting.lapsed = min(wanted, max(gone - settled, 0))
        self.lapsed[posting.purchase_id, account] = settled + posting.lapsed
        wanted -= posting.lapsed
        others = sorted(
            (lot for lot in self.lots[account] if lot not in own and lot.available_at <= posting.occurred_at),
            key=spending_order,
        )
        taken = 0
        for lot in [*own, *others]:
            if taken < wanted and lot.remaining and not is_over(lot, posting):
                taken += self.draw(lot, min(lot.remaining, wanted - taken), posting)
        if posting.forgive:
            posting.forgiven = wanted - taken
            wanted = taken
        self.deficits[account] += wanted - taken
        self.enter(posting, -wanted)

    def gives_all(self, posting: Posting) -> bool:
        """Whether the open lots hold all that a `whole` posting wants; then it happens when the last has arrived."""
        account = posting.account_id
        held = [lot for lot in self.lots[account] if lot.remaining]
        if self.deficits[account] or sum(lot.remaining for lot in held) < -posting.points:
            return False
        posting.occurred_at = max([posting.occurred_at, *(lot.available_at for lot in held)])
        return sum(lot.remaining for lot in held if not is_over(lot, posting)) >= -posting.points

    def draw(self, lot: OpenLot, points: int, posting: Posting) -> int:
        """Take points out of a lot for a posting."""
        lot.remaining -= points
        self.touched[lot.pk] = lot
        self.uses.append((lot.pk, posting.entry_id, points))
        return points

    def enter(self, posting: Posting, points: int) -> None:
        """Note the entry; one that neither moves nor settles anything is none."""
        posting.moved = points
        if not (points or posting.forgiven or posting.lapsed):
            posting.entry_id = None
            return
        self.balances[posting.account_id] += points
        self.entries.append(
            (
                posting.entry_id, next(self.public_ids), posting.account_id, posting.membership_id, posting.merchant_id,
                posting.kind, points, posting.forgiven, posting.lapsed, self.balances[posting.account_id],
                posting.occurred_at, self.recorded_at, posting.key, posting.purchase_id, posting.refund_id,
                posting.activity_id, posting.imported_id, posting.actor, posting.reason,
            )
        )  # fmt: skip

    def write(self) -> None:
        """Entries, lots, uses, then the accounts last, so that their rows are held for the shortest time."""
        rows.insert(Entry, ENTRY_FIELDS, self.entries)
        rows.insert(
            Lot,
            LOT_FIELDS,
            [
                (
                    lot.pk, lot.account_id, lot.entry_id, lot.purchase_id, lot.points, lot.remaining, lot.available_at,
                    lot.expires_at,
                )
                for lot in self.new_lots
            ],
        )  # fmt: skip
        fresh = {lot.pk for lot in self.new_lots}
        rows.change(Lot, ["remaining"], [(key, lot.remaining) for key, lot in self.touched.items() if key not in fresh])
        rows.insert(LotUse, ["lot", "entry", "points"], self.uses)
        rows.change(
            PointsAccount,
            ["balance", "deficit"],
            [(key, balance, self.deficits[key]) for key, balance in self.balances.items()],
        )


@transaction.atomic
def post(postings: list[Posting], *, at: datetime) -> list[Posting]:
    """Post what is not posted yet, in the order given, and return it; `at` is when it is recorded.

    The number of statements does not grow with the list. Accounts are locked in one order, so that calls that meet
    on several accounts wait for each other and never deadlock.
    """
    if not postings:
        return []
    sheet = Sheet(postings)
    sheet.recorded_at = at
    fresh = unposted(postings)
    if not fresh:
        return []
    sheet.public_ids = iter(ids.many("ent", len(fresh)))
    sheet.load_lots(fresh)
    arriving = sum(posting.points > 0 for posting in fresh)
    lot_ids = iter(rows.reserve(Lot, arriving) if arriving else ())
    for posting, key in zip(fresh, rows.reserve(Entry, len(fresh)), strict=True):
        posting.entry_id = key
        if posting.points > 0:
            sheet.arrive(posting, next(lot_ids))
        else:
            sheet.leave(posting)
    sheet.write()
    return fresh


def unposted(postings: list[Posting]) -> list[Posting]:
    """Those whose key is not in the books yet, each key once (one query)."""
    keys = {posting.key for posting in postings}
    seen = set(Entry.objects.filter(key__among=keys).values_list("key", flat=True)) if keys else set()
    fresh = []
    for posting in postings:
        if posting.key not in seen:
            seen.add(posting.key)
            fresh.append(posting)
    return fresh


def lot_rows(lots: QuerySet) -> QuerySet:
    """Lots as OpenLot takes them, with what the books say has expired of each."""
    expired = Sum("uses__points", filter=Q(uses__entry__kind=EntryKind.EXPIRE), default=0)
    return (
        lots.with_end()
        .annotate(booked_expired=expired)
        .values_list(
            "pk", "account", "entry", "purchase", "points", "remaining", "available_at", "ends_at", "booked_expired"
        )
    )


def lapsed_points(purchases: set[int]) -> dict[tuple[int, int], int]:
    """What earlier reversals of these purchases settled as expired, by purchase and account."""
    sums = (
        Entry.objects.filter(purchase_id__among=purchases, lapsed__gt=0)
        .values_list("purchase", "account")
        .annotate(Sum("lapsed"))
        .order_by()
    )
    return {(purchase, account): points for purchase, account, points in sums}


def is_own(lot: OpenLot, posting: Posting) -> bool:
    """Whether the lot is the one that the posting names, or came with its purchase."""
    if posting.lot_id:
        return lot.pk == posting.lot_id
    return posting.purchase_id is not None and lot.purchase_id == posting.purchase_id


def is_over(lot: OpenLot, posting: Posting) -> bool:
    """Whether the lot had expired when the posting happened."""
    return lot.expires_at is not None and lot.expires_at <= posting.occurred_at


def spending_order(lot: OpenLot) -> tuple:
    """Nearest expiry first, then oldest; lots that never expire last."""
    return (lot.expires_at or FOREVER, lot.pk)
