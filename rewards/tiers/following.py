"""Letting tiers follow what happened elsewhere: a refund, a void, a move, an undone import, a new version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from customers.merchants.models import Merchant
from rewards import ladders
from rewards.ladders import Climb, Ladder
from rewards.models import Membership, Program, ProgramVersion
from rewards.models.tiers import Cause

from . import known, places
from .known import Member

AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Reason:
    """What may have changed a member's tier, and when it happened."""

    cause: str
    at: datetime
    purchase: int | None = None
    refund: int | None = None


def tiered(rows: QuerySet) -> QuerySet:
    """Rows that know a `program`, each saying in `has_tiers` whether that has tiers (no query)."""
    versions = ProgramVersion.objects.filter(program=OuterRef("program")).exclude(tiers=[])
    return rows.annotate(has_tiers=Exists(versions))


def follow(*, merchant: Merchant, reasons: dict[int, Reason], at: datetime) -> None:
    """Let the tiers of members (keys of memberships) be what is now on record; `at` is when it is booked.

    What ended by itself before is booked first. Seven statements at most, whatever their number; none for nobody.
    """
    if reasons:
        with transaction.atomic():
            follow_some(merchant, reasons, at)


def follow_some(merchant: Merchant, reasons: dict[int, Reason], at: datetime) -> None:
    """The work of `follow`."""
    members = list(Membership.objects.filter(pk__among=set(reasons)).with_tiers())
    climbing = {
        one.pk: ladder for one in members if (ladder := ladders.parse(one.tiers, one.tier_policy, merchant.timezone))
    }
    standing = places.fetch(one.pk for one in members if one.pk in climbing or one.tier is not None)
    known_events = events_of(merchant, [one for one in members if one.pk in climbing], climbing, reasons)
    newest = known.newest(known_events)
    for member, place in standing.items():
        reason, ladder = reasons[member], climbing.get(member)
        moment = max(reason.at, newest.get(member, reason.at))
        place.pass_time(moment)
        steps = [(None, None)]
        if ladder:
            steps = Climb(ladder, known_events.get((member, ladder.basis), ())).steps(moment)
        place.go(steps[0][0], at=moment, cause=reason.cause, purchase=reason.purchase, refund=reason.refund)
        place.steps = steps
    places.write(standing.values(), at=at)


def follow_customers(*, merchant: Merchant, customers: list[int], reason: Reason, at: datetime) -> None:
    """`follow` for all memberships of some customers (keys): one query where no program has tiers."""
    members = tiered(Membership.objects.for_merchant(merchant).filter(customer__in=customers))
    keys = members.filter(has_tiers=True).values_list("pk", flat=True)
    follow(merchant=merchant, reasons=dict.fromkeys(keys, reason), at=at)


def events_of(
    merchant: Merchant, members: list[Membership], climbing: dict[int, Ladder], reasons: dict[int, Reason]
) -> known.Known:
    """What counts for members, as far back as it can matter (two queries at most)."""
    if not members:
        return {}
    earliest = min(reasons[one.pk].at for one in members).date()
    return known.events(
        merchant,
        [Member(one.pk, one.customer_id, one.program_id, one.account_id) for one in members],
        known.bases_of((one.program_id, climbing[one.pk]) for one in members),
        min(ladder.first_day(earliest) for ladder in climbing.values()),
    )


def follow_program(*, program: Program, at: datetime) -> None:
    """Let the tiers of all members be what the last version says of them, some thousand at a time. May be repeated."""
    last = 0
    while part := keys_after(program, last):
        last = part[-1]
        reasons = dict.fromkeys(part, Reason(Cause.RULES, at))
        follow(merchant=program.merchant, reasons=reasons, at=at)


def keys_after(program: Program, last: int) -> list[int]:
    """The next members' keys."""
    rest: Iterable[int] = Membership.objects.filter(program=program, pk__gt=last).order_by("pk")
    return list(rest.values_list("pk", flat=True)[:AT_ONCE])
