"""What may happen at the demo shop's till besides selling: PINs, a reward set aside, points by hand, an alert.

Nothing of it happened. The reasons say so wherever they are shown, and what was given by hand is taken again.
"""

from datetime import datetime

from django.db import transaction

from customers.merchants import pins
from customers.merchants.models import Merchant, Role, StaffMember
from loyalty_site import flows
from rewards import ledger, redemption, watching
from rewards.models import Membership, Program, Reward

PIN = "2468"
SIMULATED = "Simulated for the demo."
BY_HAND = [1, -1] * 5  # from ten by one person on a day on an alert tells of it
TOO_MANY = 150  # more than staff may give alone
SET_ASIDE = "A coffee"


@transaction.atomic
def simulate(merchant: Merchant, program: Program, *, at: datetime) -> None:
    """Let the cashier set a reward aside and ask for too many points, and the manager correct one card often.

    Of a history that ended long ago all points are over, so there nobody has any to set aside.
    """
    people = StaffMember.objects.filter(merchant=merchant).select_related("user", "merchant")
    cashier, manager = people.get(role=Role.STAFF), people.get(role=Role.MANAGER)
    for person in (cashier, manager):
        pins.choose(place=person, pin=PIN, at=at)
    members = Membership.objects.filter(program=program).select_related("program__merchant", "customer")
    first, second, third = members.order_by("pk")[:3]
    for points in BY_HAND:
        flows.adjust_points(membership=first, points=points, reason=SIMULATED, by=manager, at=at)
    flows.adjust_points(membership=second, points=TOO_MANY, reason=SIMULATED, by=cashier, at=at)
    coffee = Reward.objects.get(program=program, name=SET_ASIDE)
    if ledger.balances([third.account_id], at=at, now=at)[third.account_id].available >= coffee.cost:
        redemption.redeem(membership=third, reward=coffee, capture=False, staff=cashier, actor=cashier.public_id, at=at)
    watching.find(merchant=merchant, at=at, since=at)
