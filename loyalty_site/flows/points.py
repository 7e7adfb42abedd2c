"""Points that move otherwise than by purchases: by hand, and between members; stamps may fill a card so."""

from datetime import datetime

from django.db import transaction

from rewards import adjustments, earning, pools, transfers, watching
from rewards.adjustments import Person
from rewards.models import Adjustment, Membership
from rewards.models.adjustments import AdjustmentStatus
from rewards.models.alerts import SelfCredit
from rewards.transfers import Transfer


@transaction.atomic
def adjust_points(*, membership: Membership, points: int, by: Person, at: datetime, **what) -> Adjustment:
    """Give or take points by hand (see `adjustments.adjust`), which may fill a card.

    Points for one's own card are refused (OwnCard) or wait for a second person, as the shop says.
    """
    alone = points <= 0 or may_alone(membership, by)
    made = adjustments.adjust(membership=membership, points=points, by=by, at=at, alone=alone, **what)
    if made.status == AdjustmentStatus.POSTED:
        follow_adjustment(made, at=at)
    return made


def may_alone(membership: Membership, by: Person) -> bool:
    """Whether somebody may give points to a member without a second person; raises OwnCard."""
    merchant, doing = membership.program.merchant, [(by.public_id, membership.customer_id)]
    return watching.refuse_own(merchant=merchant, doing=doing) == SelfCredit.ALLOWED


@transaction.atomic
def approve_adjustment(*, adjustment: Adjustment, by: Person, at: datetime) -> Adjustment:
    """Post an adjustment that waits (see `adjustments.approve`), which may fill a card.

    Nobody approves points for their own card, unless the shop lets people give them to themselves: OwnCard.
    """
    if adjustment.points > 0 and not may_alone(adjustment.membership, by):
        raise watching.OwnCard
    made = adjustments.approve(adjustment=adjustment, by=by, at=at)
    follow_adjustment(made, at=at)
    return made


def follow_adjustment(made: Adjustment, *, at: datetime) -> None:
    """Stamps that were given may have filled the card."""
    if made.points > 0:
        earning.fill(made.membership, at=at, actor=made.requested_by)


@transaction.atomic
def transfer_points(*, receiver: Membership, at: datetime, actor: str = "", **what) -> Transfer:
    """Pass points on (see `transfers.transfer`), which may fill the receiver's card. Raises OwnCard for one's own."""
    watching.refuse_own(merchant=receiver.program.merchant, doing=[(actor, receiver.customer_id)])
    done = transfers.transfer(receiver=receiver, at=at, actor=actor, **what)
    earning.fill(receiver, at=at, actor=actor)
    return done


@transaction.atomic
def join_pool(*, membership: Membership, host: Membership, at: datetime, actor: str = "") -> Membership:
    """Let a membership share the account of `host` (see `pools.join`): together their stamps may fill a card.

    Raises OwnCard for whoever would share in somebody's points themselves.
    """
    doing = [(actor, membership.customer_id), (actor, host.customer_id)]
    watching.refuse_own(merchant=membership.program.merchant, doing=doing)
    joined = pools.join(membership=membership, host=host, at=at, actor=actor)
    earning.fill(joined, at=at, actor=actor)
    return joined
