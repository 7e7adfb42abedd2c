"""What a customer holds and bought: for the counter and for the customer's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from customers.merchants.models import StaffMember
from customers.merchants.templatetags.ficha import money
from customers.models import Customer, Purchase
from rewards import ledger, rules
from rewards.earning import Earned
from rewards.ledger import Balance
from rewards.models import Entry, Judgement, Membership, Program

from .people import Person, masked, person

LATEST = 20


@dataclass(slots=True)
class Holding:
    """A membership and what it holds."""

    membership: Membership
    balance: Balance


def holdings(customer: Customer, *, at: datetime) -> list[Holding]:
    """The customer's memberships with their balances (three queries)."""
    members = list(Membership.objects.filter(customer=customer).select_related("program").order_by("program__name"))
    found = ledger.balances([member.account_id for member in members], at=at, now=at)
    return [Holding(member, found[member.account_id]) for member in members]


@dataclass(slots=True)
class Gain:
    """What one program gives for a purchase, and why."""

    program: Program
    points: int
    reasons: list[str]
    available_at: datetime | None = None


def reasons(awards: list[dict], currency: str) -> list[str]:
    """Why, one sentence per rule that gave something."""
    return [rules.why(award, lambda minor: money(minor, currency)) for award in awards]


def gains(earned: list[Earned], *, currency: str, at: datetime) -> list[Gain]:
    """What a purchase earns or would earn; `available_at` only where the points are held back."""
    return [
        Gain(
            program=one.program,
            points=one.points,
            reasons=reasons([award.stored() for award in one.awards], currency),
            available_at=one.available_at if one.points and one.available_at > at else None,
        )
        for one in earned
    ]


@dataclass(slots=True)
class Receipt:
    """A purchase on record with what it earned."""

    purchase: Purchase
    gains: list[Gain]


def purchases_of(customer: Customer) -> QuerySet[Purchase]:
    """The customer's purchases, newest first, with location and judgements (two queries)."""
    judged = Judgement.objects.select_related("program").order_by("program__name")
    bought = Purchase.objects.for_merchant(customer.merchant_id).filter(customer=customer)
    return (
        bought.select_related("location")
        .prefetch_related(Prefetch("judgements", judged))
        .order_by("-occurred_at", "-id")
    )


def receipts(purchases: Iterable[Purchase], *, currency: str) -> list[Receipt]:
    """Purchases with the points of each judgement and their reasons."""
    return [
        Receipt(
            purchase,
            [Gain(one.program, one.points, reasons(one.awards, currency)) for one in purchase.judgements.all()],
        )
        for purchase in purchases
    ]


@dataclass(slots=True)
class CounterCard:
    """The customer at the counter; `receipt` is the purchase just recorded."""

    customer: Customer
    seen: Person
    holdings: list[Holding]
    receipt: Receipt | None = None


def counter_card(customer: Customer, *, receipt: str | None, currency: str, at: datetime) -> CounterCard:
    """The card with balances and, where one is named, the receipt (three queries, five with a receipt)."""
    found = purchases_of(customer).filter(public_id=receipt) if receipt else []
    return CounterCard(
        customer=customer,
        seen=masked([customer])[0],
        holdings=holdings(customer, at=at),
        receipt=next(iter(receipts(found, currency=currency)), None),
    )


@dataclass(slots=True)
class CustomerPage:
    """One customer: who, what they hold, what they bought, how their points moved."""

    seen: Person
    holdings: list[Holding]
    receipts: list[Receipt]
    entries: list[Entry]


def customer_page(place: StaffMember, customer: Customer, *, at: datetime) -> CustomerPage:
    """The customer's page (six queries)."""
    entries = Entry.objects.filter(membership__customer=customer).select_related("membership__program")
    return CustomerPage(
        seen=person(place, customer),
        holdings=holdings(customer, at=at),
        receipts=receipts(purchases_of(customer)[:LATEST], currency=place.merchant.currency),
        entries=list(entries.order_by("-occurred_at", "-id")[:LATEST]),
    )
