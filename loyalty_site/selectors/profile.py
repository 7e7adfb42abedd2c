"""One customer's page: who, what they do, what they hold, what they bought. Everything that grows comes in pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from customers import attributes, rhythm, words
from customers.merchants.models import StaffMember
from customers.models import Customer, Purchase
from customers.rhythm import Rhythm
from rewards import ledger
from rewards.earning import awards_of
from rewards.models import Entry, Lot, Membership
from rewards.next_best import Suggestion
from segments import lifecycle
from segments.lifecycle import Standing, State
from segments.predictions import next_visit
from segments.surveys.models import FollowUp, Satisfaction

from .cards import Holding, Receipt, holdings, purchases_of, reasons, receipts
from .customer_values import Worth, worth_of
from .people import Person, person
from .suggested import suggested
from .surveys import unhappy
from .vouchers import InHand, open_vouchers, used_vouchers

AT_ONCE, LATEST, SUGGESTED = 20, 10, 3
__all__ = ["AT_ONCE", "customer_page", "movements", "purchases_of", "standing"]


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
    standing: Standing | None
    expected: str
    consents: dict[tuple[str, str], bool]
    receipts: list[Receipt]
    movements: list[Movement]
    lots: list[Lot]
    vouchers: list[InHand]
    used: list[InHand]
    worth: Worth | None
    suggested: list[Suggestion]
    satisfaction: Satisfaction | None
    unhappy: list[FollowUp]

    @property
    def weekday(self):
        """The name of the usual weekday."""
        return WEEKDAYS.get(self.rhythm.weekday)

    @property
    def tags(self) -> list[str]:
        return words.tags(self.seen.customer.attributes)

    @property
    def facts(self) -> list[tuple]:
        """What else is known, as far as it fits in a line; by the shop's own names where it has any (one query, none
        where nothing is)."""
        known = self.seen.customer.attributes
        known = {name: value for name, value in known.items() if name != "tags"} if isinstance(known, dict) else {}
        labels = attributes.defined(self.seen.customer.merchant) if known else {}
        return [(labels.get(name, name), said) for name, value in known.items() if (said := in_a_line(value))]


def in_a_line(value) -> str:
    """A fact as text; lists of texts with commas, and nothing for what an API client keeps in another shape."""
    parts = value if isinstance(value, list) else [value]
    return ", ".join(str(one) for one in parts) if all(isinstance(one, (str, int, float)) for one in parts) else ""


def customer_page(place: StaffMember, customer: Customer, page: Iterable[Purchase], *, at: datetime) -> CustomerPage:
    """The customer's page for a page of their purchases: eleven to thirteen queries, four for the purchases, and where
    programs have rewards fourteen at most for what suits the customer; one more where they answered a survey.
    """
    held = holdings(customer, at=at)
    entries = list(entries_of([one.membership for one in held])[:LATEST])
    open_lots = Lot.objects.filter(account__in=[one.membership.account_id for one in held], remaining__gt=0)
    open_lots = open_lots.with_end().filter(Q(ends_at=None) | Q(ends_at__gt=at)).select_related("account__program")
    lots = list(open_lots.order_by(F("ends_at").asc(nulls_last=True), "id")[:LATEST])
    ledger.date_idle(lots)
    currency, beats = place.merchant.currency, rhythm.of(customer)
    stands = lifecycle.standing_of(customer, day=timezone.localdate(at))
    return CustomerPage(
        seen=person(place, customer),
        holdings=held,
        rhythm=beats,
        standing=stands,
        expected=next_words(stands, beats, timezone.localdate(at)),
        consents=standing(customer),
        receipts=receipts(page, currency=currency),
        movements=movements(entries, currency=currency),
        vouchers=open_vouchers(customer, currency=currency, at=at),
        used=used_vouchers(customer, currency=currency),
        worth=worth_of(customer, today=timezone.localdate(at)),
        suggested=suggested(customer, held, at=at)[:SUGGESTED],
        satisfaction=(said := getattr(customer, "satisfaction", None)),
        unhappy=unhappy.of_customer(customer) if said else [],
        lots=[lot for lot in lots if lot.ends_at is None or lot.ends_at > at],
    )


def next_words(stands: Standing | None, beats: Rhythm, today: date) -> str:
    """When the customer is expected, in a sentence; nothing before the first purchase."""
    if stands is None:
        return ""
    if stands.state == State.LOST:
        return _("No visit is expected any more.")
    found = next_visit.of_card(stands, beats.gaps)
    return found.sentence(today) if found else _("Not known yet: nobody here has come on two days.")


def entries_of(members: list[Membership]) -> QuerySet[Entry]:
    """The entries of a customer's memberships, newest first, by the index of their accounts."""
    found = Entry.objects.filter(
        account__in=[member.account_id for member in members], membership__in=[member.pk for member in members]
    )
    return found.select_related("membership__program", "purchase", "refund", "activity").order_by("-occurred_at", "-id")


def movements(entries: Iterable[Entry], *, currency: str) -> list[Movement]:
    """Entries with the awards of the judgement that made them (one query)."""
    entries = list(entries)
    awards = awards_of(entries)
    return [Movement(entry, why(entry, awards.get(entry.pk, []), currency)) for entry in entries]


def why(entry: Entry, awards: list[dict], currency: str) -> list[str]:
    """The reasons of an entry: what its rules gave, or what was written when it was made."""
    if entry.reason:
        return [entry.reason]
    return reasons(awards, currency, entry.membership.program)


def standing(customer: Customer) -> dict[tuple[str, str], bool]:
    """The newest yes or no of each channel and purpose (one query)."""
    said = customer.consents.order_by("recorded_at", "id").values_list("channel", "purpose", "granted")
    return {(channel, purpose): granted for channel, purpose, granted in said}
