"""The page of one purchase: what was bought, what it earned and why, what came back, and what stands."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from customers.merchants.models import Merchant, StaffMember
from customers.models import Purchase, PurchaseLine, Refund
from customers.purchases import remaining
from rewards import earning
from rewards.claims import Discount
from rewards.models import Entry, Judgement, Program
from rewards.models.programs import Kind

from . import actors
from .cards import claimed_in, reasons
from .entries import cause
from .people import Person, person

MOST = 100  # refunds and entries shown


def purchases(merchant: Merchant) -> QuerySet[Purchase]:
    """The shop's purchases with all that a page names (one query)."""
    named = ("merchant", "customer__activity", "location", "staff__user", "imported")
    return Purchase.objects.for_merchant(merchant).select_related(*named)


@dataclass(slots=True)
class Bought:
    """A line of the receipt, and the quantity of it that is left."""

    line: PurchaseLine
    left: Decimal


@dataclass(slots=True)
class Standing:
    """What a program gave for the purchase, why, and what of it stands."""

    program: Program
    points: int
    reasons: list[str]
    stands: int

    @property
    def gone(self) -> int:
        """Points that no longer stand, taken back or let go; negative where a smaller basket earned more."""
        return self.points - self.stands


@dataclass(slots=True)
class Movement:
    """An entry of the purchase, why it is there, and by whom (a person or a key; nobody for an import)."""

    entry: Entry
    cause: str
    by: str


@dataclass(slots=True)
class PurchasePage:
    """One purchase as its page shows it."""

    seen: Person | None
    bought: list[Bought]
    standing: list[Standing]
    claimed: list[Discount]
    refunds: list[Refund]
    movements: list[Movement]


def purchase_page(place: StaffMember, purchase: Purchase) -> PurchasePage:
    """The page of a purchase of `purchases` (nine queries, eleven where something was claimed)."""
    refunds = Refund.objects.filter(merchant=place.merchant, purchase=purchase, undone_at=None)
    return PurchasePage(
        seen=person(place, purchase.customer) if purchase.customer else None,
        bought=bought(purchase),
        standing=standing(purchase),
        claimed=claimed_in([purchase]).get(purchase.pk, []),
        refunds=list(refunds.prefetch_related("lines__line").order_by("-occurred_at", "-pk")[:MOST]),
        movements=movements(place.merchant, purchase),
    )


def movements(merchant: Merchant, purchase: Purchase) -> list[Movement]:
    """How the points of a purchase moved, newest first (three queries)."""
    named = ("membership__customer", "membership__program", "refund")
    entries = list(
        Entry.objects.filter(purchase=purchase).select_related(*named).order_by("-recorded_at", "-pk")[:MOST]
    )
    names = actors.names(merchant, [entry.actor for entry in entries])
    return [Movement(entry, cause(entry), names.get(entry.actor, "")) for entry in entries]


def bought(purchase: Purchase) -> list[Bought]:
    """The lines of the receipt with what is left of each (one query)."""
    return [Bought(line, line.quantity - line.returned) for line in remaining.lines_of([purchase.pk])]


def standing(purchase: Purchase) -> list[Standing]:
    """What each program gave, and what of it stands (two queries)."""
    kept = earning.kept_points([purchase.pk])
    judged = Judgement.objects.standing().filter(purchase=purchase).select_related("program", "version")
    return [
        Standing(
            program=one.program,
            points=one.points,
            reasons=reasons(earning.awards_in(one), purchase.merchant.currency, one.program),
            stands=kept.get((purchase.pk, one.membership_id), (0, 0))[1],
        )
        for one in judged.exclude(program__kind=Kind.MEMBERSHIP).order_by("program__name")
    ]
