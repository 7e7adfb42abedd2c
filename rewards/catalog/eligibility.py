"""Whether a member may take a reward, said as a refusal. Points are the ledger's to refuse."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Conflict, Invalid
from rewards.models import Membership, Reward

from . import standing


class OtherProgram(Invalid):
    code = "other_program"
    message = _("This reward is for points of another program. Send the customer's membership in that one.")


class NotEligible(Conflict):
    """`reason` says which condition does not hold: window, audience or tier."""

    code = "not_eligible"


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = _("Nothing is left of this reward. Choose another one.")


class LimitReached(Conflict):
    code = "limit_reached"
    message = _("This customer has had as many of this reward as the limit allows.")


FEWER = _("Only %(left)d left of this reward. Take fewer, or choose another one.")
SENTENCES = {
    "window": _("This reward is not offered at the moment."),
    "audience": _("This reward is for some customers only, and this one is not among them."),
    "tier": _("This reward is for other tiers than this customer's."),
}


def check(*, reward: Reward, membership: Membership, quantity: int = 1, at: datetime) -> None:
    """Refuse what the terms of a reward (with `program` and `audience`) do not allow; points are not looked at.

    Raises OtherProgram, NotEligible (with `reason`), OutOfStock and LimitReached. Three queries at most.
    """
    if reward.program_id != membership.program_id:
        raise OtherProgram(field="reward")
    found = standing.gather(reward.merchant, [membership], [reward], at=at)
    reason = found.reason(reward, membership, quantity)
    if reason == "stock":
        left = found.left(reward)
        raise OutOfStock(FEWER if left else None, values={"left": left}, field="quantity", left=left, reason=reason)
    if reason == "limit":
        raise LimitReached(field="quantity", reason=reason)
    if reason:
        raise NotEligible(SENTENCES[reason], field="reward", reason=reason)
