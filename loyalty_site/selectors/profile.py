"""One customer's page: who, what they do, what they hold, what they bought. Everything that grows comes in pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.dates import WEEKDAYS

from customers import rhythm, words
from customers.merchants.models import StaffMember
from customers.models import Customer, Purchase
from customers.rhythm import Rhythm
from rewards import ledger
from rewards.models import Entry, Judgement, Lot, Membership

from .cards import Holding, Receipt, holdings, purchases_of, reasons, receipts
from .people import Person, person

AT_ONCE, LATEST = 20, 10
__all__ = ["AT_ONCE", "customer_page", "entries_of", "movements", "purchases_of", "standing"]


@dataclass(slots=True)
class Movement:
    """An entry and why it is there."""

    entry: Entry
    reasons: list[str]


@dataclass(slots=True)
class CustomerPage:
    """One customer as the page shows them; `lots` are the next to expire, `lot_count` how many there are."""

    seen: Person
    holdings: list[Holding]
    rhythm: Rhythm
    consents: dict[tuple[str, str], bool]
    receipts: list[Receipt]
    movements: list[Movement]
    more_movements: bool
    lots: list[Lot]

    @property
    def weekday(self):
        """The name of the usual weekday."""
        return WEEKDAYS.get(self.rhythm.weekday)

    @property
    def tags(self) -> list[str]:
        return words.tags(self.seen.customer.attributes)

    @property
    def facts(self) -> list[tuple]:
        """What else is known, as far as it fits in a line."""
        known = self.seen.customer.attributes
        known = known if isinstance(known, dict) else {}
        return [(name, value) for name, value in known.items() if isinstance(value, (str, int, float))]


def customer_page(place: StaffMember, customer: Customer, page: Iterable[Purchase], *, at: datetime) -> CustomerPage:
    """The customer's page for a page of their purchases (eight queries, and four for the purchases)."""
    held = holdings(customer, at=at)
    entries = list(entries_of(customer, [one.membership for one in held])[: LATEST + 1])
    open_lots = Lot.objects.filter(account__in=[one.membership.account_id for one in held], remaining__gt=0)
    open_lots = open_lots.with_end().filter(Q(ends_at=None) | Q(ends_at__gt=at)).select_related("account__program")
    lots = list(open_lots.order_by(F("ends_at").asc(nulls_last=True), "id")[:LATEST])
    ledger.date_idle(lots)
    currency = place.merchant.currency
    return CustomerPage(
        seen=person(place, customer),
        holdings=held,
        rhythm=rhythm.of(customer),
        consents=standing(customer),
        receipts=receipts(page, currency=currency),
        movements=movements(entries[:LATEST], currency=currency),
        more_movements=len(entries) > LATEST,
        lots=[lot for lot in lots if lot.ends_at is None or lot.ends_at > at],
    )


def entries_of(customer: Customer, members: list[Membership] | None = None) -> QuerySet[Entry]:
    """The customer's entries, newest first, by the index of their accounts."""
    members = Membership.objects.filter(customer=customer) if members is None else members
    found = Entry.objects.filter(
        account__in=[member.account_id for member in members], membership__in=[member.pk for member in members]
    )
    return found.select_related("membership__program", "purchase", "refund").order_by("-occurred_at", "-id")


def movements(entries: Iterable[Entry], *, currency: str) -> list[Movement]:
    """Entries with the awards of the judgement that made them (one query)."""
    entries = list(entries)
    judged = Judgement.objects.filter(purchase__in={entry.purchase_id for entry in entries if entry.purchase_id})
    awards = {(one.purchase_id, one.membership_id): one.awards for one in judged.order_by("pk")}
    return [Movement(entry, why(entry, awards, currency)) for entry in entries]


def why(entry: Entry, awards: dict, currency: str) -> list[str]:
    """The reasons of an entry: what its rules gave, or what was written when it was made."""
    if entry.reason:
        return [entry.reason]
    if entry.kind != "earn" or entry.refund_id:
        return []
    return reasons(awards.get((entry.purchase_id, entry.membership_id), []), currency)


def standing(customer: Customer) -> dict[tuple[str, str], bool]:
    """The newest yes or no of each channel and purpose (one query)."""
    said = customer.consents.order_by("recorded_at", "id").values_list("channel", "purpose", "granted")
    return {(channel, purpose): granted for channel, purpose, granted in said}
