"""Drafting and changing rewards, and their places in the menu."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from customers.merchants import rows
from customers.merchants.models import Merchant
from customers.merchants.refusals import Conflict
from rewards.models import Program, Reward
from rewards.models.rewards import RewardStatus

from . import stock, terms


class WrongStatus(Conflict):
    code = "wrong_status"
    message = _("Somebody has redeemed this reward, so it is no draft any more. Withdraw it instead.")


class HasRedemptions(Conflict):
    code = "has_redemptions"
    message = _("Somebody has redeemed this reward, so it stays on record. Withdraw it instead.")


@transaction.atomic
def create(*, program: Program, at: datetime, **fields) -> Reward:
    """A reward of a program, offered at once unless its `status` says otherwise, the last in the menu.

    `fields` are those of the model. Raises what `terms.check` raises.
    """
    reward = Reward(merchant=program.merchant, program=program, created_at=at)
    change(reward, fields)
    reward.position = next_place(program.merchant)
    reward.save()
    return reward


@transaction.atomic
def update(*, reward: Reward, at: datetime, **fields) -> Reward:
    """Change some terms; vouchers that stand keep what they gave. `stock` is what is left from now on.

    Raises what `terms.check` raises, and WrongStatus for a draft again of what somebody has redeemed.
    """
    reward = stock.lock(reward, at=at)
    before = reward.status
    change(reward, fields)
    if reward.status == RewardStatus.DRAFT != before and reward.redemptions.exists():
        raise WrongStatus(field="status")
    reward.save()
    return reward


def archive(*, reward: Reward, at: datetime) -> Reward:
    """Withdraw a reward; vouchers from it stay good, and it can be offered again."""
    return update(reward=reward, at=at, status=RewardStatus.ARCHIVED)


def change(reward: Reward, fields: dict) -> None:
    """Set and check fields, in memory."""
    if unknown := set(fields) - set(terms.PLACES):
        raise TypeError(f"a reward has no {sorted(unknown)}")
    for name, value in fields.items():
        setattr(reward, name, value)
    terms.check(reward, terms.tier_names(reward.program))
    reward.name, reward.description = reward.name.strip(), reward.description.strip()
    if "stock" in fields:
        reward.stocked = stock.stocked(reward)


@transaction.atomic
def remove(*, reward: Reward) -> None:
    """Remove a reward that nobody has redeemed; raises HasRedemptions."""
    reward = Reward.objects.select_for_update().get(pk=reward.pk)
    if reward.redemptions.exists():
        raise HasRedemptions
    reward.delete()


@transaction.atomic
def move(*, reward: Reward, up: bool) -> None:
    """Let a reward change its place with its neighbour in the menu; nothing for the first and the last."""
    menu = list(in_menu(reward.merchant))
    place = next(place for place, one in enumerate(menu) if one.pk == reward.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(menu):
        return
    menu[place], menu[other] = menu[other], menu[place]
    rows.change(Reward, ["position"], [(one.pk, number) for number, one in enumerate(menu, 1)])


def in_menu(merchant: Merchant):
    """The rewards that are not withdrawn, locked, in menu order."""
    rewards = Reward.objects.for_merchant(merchant).exclude(status=RewardStatus.ARCHIVED)
    return rewards.select_for_update(no_key=True).order_by("position", "pk")


def next_place(merchant: Merchant) -> int:
    """The place behind all others (one query)."""
    return Reward.objects.for_merchant(merchant).aggregate(last=Max("position", default=0))["last"] + 1
