"""Entries of the ledger with all that explains them: rules, purchase, refund, lots, what they answer, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.models import Customer
from rewards import ledger
from rewards.models import Adjustment, Entry, Lot, LotUse, PointsAccount

from . import actors, profile

MOST = 12  # lots shown of an entry
INSTANT = timedelta(microseconds=1)
CAUSES = {  # by what the key of an entry begins with
    "void": _("the purchase was voided"),
    "moved": _("it was moved to somebody else"),
    "judgement": _("it was moved here"),
    "rest": _("for what had come back before"),
    "balance": _("it paid for the purchase"),
}


def cause(entry: Entry) -> str:
    """Why an entry of a purchase is there, beyond the purchase itself; mostly nothing."""
    return str(CAUSES.get(entry.key.partition(":")[0], "")) if entry.purchase_id else ""


@dataclass(slots=True)
class Piece:
    """Points of one lot: since when it is there, and between which moments they can be spent (`last_day` inclusive)."""

    points: int
    lot: Lot
    since: datetime

    @property
    def last_day(self) -> date | None:
        """The last local day on which the points can be spent; None for ever."""
        return timezone.localtime(self.lot.ends_at - INSTANT).date() if self.lot.ends_at else None


@dataclass(slots=True)
class Told:
    """An entry and everything that explains it; names are empty where nobody is known.

    `brought` is what it added to spend, `drawn` what it took of older lots, `returned` what it gave back to them;
    `repaid` went to what was owed. `whose` is another person of the pool; `other` the other side of a transfer.
    """

    entry: Entry
    reasons: list[str]
    cause: str
    by: str
    approved_by: str
    whose: Customer | None
    other: Customer | None
    brought: list[Piece]
    drawn: list[Piece]
    returned: list[Piece]
    repaid: int
    more: int

    @property
    def late(self) -> bool:
        """Whether it was written on a later day than it happened: then the balances are not in order of the days."""
        return local(self.entry.recorded_at) != local(self.entry.occurred_at)

    @property
    def bare(self) -> bool:
        """Whether nothing says why."""
        entry = self.entry
        rows = entry.purchase_id, entry.activity_id, entry.refund_id, entry.imported_id, entry.origin_id
        return not any((self.reasons, self.cause, self.other, *rows, entry.kind == "expire"))


def local(moment: datetime) -> date:
    """The day at the shop."""
    return timezone.localtime(moment).date()


def of_account(account: PointsAccount | int, *, kind: str = "") -> QuerySet[Entry]:
    """The entries of an account, newest first, with what explains them (four queries, five where lots were drawn)."""
    named = ("membership__customer", "membership__program", "origin__membership__customer", "adjustment", "redemption")
    rows = ("purchase", "refund", "activity", "imported")
    drawn = Prefetch("lot", Lot.objects.with_end().select_related("entry"))
    parts = (
        Prefetch("lots", Lot.objects.with_end().order_by("pk")),
        Prefetch("uses", LotUse.objects.order_by("pk").prefetch_related(drawn)),
        Prefetch("answers", Entry.objects.select_related("membership__customer").order_by("pk")),
    )
    found = Entry.objects.filter(account=account, **({"kind": kind} if kind else {}))
    return found.select_related(*named, *rows).prefetch_related(*parts).order_by("-occurred_at", "-id")


def told(
    merchant: Merchant, entries: Iterable[Entry], *, of: Customer, also: Iterable[Adjustment] = ()
) -> tuple[list[Told], dict[str, str]]:
    """Entries of `of_account` explained to a reader of somebody's page, and the names of who did them.

    One query for the judgements and two for the names, those of who asked for `also` with them; two more where points
    last while somebody buys.
    """
    moved = profile.movements(entries, currency=merchant.currency)
    entries = [one.entry for one in moved]
    ledger.date_idle([lot for entry in entries for lot in (*entry.lots.all(), *(use.lot for use in entry.uses.all()))])
    wanted = [entry.actor for entry in entries] + [one.requested_by for one in also]
    wanted += [entry.adjustment.decided_by for entry in entries if has_adjustment(entry)]
    names = actors.names(merchant, wanted)
    return [explained(one.entry, one.reasons, names, of=of) for one in moved], names


def has_adjustment(entry: Entry) -> bool:
    """Whether an entry was made by hand; its row came along, so nothing is asked."""
    return getattr(entry, "adjustment", None) is not None


def explained(entry: Entry, reasons: list[str], names: dict[str, str], *, of: Customer) -> Told:
    """One entry with its lots and names (no query)."""
    uses, lots = list(entry.uses.all()), list(entry.lots.all())
    repaid = sum(use.points for use in uses if use.points > 0 and entry.points > 0)
    brought = [Piece(lot.points, lot, entry.occurred_at) for lot in lots]
    drawn = [piece(use) for use in uses if use.points > 0 and entry.points <= 0]
    returned = [piece(use) for use in uses if use.points < 0]
    holder = entry.membership.customer
    return Told(
        entry=entry,
        reasons=reasons,
        cause=cause(entry),
        by=doer(entry, names),
        approved_by=names.get(entry.adjustment.decided_by, "") if has_adjustment(entry) else "",
        whose=holder if holder.pk != of.pk else None,
        other=other_side(entry),
        brought=brought[:MOST],
        drawn=drawn[:MOST],
        returned=returned[:MOST],
        repaid=repaid,
        more=sum(max(len(pieces) - MOST, 0) for pieces in (brought, drawn, returned)),
    )


def doer(entry: Entry, names: dict[str, str]) -> str:
    """Who or what did it: a person, a key, a file, or the day that came; empty where nobody is on record."""
    if entry.kind == "expire":
        return gettext("the calendar")
    return names.get(entry.actor) or (entry.imported.filename if entry.imported else "")


def piece(use: LotUse) -> Piece:
    """What an entry drew from a lot, or gave back to it."""
    return Piece(abs(use.points), use.lot, use.lot.entry.occurred_at)


def other_side(entry: Entry) -> Customer | None:
    """To whom points were passed on, or from whom they came."""
    if entry.kind == "transfer_in":
        return entry.origin.membership.customer
    return next((one.membership.customer for one in entry.answers.all() if one.kind == "transfer_in"), None)
