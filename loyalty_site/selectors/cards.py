"""What a customer holds and bought: for the counter and for the customer's page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from customers.merchants.models import StaffMember
from customers.merchants.templatetags.ficha import money, signed
from customers.models import Customer, Purchase, PurchaseLine
from rewards import ledger, programs, rules, tiers
from rewards.earning import Earned, awards_in
from rewards.ledger import Balance
from rewards.models import Judgement, Membership, Program, TierChange, Voucher
from rewards.models.programs import Kind
from segments import lifecycle
from segments.lifecycle import Standing

from .people import Person, masked
from .tiers import Level, levels
from .vouchers import InHand, open_vouchers

DRAWN = 40  # stamps on a card that is drawn stamp by stamp
RECENT, LOOKED_AT = 8, 50  # customers shown, and purchases among which they are looked for
LATEST = 5  # purchases of the customer at the counter


@dataclass(slots=True)
class StampCard:
    """A stamp card: how much of it is filled."""

    filled: int
    size: int

    @property
    def missing(self) -> int:
        """Stamps until it is full."""
        return self.size - self.filled

    @property
    def marks(self) -> list[bool]:
        """Each place of the card, filled or not; none for a card too long to draw."""
        return [place < self.filled for place in range(self.size)] if self.size <= DRAWN else []


@dataclass(slots=True)
class Holding:
    """A membership and what it holds; `card` where that are stamps, the `level` where its program has tiers."""

    membership: Membership
    balance: Balance
    card: StampCard | None = None
    level: Level | None = None

    @property
    def counts(self) -> bool:
        """Whether there is anything to count; a membership has no points."""
        return self.membership.program.kind != Kind.MEMBERSHIP


def holdings(customer: Customer, *, at: datetime) -> list[Holding]:
    """The customer's memberships with their balances and tiers.

    Three queries, one more where there are stamps, three more where programs have tiers.
    """
    mine = Membership.objects.filter(customer=customer).with_tiers()
    members = list(mine.select_related("program__merchant").order_by("program__name"))
    found = ledger.balances([member.account_id for member in members], at=at, now=at)
    stand = levels(members, currency=members[0].program.merchant.currency, at=at) if members else {}
    stamped = [member.program_id for member in members if member.program.kind == Kind.STAMPS]
    sizes = programs.card_sizes(stamped) if stamped else {}
    return [
        Holding(
            member,
            found[member.account_id],
            card=stamp_card(found[member.account_id], sizes.get(member.program_id)),
            level=stand.get(member.pk),
        )
        for member in members
    ]


def stamp_card(balance: Balance, size: int | None) -> StampCard | None:
    """How much of a card is filled; a deficit leaves it empty."""
    return StampCard(min(max(balance.available, 0), size), size) if size else None


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
    """What a purchase earns or would earn, where there is something to earn: memberships have no points.

    `available_at` only where the points are held back.
    """
    return [
        Gain(
            program=one.program,
            points=one.points,
            reasons=reasons([{**award.stored(), "when": award.when} for award in one.awards], currency, one.program),
            available_at=one.available_at if one.points and one.available_at > at else None,
        )
        for one in earned
        if one.program.kind != Kind.MEMBERSHIP
    ]


@dataclass(slots=True)
class Receipt:
    """A purchase on record with what it earned."""

    purchase: Purchase
    gains: list[Gain]


def purchases_of(customer: Customer) -> QuerySet[Purchase]:
    """The customer's purchases, newest first, with location, lines and judgements (three queries)."""
    judged = Judgement.objects.standing().select_related("program", "version").order_by("program__name")
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
                Gain(one.program, one.points, reasons(awards_in(one), currency, one.program))
                for one in purchase.judgements.all()
                if one.program.kind != Kind.MEMBERSHIP
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
    """The customer at the counter; `receipt` is the purchase just recorded, `risen` the tiers it changed; `last` the
    latest purchases otherwise; `standing` where they are in their life cycle, and why (None before the first purchase).
    """

    customer: Customer
    seen: Person
    holdings: list[Holding]
    last: list[Purchase]
    vouchers: list[InHand]
    standing: Standing | None = None
    receipt: Receipt | None = None
    risen: list[TierChange] = field(default_factory=list)

    @property
    def filled(self) -> list[Voucher]:
        """The vouchers of the cards that the receipt's purchase filled."""
        key = self.receipt.purchase.pk if self.receipt else None
        return [one.voucher for one in self.vouchers if key and one.voucher.purchase_id == key]


def counter_card(customer: Customer, *, receipt: str | None, currency: str, at: datetime) -> CounterCard:
    """The card with balances, tiers and the latest purchases, or the receipt that is named.

    Five queries, eight with a receipt, one or two more for who came less than four times; where programs have tiers
    three more, four with a receipt.
    """
    last = Purchase.objects.for_merchant(customer.merchant_id).filter(customer=customer)
    found = purchases_of(customer).filter(public_id=receipt) if receipt else []
    shown, held = next(iter(receipts(found, currency=currency)), None), holdings(customer, at=at)
    return CounterCard(
        customer=customer,
        seen=masked([customer])[0],
        holdings=held,
        vouchers=open_vouchers(customer, currency=currency, at=at),
        last=list(last.order_by("-occurred_on", "-occurred_at", "-id")[:LATEST]),
        standing=lifecycle.standing_of(customer, day=timezone.localtime(at).date()),
        receipt=shown,
        risen=tiers.changes_of(shown.purchase) if shown and any(one.level for one in held) else [],
    )
