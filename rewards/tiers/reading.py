"""Which tier somebody holds or held, and how far it is to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery

from customers.merchants.models import Merchant
from customers.models import Purchase
from rewards import ladders
from rewards.ladders import Climb, Ladder, Tier
from rewards.models import Membership, TierChange
from rewards.models.tiers import Cause

from . import known
from .known import Member


@dataclass(slots=True)
class Progress:
    """A member on the ladder at a moment: the tier held, until when, and what is `reached` of the `next` one.

    `reached` is what counts in the window of the moment, in the ladder's basis; `until` is empty for a tier that does
    not end. `short` is what is missing for the tier that is held, while it is only kept for the days of grace.
    """

    ladder: Ladder
    reached: int
    tier: Tier | None
    until: datetime | None
    next: Tier | None

    @property
    def missing(self) -> int:
        """What is missing to the next tier."""
        return self.next.threshold - self.reached if self.next else 0

    @property
    def short(self) -> int:
        """What is missing to the tier that is held."""
        return max(self.tier.threshold - self.reached, 0) if self.tier else 0


def progress(merchant: Merchant, members: Iterable[Membership], *, at: datetime) -> dict[int, Progress]:
    """How far members (`with_tiers`) are, by membership key, as far as is known of a moment.

    Two queries at most, none where no program has tiers.
    """
    climbing = [
        (one, ladder)
        for one in members
        if (ladder := ladders.parse(one.tiers or [], one.tier_policy, merchant.timezone))
    ]
    if not climbing:
        return {}
    found = known.events(
        merchant,
        [Member(one.pk, one.customer_id, one.program_id, one.account_id) for one, __ in climbing],
        known.bases_of((one.program_id, ladder) for one, ladder in climbing),
        min(ladder.first_day(at.date()) for __, ladder in climbing),
    )
    return {one.pk: stand(ladder, found.get((one.pk, ladder.basis), ()), at) for one, ladder in climbing}


def stand(ladder: Ladder, events: Iterable, at: datetime) -> Progress:
    """Where somebody stands for whom these events count."""
    climb = Climb(ladder, [event for event in events if event.at <= at])
    held = climb.held(at)
    return Progress(
        ladder=ladder,
        reached=climb.total,
        tier=ladder.tiers[held] if held >= 0 else None,
        until=climb.steps(at)[0][1],
        next=ladder.tiers[held + 1] if held + 1 < len(ladder.tiers) else None,
    )


def tiers_at(members: Iterable[Membership], *, at: datetime, now: datetime) -> dict[int, str | None]:
    """The tier of each member at a moment, past, present or future if nothing else happens (one query for the past)."""
    members = list(members)
    found = {one.pk: one.tier_at(at)[0] for one in members}
    if at < now:
        later = TierChange.objects.filter(membership__in=members, at__gt=at).order_by("-at", "-pk")
        found |= dict(later.values_list("membership", "from_tier"))  # the earliest of them wins
    return found


def last_changes(members: Iterable[int]) -> dict[int, TierChange]:
    """The last change of each membership (keys) that ever had one (one query)."""
    newest = TierChange.objects.filter(membership=OuterRef("membership")).order_by("-at", "-pk").values("pk")[:1]
    found = TierChange.objects.filter(membership__in=list(members), pk=Subquery(newest))
    return {one.membership_id: one for one in found}


def changes_of(purchase: Purchase) -> list[TierChange]:
    """How the tiers of its customer followed a purchase, recorded or moved to them (one query)."""
    mine = TierChange.objects.filter(purchase=purchase, cause__in=[Cause.PURCHASE, Cause.MOVE])
    mine = mine.filter(membership__customer=purchase.customer_id)
    return list(mine.select_related("membership__program").order_by("pk"))
