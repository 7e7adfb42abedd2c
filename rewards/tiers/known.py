"""What counts for tiers, as it is on record: fetched for many members at once, by what their programs count."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q

from customers.merchants.models import Merchant
from customers.models import Refund
from rewards.ladders import Event, Ladder
from rewards.models import Entry, Judgement, Membership
from rewards.models.ledger import EntryKind

Known = dict[tuple[int, str], list[Event]]  # by membership and basis
Bases = dict[int, set[str]]  # what programs (keys) count


@dataclass(frozen=True, slots=True)
class Member:
    """Whose tier it is about: keys of membership, customer, program and account."""

    pk: int
    customer: int
    program: int
    account: int


def bases_of(ladders: Iterable[tuple[int, Ladder | None]]) -> Bases:
    """What the ladders of programs count."""
    bases: Bases = defaultdict(set)
    for program, ladder in ladders:
        if ladder:
            bases[program].add(ladder.basis)
    return bases


def events(merchant: Merchant, members: Iterable[Member], bases: Bases, since: date | None = None) -> Known:
    """What counts for members by the bases of their programs, from a local day on or ever.

    A purchase counts for a program that has judged it: bought by a member after its start and in no pause. One query
    for visits, two for what was spent or for points; one more for points of members who have shared an account.
    """
    members = list(members)
    found: Known = defaultdict(list)
    for fetch, wanted in ((purchases, {"spend", "visits"}), (returns, {"spend"}), (entries, {"points"})):
        if some := [one for one in members if bases.get(one.program, set()) & wanted]:
            fetch(merchant, some, since, found)
    return found


def purchases(merchant: Merchant, members: list[Member], since: date | None, found: Known) -> None:
    """Counted purchases: each is a visit, and worth what has not come back of it."""
    mine = {one.pk for one in members}
    judged = Judgement.objects.standing().filter(
        program__in={one.program for one in members},
        purchase__merchant=merchant,
        purchase__customer_id__among={one.customer for one in members},
        purchase__voided_at=None,
    )
    if since is not None:
        judged = judged.filter(purchase__occurred_on__gte=since)
    cells = ("occurred_at", "occurred_on", "amount", "refunded")
    for member, at, day, amount, refunded in judged.values_list("membership", *(f"purchase__{one}" for one in cells)):
        if member in mine and (refunded < amount or amount == 0):
            found[member, "spend"].append(Event(at, day, amount - refunded))
            found[member, "visits"].append(Event(at, day, 1))


def returns(merchant: Merchant, members: list[Member], since: date | None, found: Known) -> None:
    """What came back without a receipt."""
    of: dict[int, list[int]] = defaultdict(list)
    for one in members:
        of[one.customer].append(one.pk)
    loose = Refund.objects.filter(merchant=merchant, customer_id__among=of, purchase=None, undone_at=None)
    if since is not None:
        loose = loose.filter(occurred_on__gte=since)
    for customer, at, day, amount in loose.values_list("customer", "occurred_at", "occurred_on", "amount"):
        for member in of[customer]:
            found[member, "spend"].append(Event(at, day, -amount))


def entries(merchant: Merchant, members: list[Member], since: date | None, found: Known) -> None:
    """Points earned by purchases, less what was taken back of them: those of a purchase on its day.

    What activities earn reaches no tier: only purchases that were judged do. On whatever account: who shares one, or
    shared one, keeps what was earned on others.
    """
    zone, mine = ZoneInfo(merchant.timezone), {one.pk for one in members}
    moved = Entry.objects.filter(
        Q(purchase=None) | Q(purchase__voided_at=None),
        account_id__among={one.account for one in members} | other_accounts(members),
        kind__in=[EntryKind.EARN, EntryKind.REVERSE],
        activity=None,
    )
    if since is not None:
        moved = moved.filter(Q(purchase=None) | Q(purchase__occurred_on__gte=since))
    bought: dict[tuple[int, int], list] = {}
    cells = ("purchase__occurred_at", "purchase__occurred_on", "occurred_at", "points", "forgiven", "lapsed")
    for member, purchase, at, day, happened, points, forgiven, lapsed in moved.values_list(
        "membership", "purchase", *cells
    ):
        worth = points - forgiven - lapsed
        if member not in mine:
            continue
        if purchase is None:
            found[member, "points"].append(Event(happened, happened.astimezone(zone).date(), worth))
        else:
            bought.setdefault((member, purchase), [at, day, 0])[2] += worth
    for (member, __), (at, day, worth) in bought.items():
        if worth > 0:
            found[member, "points"].append(Event(at, day, worth))


def other_accounts(members: list[Member]) -> set[int]:
    """The accounts on which members earned who have shared one (one query, one more where somebody has)."""
    shared = Membership.objects.filter(pk__among={one.pk for one in members}, pooled_at__isnull=False)
    customers = dict(shared.values_list("pk", "customer"))
    if not customers:
        return set()
    theirs = Entry.objects.filter(membership_id__among=set(customers)).order_by().values_list("account", flat=True)
    bought = theirs.filter(purchase__customer_id__among=set(customers.values()))
    did = theirs.filter(activity__customer_id__among=set(customers.values()))
    return set(bought.union(did))


def newest(found: Known) -> dict[int, object]:
    """The moment of the newest that counts for each member."""
    moments: dict[int, object] = {}
    for (member, __), events_of in found.items():
        for event in events_of:
            moments[member] = max(moments.get(member, event.at), event.at)
    return moments
