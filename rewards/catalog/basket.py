"""What a purchase that is about to happen would earn, where its points may pay for a reward in it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from customers.purchases import PurchaseDraft
from rewards import earning, programs
from rewards.models import Membership, Reward


def coming(member: Membership, rewards: list[Reward], amount: int, *, at: datetime) -> dict[int, int]:
    """Points that a purchase of `amount` (minor units) by a member earns at once beside each reward (keys).

    Nothing where the program does not let them be used in the same purchase, or holds them back. They are what is
    earned after the reward's discount, as far as an amount alone tells it; limits of rules count as not used yet. The
    preview of the purchase says it to the point. Two queries, more where rules ask for more.
    """
    [promise] = programs.promises(member.program.merchant, only=member.program) or [None]
    terms = promise and promise.terms(at)
    if not terms or not terms.policies["redeem_same_purchase"] or terms.policies["hold_days"]:
        return {}
    whole = terms.policies["earning_base"] == "before_discounts"
    left = {one.pk: amount if whole else amount - taken_off(one.benefit, amount) for one in rewards}
    drafts = [draft(member, each, at=at) for each in sorted(set(left.values()))]
    awards = earning.tried_all(
        merchant=member.program.merchant, purchases=drafts, ruleset=terms.ruleset, tier=member.tier_at(at)[0]
    )
    points = {each.amount: sum(award.points for award in given) for each, given in zip(drafts, awards, strict=True)}
    return {key: points[each] for key, each in left.items()}


def draft(member: Membership, amount: int, *, at: datetime) -> PurchaseDraft:
    """A purchase of an amount, now."""
    day = at.astimezone(ZoneInfo(member.program.merchant.timezone)).date()
    return PurchaseDraft(amount=amount, occurred_at=at, customer_id=member.customer_id, occurred_on=day)


def taken_off(benefit: dict, amount: int) -> int:
    """What a reward takes off an amount of which nothing else is known, in minor units."""
    if benefit["kind"] == "amount_off":
        return min(benefit["amount"], amount)
    if benefit["kind"] == "percent_off":
        off = (amount * benefit["percent"] + 50) // 100
        return min(off, benefit.get("max_amount") or off)
    return 0
