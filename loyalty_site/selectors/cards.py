"""What a customer holds and bought: for the counter and for the customer's page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from customers.merchants.models import StaffMember
from customers.merchants.templatetags.ficha import money, signed
from customers.models import Customer, Purchase, PurchaseLine
from rewards import ledger, rules
from rewards.earning import Earned
from rewards.ledger import Balance
from rewards.models import Judgement, Membership, Program
from rewards.models.programs import Kind

from .people import Person, masked

RECENT, LOOKED_AT = 8, 50  # customers shown, and purchases among which they are looked for


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


def reasons(awards: list[dict], currency: str, program: Program) -> list[str]:
    """Why, one sentence per rule that gave something; of several each says its part, and they add up."""
    cash = program.kind == Kind.CASHBACK
    said = [rules.why(award, lambda minor: money(minor, currency), cash=cash) for award in awards]
    if len(said) < 2:
        return said
    return [
        f"{award['rule']} {signed(award['points'], program.unit)}: {why}"
        for award, why in zip(awards, said, strict=True)
    ]


def gains(earned: list[Earned], *, currency: str, at: datetime) -> list[Gain]:
    """What a purchase earns or would earn; `available_at` only where the points are held back."""
    return [
        Gain(
            program=one.program,
            points=one.points,
            reasons=reasons([award.stored() for award in one.awards], currency, one.program),
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
    """The customer's purchases, newest first, with location, lines and judgements (three queries)."""
    judged = Judgement.objects.standing().select_related("program").order_by("program__name")
    bought = Purchase.objects.for_merchant(customer.merchant_id).filter(customer=customer)
    return (
        bought.select_related("location")
        .prefetch_related(Prefetch("judgements", judged), Prefetch("lines", PurchaseLine.objects.order_by("number")))
        .order_by("-occurred_on", "-occurred_at", "-id")  # the first of them is in the index
    )


def receipts(purchases: Iterable[Purchase], *, currency: str) -> list[Receipt]:
    """Purchases with the points of each judgement and their reasons."""
    return [
        Receipt(
            purchase,
            [
                Gain(one.program, one.points, reasons(one.awards, currency, one.program))
                for one in purchase.judgements.all()
            ],
        )
        for purchase in purchases
    ]


def served_today(place: StaffMember, *, where: str | None, at: datetime) -> list[Person]:
    """The last customers served by this person, or at the location `where`, since midnight (one query)."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    here = Q(staff=place) | Q(location__public_id=where) if where else Q(staff=place)
    bought = Purchase.objects.for_merchant(place.merchant_id).standing().filter(here, customer__isnull=False)
    latest = (
        bought.filter(occurred_at__gte=midnight).select_related("customer__activity").order_by("-occurred_at", "-id")
    )
    people = {purchase.customer_id: purchase.customer for purchase in latest[:LOOKED_AT]}
    return masked(list(people.values())[:RECENT])


@dataclass(slots=True)
class CounterCard:
    """The customer at the counter; `receipt` is the purchase just recorded."""

    customer: Customer
    seen: Person
    holdings: list[Holding]
    receipt: Receipt | None = None


def counter_card(customer: Customer, *, receipt: str | None, currency: str, at: datetime) -> CounterCard:
    """The card with balances and, where one is named, the receipt (three queries, six with a receipt)."""
    found = purchases_of(customer).filter(public_id=receipt) if receipt else []
    return CounterCard(
        customer=customer,
        seen=masked([customer])[0],
        holdings=holdings(customer, at=at),
        receipt=next(iter(receipts(found, currency=currency)), None),
    )
