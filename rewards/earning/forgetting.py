"""Removing what rewards knows of customers who never should have been."""

from django.db.models import QuerySet

from customers.merchants.models import Merchant
from customers.models import Purchase
from rewards import ledger
from rewards.models import Judgement, Membership, RuleDay, RuleUse, Voucher

from . import uses
from .returning import recount


def forget(*, merchant: Merchant, customers: list[int]) -> None:
    """Remove what rewards knows of customers who are about to be removed themselves."""
    members = Membership.objects.filter(customer__in=customers)
    theirs = Purchase.objects.for_merchant(merchant).filter(customer__in=customers)
    recount(merchant=merchant, purchases=theirs, gone=True)
    RuleUse.objects.filter(purchase__in=theirs.values("pk")).delete()
    Judgement.objects.filter(purchase__in=theirs.values("pk")).delete()
    Judgement.objects.filter(membership__in=members.values("pk"), withdrawn__gt=0).delete()
    Judgement.objects.filter(membership__in=members.values("pk"), activity__isnull=False).delete()
    forget_uses(RuleUse.objects.filter(membership__in=members.values("pk"), activity__isnull=False))
    Voucher.objects.filter(entry__membership__in=members.values("pk")).delete()
    ledger.close_accounts(list(members.values_list("account", flat=True)))


def forget_uses(theirs: QuerySet[RuleUse]) -> None:
    """Remove what activities used of limits, and take it out of the sums over all customers."""
    found = list(theirs.select_related("activity"))
    if not found:
        return
    uses.pass_turnstiles({one.program_id for one in found})
    days: dict = {}
    counted = set(RuleDay.objects.filter(program__in={one.program_id for one in found}).values_list("program", "rule"))
    for one in found:
        if (one.program_id, one.rule) in counted:
            for day in (one.day, uses.EVER):
                uses.note(days, (one.program_id, one.rule, day), -1, -one.points)
    theirs.delete()
    uses.add_days(days)
