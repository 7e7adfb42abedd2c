"""Points that move otherwise than by purchases: by hand, and between members; stamps may fill a card so."""

from datetime import datetime

from django.db import transaction

from rewards import adjustments, earning, pools, transfers
from rewards.adjustments import Person
from rewards.models import Adjustment, Membership
from rewards.models.adjustments import AdjustmentStatus
from rewards.transfers import Transfer


@transaction.atomic
def adjust_points(*, by: Person, at: datetime, **what) -> Adjustment:
    """Give or take points by hand (see `adjustments.adjust`), which may fill a card."""
    made = adjustments.adjust(by=by, at=at, **what)
    if made.status == AdjustmentStatus.POSTED:
        follow_adjustment(made, at=at)
    return made


@transaction.atomic
def approve_adjustment(*, adjustment: Adjustment, by: Person, at: datetime) -> Adjustment:
    """Post an adjustment that waits (see `adjustments.approve`), which may fill a card."""
    made = adjustments.approve(adjustment=adjustment, by=by, at=at)
    follow_adjustment(made, at=at)
    return made


def follow_adjustment(made: Adjustment, *, at: datetime) -> None:
    """Stamps that were given may have filled the card."""
    if made.points > 0:
        earning.fill(made.membership, at=at, actor=made.requested_by)


@transaction.atomic
def transfer_points(*, receiver: Membership, at: datetime, actor: str = "", **what) -> Transfer:
    """Pass points on (see `transfers.transfer`), which may fill the receiver's card."""
    done = transfers.transfer(receiver=receiver, at=at, actor=actor, **what)
    earning.fill(receiver, at=at, actor=actor)
    return done


@transaction.atomic
def join_pool(*, membership: Membership, host: Membership, at: datetime, actor: str = "") -> Membership:
    """Let a membership share the account of `host` (see `pools.join`): together their stamps may fill a card."""
    joined = pools.join(membership=membership, host=host, at=at, actor=actor)
    earning.fill(joined, at=at, actor=actor)
    return joined
