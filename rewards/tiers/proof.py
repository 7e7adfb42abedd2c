"""Proving tiers: each is what the purchases on record say, and the changes lead to it. Reads only."""

from collections.abc import Iterator
from datetime import datetime

from customers.merchants.models import Merchant
from rewards import ladders
from rewards.ladders import Climb, Ladder, Step
from rewards.models import Membership, Program, TierChange

from . import known
from .known import Member

AT_ONCE = 2_000


def differences(merchant: Merchant | None = None, *, at: datetime) -> Iterator[str]:
    """A sentence for each membership whose tier, at a moment from now on, is not what it deserves."""
    programs = Program.objects.started().select_related("merchant").prefetch_related("versions").order_by("pk")
    for program in programs.filter(merchant=merchant) if merchant else programs:
        last = list(program.versions.all())[-1]
        ladder = ladders.parse(last.tiers, last.tier_policy, program.merchant.timezone)
        yield from wrong_members(program, ladder, at)


def wrong_members(program: Program, ladder: Ladder | None, at: datetime) -> Iterator[str]:
    """The members of one program, some thousand at a time."""
    members = Membership.objects.filter(program=program).order_by("pk")
    last = 0
    while part := list((members if ladder else members.exclude(tier=None)).filter(pk__gt=last)[:AT_ONCE]):
        last = part[-1].pk
        bases = known.bases_of([(program.pk, ladder)])
        whose = [Member(one.pk, one.customer_id, one.program_id, one.account_id) for one in part]
        found = known.events(program.merchant, whose, bases)
        booked = dict(
            TierChange.objects.filter(membership__in=part).order_by("at", "pk").values_list("membership", "to_tier")
        )
        for one in part:
            said = steps_after(one, at)
            deserved = Climb(ladder, found.get((one.pk, ladder.basis), ())).steps(at) if ladder else [(None, None)]
            if said != deserved:
                yield f"membership {one.public_id}: its tiers are {written(said)}, but it deserves {written(deserved)}"
            if one.pk in booked and booked[one.pk] != one.tier:
                yield f"membership {one.public_id}: in tier {one.tier}, but its last change led to {booked[one.pk]}"


def steps_after(member: Membership, at: datetime) -> list[Step]:
    """What a membership says of its tiers from a moment on."""
    after = [(name, ends and datetime.fromisoformat(ends)) for name, ends in member.tier_after or ()]
    return [step for step in [(member.tier, member.tier_until), *after] if step[1] is None or step[1] > at]


def written(steps: list[Step]) -> str:
    """Tiers with their ends."""
    return ", ".join(f"{name} until {end:%Y-%m-%d %H:%M}" if end else str(name) for name, end in steps)
