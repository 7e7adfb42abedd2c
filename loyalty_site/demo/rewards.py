"""Invented rewards for the demo shop, and some who took them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.merchants.models import Merchant, Role, StaffMember
from rewards import catalog, ledger, redemption, vouchers
from rewards.models import Membership, Program
from rewards.models.rewards import LimitPeriod, RewardStatus

INVENTED = gettext_noop("Invented for the demo.")
MENU = [
    {
        "name": "A cookie", "cost": 15, "unit_cost": 35, "perceived_value": 120, "voucher_days": 30,
        "benefit": {"kind": "free_product", "category": "Cookies", "quantity": 1},
        "per_customer": 1, "limit_period": LimitPeriod.DAY,
    },
    {
        "name": "A coffee", "cost": 30, "unit_cost": 60, "perceived_value": 250, "voucher_days": 30,
        "benefit": {"kind": "free_product", "category": "Coffee Shop", "quantity": 1},
    },
    {
        "name": "A loaf for the food bank", "cost": 40, "unit_cost": 120, "perceived_value": 350,
        "benefit": {"kind": "donation", "to": "the food bank", "amount": 200},
    },
    {
        "name": "$5 off", "cost": 100, "unit_cost": 500, "perceived_value": 500, "voucher_days": 90,
        "benefit": {"kind": "amount_off", "amount": 500},
    },
    {
        "name": "A birthday cake", "cost": 250, "unit_cost": 600, "perceived_value": 1_800, "stock": 20,
        "benefit": {"kind": "free_product", "category": "Cakes", "quantity": 1}, "voucher_days": 60,
    },
    {
        "name": "A morning in the bakery", "cost": 400, "unit_cost": 900, "perceived_value": 4_000, "stock": 4,
        "benefit": {"kind": "experience", "text": "A morning in the bakery, with breakfast"},
        "per_customer": 1,
    },
    {
        "name": "A gift card of $20", "cost": 500, "unit_cost": 2_000, "perceived_value": 2_000,
        "benefit": {"kind": "gift_card", "amount": 2_000}, "status": RewardStatus.DRAFT,
    },
]  # fmt: skip
TAKEN = ["A cookie", "A coffee", "$5 off", "A birthday cake", "A cookie", "A coffee", "A loaf for the food bank"]
USED = 3  # of the first that were taken


@transaction.atomic
def offer(merchant: Merchant, program: Program, *, at: datetime) -> None:
    """Put rewards on the menu, and let the customers with most points take some, at the counter.

    Of a history that ended long ago all points are over, so there nobody does.
    """
    menu = {terms["name"]: catalog.create(program=program, at=at, description=INVENTED, **terms) for terms in MENU}
    cashier = StaffMember.objects.filter(merchant=merchant, role=Role.STAFF).order_by("pk").first()
    richest = Membership.objects.filter(program=program).select_related("program__merchant")
    richest = list(richest.order_by("-account__balance", "pk")[: len(TAKEN)])
    held = ledger.balances([one.account_id for one in richest], at=at, now=at)
    for number, (name, member) in enumerate(zip(TAKEN, richest, strict=False)):
        if held[member.account_id].available < menu[name].cost:
            continue
        made = redemption.redeem(
            membership=member, reward=menu[name], at=at, staff=cashier, actor=cashier.public_id if cashier else ""
        )
        if number < USED:
            vouchers.use(voucher=made.vouchers.get(), at=at, staff=cashier)
