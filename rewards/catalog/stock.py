"""What is left of a reward: changed only under the lock of its row, so that of fifty buyers seven get seven.

A hold that is over gives its share back when the reward is next looked at under the lock; readers add it.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Sum

from rewards.models import Redemption, Reward
from rewards.models.rewards import RedemptionStatus

OUT = [RedemptionStatus.HELD, RedemptionStatus.CAPTURED]


def lock(reward: Reward, *, at: datetime) -> Reward:
    """The reward as it is, held until the transaction ends, with what lapsed holds give back (four queries at most)."""
    rewards = Reward.objects.select_for_update(of=("self",), no_key=True)
    reward = rewards.select_related("program__merchant", "audience").get(pk=reward.pk)
    lapsed = list(reward.redemptions.lapsed(at).order_by("pk"))
    if lapsed:
        keys = [one.pk for one in lapsed]
        Redemption.objects.filter(pk__in=keys).update(status=RedemptionStatus.EXPIRED, ended_at=F("held_until"))
        put_back(reward, sum(one.quantity for one in lapsed if one.from_stock))
    return reward


def take(reward: Reward, quantity: int) -> bool:
    """Take some out of the stock of a locked reward; False where it has none to count."""
    if reward.stock is None:
        return False
    reward.stock -= quantity
    reward.save(update_fields=["stock"])
    return True


def put_back(reward: Reward, quantity: int) -> None:
    """Give some back to the stock of a locked reward, if it still has one."""
    if quantity and reward.stock is not None:
        reward.stock += quantity
        reward.save(update_fields=["stock"])


def stocked(reward: Reward) -> int | None:
    """What was put into stock: what is left of a locked reward, and what is out of it (one query)."""
    if reward.stock is None:
        return None
    out = reward.redemptions.filter(from_stock=True, status__in=OUT) if reward.pk else Redemption.objects.none()
    return reward.stock + out.aggregate(out=Sum("quantity", default=0))["out"]


def left(rewards: Iterable[Reward], *, at: datetime) -> dict[int, int | None]:
    """What is left of rewards (keys) at a moment, with what lapsed holds give back; None for no end (one query)."""
    rewards = list(rewards)
    over = Redemption.objects.lapsed(at).filter(reward__in=[one.pk for one in rewards], from_stock=True)
    back = dict(over.values_list("reward").annotate(Sum("quantity")).order_by())
    return {one.pk: None if one.stock is None else one.stock + back.get(one.pk, 0) for one in rewards}
