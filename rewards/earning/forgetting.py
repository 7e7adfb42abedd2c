"""Removing what rewards knows of customers who never should have been."""

from customers.merchants.models import Merchant
from customers.models import Purchase
from rewards import ledger
from rewards.models import Judgement, Membership, RuleUse, TierChange

from .returning import recount


def forget(*, merchant: Merchant, customers: list[int]) -> None:
    """Remove what rewards knows of customers who are about to be removed themselves."""
    members = Membership.objects.filter(customer__in=customers)
    theirs = Purchase.objects.for_merchant(merchant).filter(customer__in=customers)
    recount(merchant=merchant, purchases=theirs, gone=True)
    RuleUse.objects.filter(purchase__in=theirs.values("pk")).delete()
    Judgement.objects.filter(purchase__in=theirs.values("pk")).delete()
    Judgement.objects.filter(membership__in=members.values("pk"), withdrawn__gt=0).delete()
    TierChange.objects.filter(membership__in=members.values("pk")).delete()
    ledger.close_accounts(list(members.values_list("account", flat=True)))
