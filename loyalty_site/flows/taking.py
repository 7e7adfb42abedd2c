"""Rewards that are taken at the counter when nothing is bought."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants import ids
from customers.merchants.models import Location, StaffMember
from customers.merchants.refusals import Conflict, Invalid, Missing
from customers.models import Customer
from customers.purchases import Wishes
from rewards import redemption
from rewards.models import Membership, Redemption, Reward


class NothingChosen(Invalid):
    code = "nothing_chosen"
    message = _("Tap the reward that the customer takes, then redeem it.")


class PurchaseRequired(Conflict):
    code = "purchase_required"
    message = _("Cashback needs something to pay, and vouchers have a button of their own. Leave only rewards chosen.")


@transaction.atomic
def take_rewards(
    *,
    customer: Customer,
    wishes: Wishes | None,
    receipt: str,
    at: datetime,
    staff: StaffMember,
    location: Location | None,
) -> list[Redemption]:
    """Redeem the rewards that are wished, all or none, without a purchase; each becomes a voucher in hand.

    The same `receipt` once more answers the first. Raises NothingChosen, PurchaseRequired, Missing, and what
    `redemption.redeem` refuses.
    """
    if wishes and (wishes.vouchers or wishes.balance):
        raise PurchaseRequired
    if not wishes:
        raise NothingChosen
    members = {one.program_id: one for one in customer.memberships.select_related("program__merchant")}
    offered = Reward.objects.for_merchant(customer.merchant).select_related("merchant", "program", "audience")
    found = {one.public_id: one for one in offered.filter(public_id__in=wishes.rewards).order_by("pk")}
    if len(found) < len(wishes.rewards):
        raise Missing(_("The shop has this reward no longer. Load the page again."))
    by = {"at": at, "location": location, "staff": staff, "actor": staff.public_id}
    return [
        redemption.redeem(
            membership=member_for(one, members), reward=one, public_id=ids.derived("rdm", f"{receipt} {key}"), **by
        )
        for key, one in found.items()
    ]


def member_for(reward: Reward, members: dict[int, Membership]) -> Membership:
    """The customer's membership in the program of a reward."""
    if reward.program_id not in members:
        raise Missing(_("This customer is not in the program of this reward."))
    return members[reward.program_id]
