"""Who is in a segment, who came this week, who left."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import StaffMember
from customers.models import AudienceMember, Customer, CustomerActivity
from loyalty_site.selectors.columns import NOTHING, harmless
from loyalty_site.selectors.people import person
from segments.lifecycle import State
from segments.models import Segment

WEEK = timedelta(days=7)
HERE, ENTERED, LEFT = "", "entered", "left"
TABS = {HERE: _("In it now"), ENTERED: _("Entered this week"), LEFT: _("Left this week")}
HEAD = ("id", "external_id", "name", "phone", "email", "purchases", "net_value", "last_purchase_on", "entered_on",
        "left_on")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of a segment with what they bought, and their life cycle as of the night; empty where not known."""

    member: AudienceMember
    customer: Customer
    activity: CustomerActivity
    state: str | Promise


def members(segment: Segment, tab: str, *, at: datetime) -> QuerySet[AudienceMember]:
    """The people of a tab with what they bought, who is worth most first (one query when read).

    Whoever was put on the list when it was made has not entered this week.
    """
    known = segment.audience.members
    found = {
        HERE: known.now,
        ENTERED: lambda: known.entered(at - WEEK).filter(added_at__gt=segment.created_at),
        LEFT: lambda: known.left(at - WEEK),
    }[tab]()
    worth = F("customer__activity__net_value").desc(nulls_last=True)
    return found.select_related("customer__activity", "customer__score").order_by(worth, "-customer_id")


def people_of(found: Iterable[AudienceMember]) -> list[Listed]:
    """The people of a page (no query)."""
    return [listed(member) for member in found]


def listed(member: AudienceMember) -> Listed:
    """One of them."""
    score = getattr(member.customer, "score", None)
    bought = getattr(member.customer, "activity", None) or NOTHING
    return Listed(member, member.customer, bought, State(score.state).label if score else "")


def csv_rows(place: StaffMember, found: QuerySet[AudienceMember]) -> Iterator[tuple]:
    """The people of a tab for a spreadsheet; money in minor units, days of the shop."""
    yield HEAD
    for member in found.iterator(chunk_size=2_000):
        one = person(place, member.customer)
        bought = getattr(member.customer, "activity", None) or NOTHING
        cells = (
            member.customer.public_id, member.customer.external_id, member.customer.name, one.phone, one.email,
            bought.purchases, bought.net_value, bought.last_on, day(member.added_at), day(member.removed_at),
        )  # fmt: skip
        yield tuple("" if cell is None else harmless(cell) for cell in cells)


def day(moment: datetime | None):
    """The shop's day of a moment."""
    return timezone.localtime(moment).date() if moment else None
