"""What the settings pages list: locations, people and keys of one shop."""

from dataclasses import dataclass
from datetime import datetime

from customers import staff_cards
from customers.merchants import tills
from customers.merchants.models import ApiKey, Invitation, Location, Merchant, PinEvent, StaffMember, User
from customers.models import Customer

from . import actors

PIN_EVENTS = 20  # shown of one person


def locations(merchant: Merchant) -> list[Location]:
    """The shop's counters by name (one query)."""
    return list(Location.objects.for_merchant(merchant).order_by("name"))


@dataclass(slots=True)
class Team:
    """Who works here, who did, and who is asked to; `suggested` are people with the card that seems to be theirs."""

    here: list[StaffMember]
    gone: list[StaffMember]
    invited: list[Invitation]
    suggested: list[tuple[StaffMember, Customer]]


def team(merchant: Merchant, *, at: datetime) -> Team:
    """The people of a shop, with their customer cards, and the invitations that still open a door (four queries)."""
    people = StaffMember.objects.filter(merchant=merchant).select_related("user", "staff_card__customer")
    places = list(people.order_by("joined_at", "pk"))
    theirs = staff_cards.suggested(merchant)
    waiting = Invitation.objects.for_merchant(merchant).waiting().filter(expires_at__gt=at)
    return Team(
        here=[place for place in places if place.is_active],
        gone=[place for place in places if not place.is_active],
        invited=list(waiting.order_by("-created_at")),
        suggested=[(place, theirs[place.pk]) for place in places if place.pk in theirs],
    )


@dataclass(slots=True)
class Keys:
    """Keys that work, the newest first, and those that did."""

    working: list[ApiKey]
    revoked: list[ApiKey]


def keys(merchant: Merchant) -> Keys:
    """The shop's keys (one query)."""
    found = list(ApiKey.objects.filter(merchant=merchant).select_related("location").order_by("-created_at", "-pk"))
    return Keys(
        working=[key for key in found if key.revoked_at is None],
        revoked=[key for key in found if key.revoked_at is not None],
    )


def serving(user: User) -> list[StaffMember]:
    """Where somebody serves at a counter, and so may have a PIN (one query)."""
    mine = StaffMember.objects.filter(user=user, is_active=True, role__in=tills.SERVERS)
    return list(mine.select_related("merchant").order_by("merchant__name"))


@dataclass(slots=True)
class PinNote:
    """What happened with a PIN, and by whom."""

    event: PinEvent
    by: str


def pin_notes(place: StaffMember) -> list[PinNote]:
    """What happened last with somebody's PIN, the newest first (three queries, one where nothing did)."""
    events = list(PinEvent.objects.filter(place=place).order_by("-at", "-pk")[:PIN_EVENTS])
    names = actors.names(place.merchant, [event.actor for event in events])
    return [PinNote(event, names.get(event.actor, "")) for event in events]
