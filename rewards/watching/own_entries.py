"""Points that reached the card of the very person who gave them."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from customers.merchants.models import Merchant
from customers.models import StaffCard
from rewards.models import Alert, Entry, Membership
from rewards.models.adjustments import AdjustmentStatus
from rewards.models.alerts import AlertKind
from rewards.models.ledger import EntryKind

ARRIVING = [EntryKind.EARN, EntryKind.ADJUST, EntryKind.TRANSFER_IN]


def credited(merchant: Merchant, start: datetime) -> Iterator[Alert]:
    """What people gave to their own linked cards since a moment, whichever way (two queries).

    Whoever recorded a purchase is its staff member, also when a till's key sent it. What a second person approved is
    nothing to tell. A purchase is told once, however many programs it earned in.
    """
    cards = dict(StaffCard.objects.for_merchant(merchant).values_list("customer", "staff__public_id"))
    if not cards:
        return
    accounts = Membership.objects.filter(customer__in=list(cards)).values("account")
    moves = Entry.objects.filter(account__in=accounts, kind__in=ARRIVING, points__gt=0, occurred_at__gte=start)
    moves = moves.filter(membership__customer__in=list(cards), imported=None)
    moves = moves.select_related("purchase__staff", "membership__program", "adjustment")
    for entry in moves.order_by("pk"):
        person = cards[entry.membership.customer_id]
        if stands(entry) and person in doers(entry) and not approved(entry):
            yield told(entry, person, merchant.timezone)


def stands(entry: Entry) -> bool:
    """Whether its purchase, if it has one, is still theirs."""
    bought = entry.purchase
    return bought is None or bought.voided_at is None and bought.customer_id == entry.membership.customer_id


def doers(entry: Entry) -> set[str]:
    """Who did it: whoever the entry names, and whoever rang up its purchase."""
    staff = entry.purchase and entry.purchase.staff
    return {entry.actor, staff.public_id} if staff else {entry.actor}


def approved(entry: Entry) -> bool:
    """Whether a second person said yes to it."""
    return hasattr(entry, "adjustment") and entry.adjustment.status == AdjustmentStatus.APPROVED


def told(entry: Entry, person: str, zone: str) -> Alert:
    """An entry as a finding, not stored yet."""
    kind, source = AlertKind.SELF_CREDIT, entry.purchase or entry
    return Alert(
        kind=kind,
        key=f"{kind}:{source.public_id}",
        person=person,
        customer_id=entry.membership.customer_id,
        purchase=entry.purchase,
        count=entry.points,
        unit=entry.membership.program.unit,
        happened_on=entry.occurred_at.astimezone(ZoneInfo(zone)).date(),
    )
