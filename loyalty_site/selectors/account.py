"""One customer's account in a program: what it holds, what waits for it, and its entries with their reasons."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.models import Customer
from rewards import ledger
from rewards.ledger import Balance
from rewards.models import Adjustment, Entry, Membership
from rewards.models.ledger import EntryKind
from rewards.models.programs import Kind

from . import entries
from .columns import harmless
from .entries import INSTANT, Told

AT_ONCE = 500  # rows of a file that are explained together


@dataclass(slots=True)
class Waiting:
    """An adjustment of this account that waits for a second person, and who asked."""

    adjustment: Adjustment
    by: str


@dataclass(slots=True)
class Account:
    """The account of the chosen program; `member` is None for somebody in no program.

    `kind` is the kind of entries that is asked for, empty for all. `shared` are the others of a pool.
    """

    members: list[Membership]
    member: Membership | None
    kind: str
    balance: Balance = field(default_factory=Balance)
    waiting: list[Adjustment] = field(default_factory=list)
    shared: list[Customer] = field(default_factory=list)

    @property
    def owed(self) -> int:
        """Points that the next earnings repay."""
        return max(-self.balance.available, 0)

    @property
    def usable(self) -> int:
        """Points that can be spent now."""
        return max(self.balance.available, 0)

    @property
    def last_day(self) -> date | None:
        """The last day of the points that are lost next."""
        over = self.balance.next_expiry_at
        return timezone.localtime(over - INSTANT).date() if over else None

    @property
    def entries(self) -> QuerySet[Entry]:
        """The entries of the chosen kind, newest first."""
        return entries.of_account(self.member.account_id, kind=self.kind) if self.member else Entry.objects.none()

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Every kind of entry and its word."""
        return [("", _("all")), *EntryKind.choices]


def account(customer: Customer, *, program: str, kind: str, at: datetime) -> Account:
    """The account that the address names, or the first; wrong names fall back (six queries, four without a program)."""
    members = list(with_points(customer).select_related("program__merchant").order_by("program__name"))
    member = next((one for one in members if one.program.public_id == program), members[0] if members else None)
    found = Account(members, member, kind if kind in EntryKind.values else "")
    if member is not None:
        found.balance = ledger.balance(member.account_id, at=at, now=at)
        pending = Adjustment.objects.for_merchant(customer.merchant_id).pending()
        found.waiting = list(pending.filter(membership__account=member.account_id).order_by("requested_at", "pk"))
        others = Membership.objects.filter(account=member.account_id).exclude(pk=member.pk)
        found.shared = [one.customer for one in others.select_related("customer").order_by("pk")]
    return found


def with_points(customer: Customer) -> QuerySet[Membership]:
    """Somebody's memberships in programs that count something; where there are only tiers and perks nothing moves."""
    return Membership.objects.filter(customer=customer).exclude(program__kind=Kind.MEMBERSHIP)


@dataclass(slots=True)
class Explained:
    """A page of entries with their reasons, and what waits with its names."""

    rows: list[Told]
    waiting: list[Waiting]


def explained(merchant: Merchant, page: Iterable[Entry], *, of: Customer, found: Account) -> Explained:
    """The entries of a page told, and who asked for what waits (three queries more than the entries)."""
    rows, names = entries.told(merchant, page, of=of, also=found.waiting)
    return Explained(rows, [Waiting(one, names.get(one.requested_by, "")) for one in found.waiting])


HEAD = ("entry", "occurred_at", "recorded_at", "kind", "points", "balance_after", "reason", "purchase", "by")


def rows(merchant: Merchant, customer: Customer, found: Account) -> Iterator[tuple]:
    """The same entries for a spreadsheet: the API's names, times at the shop, and the reasons in one cell."""
    yield HEAD
    for page in Paginator(found.entries, AT_ONCE):
        for one in entries.told(merchant, page, of=customer)[0]:
            yield tuple(harmless(cell) for cell in cells(one))


def cells(one: Told) -> tuple:
    """One entry for a spreadsheet."""
    entry = one.entry
    return (
        entry.public_id,
        timezone.localtime(entry.occurred_at).isoformat(),
        timezone.localtime(entry.recorded_at).isoformat(),
        entry.kind,
        entry.points,
        entry.balance_after,
        "; ".join([*one.reasons, *([one.cause] if one.cause else [])]),
        entry.purchase.public_id if entry.purchase else "",
        one.by,
    )
