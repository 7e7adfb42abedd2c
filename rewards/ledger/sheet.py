"""The accounts of one `post`: locked, reckoned in memory, written in a handful of statements."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.merchants import ids, rows
from customers.merchants.refusals import Conflict, Invalid
from rewards.models import Entry, Lot, LotUse, PointsAccount
from rewards.models.ledger import EntryKind

from .drafts import Part, Posting
from .lots import OpenLot, date_idle, held_points, is_over, is_own, lapsed_points, lot_rows, passed_on, spending_order

ENTRY_FIELDS = [
    "id", "public_id", "account", "membership", "merchant", "kind", "points", "forgiven", "lapsed", "balance_after",
    "occurred_at", "recorded_at", "key", "purchase", "refund", "activity", "imported", "origin", "actor", "reason",
]  # fmt: skip
LOT_FIELDS = [
    "id", "account", "entry", "origin", "purchase", "points", "remaining", "available_at", "expires_at", "idle_months",
    "idle_from",
]  # fmt: skip
LARGEST_BALANCE = 10**15  # so that sums over thousands of accounts still fit a database's integer
NEW = 1 << 62  # the keys of new lots until they are written: later than any that stands


class InsufficientPoints(Conflict):
    code = "insufficient_points"
    message = _("There are not enough points: %(available)d can be used, and %(wanted)d are asked for.")


class Deficit(Conflict):
    code = "deficit"
    message = _("This account owes points. It can use points again when new ones have repaid them.")


class TooManyPoints(Invalid):
    code = "amount_too_large"
    message = _("This would give more points than an account can hold. Check the amount, and the rules of the program.")


class Sheet:
    """The accounts of one `post`, locked, with the open lots that its postings may draw from or give back to."""

    def __init__(self, postings: list[Posting], *, at: datetime):
        self.recorded_at = at
        self.balances, self.deficits = {}, {}
        self.holding: set[int] = set()
        self.lots: dict[int, list[OpenLot]] = {}
        self.known: dict[int, OpenLot] = {}
        self.lapsed: dict[tuple[int | None, int], int] = {}
        self.touched: dict[int, OpenLot] = {}
        self.new_lots: list[OpenLot] = []
        self.entries: list[tuple] = []
        self.uses: list[tuple[OpenLot, int, int]] = []
        ids_in_order = sorted({posting.account_id for posting in postings})
        # One order for everybody: two transactions that meet on several accounts wait, and never embrace.
        accounts = PointsAccount.objects.select_for_update().filter(pk__among=ids_in_order).order_by("pk")
        for key, balance, deficit, held_until in accounts.values_list("pk", "balance", "deficit", "held_until"):
            self.balances[key], self.deficits[key] = balance, deficit
            if held_until and held_until > at:
                self.holding.add(key)

    def load_lots(self, postings: list[Posting]) -> None:
        """Fetch what postings may draw from or give back to: nothing when all bring points, else a few queries."""
        self.public_ids = iter(ids.many("ent", len(postings)))
        drawing = [posting for posting in postings if not posting.arrives]
        self.lots = {posting.account_id: [] for posting in drawing}
        found: dict[int, tuple] = {}
        if drawing:
            self.find(found, lot_rows(Lot.objects.filter(account_id__among=self.lots, remaining__gt=0)))
        if own := {posting.purchase_id for posting in drawing if posting.kind != EntryKind.REDEEM} - {None}:
            # Through the entries, whose index by purchase there is; spent and expired lots count here too.
            came = lot_rows(Lot.objects.filter(entry__purchase_id__among=own))
            followed = lot_rows(Lot.objects.filter(origin__isnull=False, purchase_id__among=own))
            self.find(found, came.union(followed, all=True))
            self.lapsed = lapsed_points(own)
        if back := {lot for posting in postings for lot, __ in posting.back}:
            self.find(found, lot_rows(Lot.objects.filter(pk__among=back)))
        for key, row in sorted(found.items()):
            lot = self.known[key] = OpenLot(*row)
            if lot.account_id in self.lots:
                self.lots[lot.account_id].append(lot)
        date_idle(self.known.values())
        if self.holding and drawing:
            for key, points in held_points(self.holding, at=self.recorded_at).items():
                if key in self.known:
                    self.known[key].held = points

    def find(self, found: dict[int, tuple], lots: QuerySet) -> None:
        """Note rows of lots by key."""
        found |= {row[0]: row for row in lots}

    def arrive(self, posting: Posting) -> None:
        """Points come: to the lots they came from, or as new lots; a deficit is repaid of them first."""
        if posting.source and not posting.source.moved:
            posting.entry_id = None
            return
        if posting.source:
            posting.origin_id = posting.source.entry_id
        came = [(self.bring(part, posting), part.points) for part in self.parts(posting)]
        self.repay(posting, came)
        self.enter(posting, sum(points for __, points in came))

    def parts(self, posting: Posting) -> Iterable[Part]:
        """The lots that a posting brings, or gives back to."""
        if posting.source:
            return [passed_on(lot, points) for lot, points in posting.source.drawn]
        if posting.back:
            return [self.returned(self.known[key], points, posting) for key, points in posting.back]
        return [
            Part(
                points=posting.points,
                available_at=posting.available_at or posting.occurred_at,
                expires_at=posting.expires_at,
                idle_months=posting.idle_months,
                idle_from=(posting.idle_from or posting.occurred_at) if posting.idle_months else None,
                purchase_id=posting.purchase_id,
            )
        ]

    def returned(self, lot: OpenLot, points: int, posting: Posting) -> Part:
        """Points that come back: to their lot, or in a new one when that is over."""
        if not is_over(lot, posting):
            return Part(points, lot.available_at, into=lot)
        posting.extended += points
        return Part(points, posting.occurred_at, posting.grace_until, purchase_id=lot.purchase_id, origin_id=lot.pk)

    def bring(self, part: Part, posting: Posting) -> OpenLot:
        """Put points into the lot they came from, or into a new one; the account can spend them."""
        if lot := part.into:
            lot.remaining += part.points
            self.touched[lot.pk] = lot
            self.uses.append((lot, posting.entry_id, -part.points))
            return lot
        lot = OpenLot(
            pk=NEW + len(self.new_lots),
            account_id=posting.account_id,
            entry_id=posting.entry_id,
            purchase_id=part.purchase_id,
            points=part.points,
            remaining=part.points,
            available_at=part.available_at,
            expires_at=part.expires_at,
            ends_at=part.expires_at,
            idle_months=part.idle_months,
            idle_from=part.idle_from,
            origin_id=part.origin_id,
        )
        self.new_lots.append(lot)
        if posting.account_id in self.lots:
            self.lots[posting.account_id].append(lot)
        return lot

    def repay(self, posting: Posting, came: list[tuple[OpenLot, int]]) -> None:
        """Let what came repay a deficit, in spending order."""
        owed = self.deficits[posting.account_id]
        if not owed:
            return
        for lot, points in sorted(came, key=lambda one: spending_order(one[0])):
            repaid = min(owed, points)
            if repaid:
                owed -= repaid
                lot.remaining -= repaid
                self.uses.append((lot, posting.entry_id, repaid))
        self.deficits[posting.account_id] = owed

    def leave(self, posting: Posting) -> None:
        """Points go: own lots, then others in spending order, then deficit or forgiveness."""
        account, wanted = posting.account_id, -posting.points
        if posting.if_full and not self.gives_all(posting):
            posting.entry_id = None
            return
        if posting.take:
            for key, points in posting.take:
                self.draw(self.known[key], points, posting)
            self.enter(posting, -wanted)
            return
        if posting.whole:
            lots = [lot for lot in self.lots[account] if not is_over(lot, posting)]
            wanted = sum(lot.free for lot in lots)
        else:
            own = [lot for lot in self.lots[account] if is_own(lot, posting)]
            wanted -= self.lapse(own, wanted, posting)
            others = (lot for lot in self.lots[account] if lot not in own and lot.available_at <= posting.occurred_at)
            lots = [lot for lot in [*own, *sorted(others, key=spending_order)] if not is_over(lot, posting)]
        if posting.strict:
            self.check(posting, wanted, sum(lot.free for lot in lots))
        taken = 0
        for lot in lots:
            if taken < wanted and lot.free:
                taken += self.draw(lot, min(lot.free, wanted - taken), posting)
        if posting.forgive:
            posting.forgiven = wanted - taken
            wanted = taken
        self.deficits[account] += wanted - taken
        self.enter(posting, -wanted)

    def gives_all(self, posting: Posting) -> bool:
        """Whether the open lots hold all that a posting wants; then it happens when the last of them has arrived."""
        account = posting.account_id
        held = [lot for lot in self.lots[account] if lot.free]
        if self.deficits[account] or sum(lot.free for lot in held) < -posting.points:
            return False
        posting.occurred_at = max([posting.occurred_at, *(lot.available_at for lot in held)])
        return sum(lot.free for lot in held if not is_over(lot, posting)) >= -posting.points

    def lapse(self, own: list[OpenLot], wanted: int, posting: Posting) -> int:
        """How much of a reversal had expired of the purchase's own lots, and is not taken again."""
        owner = (posting.purchase_id, posting.account_id)
        gone = sum(lot.booked_expired + (lot.free if is_over(lot, posting) else 0) for lot in own)
        settled = self.lapsed.get(owner, 0)
        posting.lapsed = min(wanted, max(gone - settled, 0))
        self.lapsed[owner] = settled + posting.lapsed
        return posting.lapsed

    def check(self, posting: Posting, wanted: int, available: int) -> None:
        """Refuse what the account does not have; one that owes has nothing to redeem or to pass on."""
        deficit = self.deficits[posting.account_id]
        if deficit and posting.kind != EntryKind.ADJUST:
            raise Deficit(deficit=deficit)
        if available - deficit < wanted:
            known = {"available": available - deficit, "wanted": wanted}
            raise InsufficientPoints(
                values=known, field="points", available=available - deficit, missing=wanted - available + deficit
            )

    def draw(self, lot: OpenLot, points: int, posting: Posting) -> int:
        """Take points out of a lot for a posting."""
        lot.remaining -= points
        self.touched[lot.pk] = lot
        self.uses.append((lot, posting.entry_id, points))
        posting.drawn.append((lot, points))
        return points

    def enter(self, posting: Posting, points: int) -> None:
        """Note the entry; one that neither moves nor settles anything is none."""
        posting.moved = points
        if not (points or posting.forgiven or posting.lapsed):
            posting.entry_id = None
            return
        self.balances[posting.account_id] += points
        if points > 0 and self.balances[posting.account_id] > LARGEST_BALANCE:
            raise TooManyPoints(field="amount")
        self.entries.append(
            (
                posting.entry_id, next(self.public_ids), posting.account_id, posting.membership_id, posting.merchant_id,
                posting.kind, points, posting.forgiven, posting.lapsed, self.balances[posting.account_id],
                posting.occurred_at, self.recorded_at, posting.key, posting.purchase_id, posting.refund_id,
                posting.activity_id, posting.imported_id, posting.origin_id, posting.actor, posting.reason,
            )
        )  # fmt: skip

    def write(self) -> None:
        """Entries, lots, uses, then the accounts last, so that their rows are held for the shortest time."""
        if self.new_lots:
            for lot, key in zip(self.new_lots, rows.reserve(Lot, len(self.new_lots)), strict=True):
                lot.pk = key
        rows.insert(Entry, ENTRY_FIELDS, self.entries)
        rows.insert(
            Lot,
            LOT_FIELDS,
            [
                (
                    lot.pk, lot.account_id, lot.entry_id, lot.origin_id, lot.purchase_id, lot.points, lot.remaining,
                    lot.available_at, None if lot.idle_months else lot.expires_at, lot.idle_months, lot.idle_from,
                )
                for lot in self.new_lots
            ],
        )  # fmt: skip
        rows.change(Lot, ["remaining"], [(key, lot.remaining) for key, lot in self.touched.items() if key < NEW])
        rows.insert(LotUse, ["lot", "entry", "points"], [(lot.pk, entry, points) for lot, entry, points in self.uses])
        rows.change(
            PointsAccount,
            ["balance", "deficit"],
            [(key, balance, self.deficits[key]) for key, balance in self.balances.items()],
        )
