"""Family and friends who share one account of a program."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants import ids
from customers.merchants.refusals import Conflict
from rewards import ledger
from rewards.ledger import Posting
from rewards.models import Membership, PointsAccount
from rewards.models.ledger import EntryKind

from . import transfers


class InAPool(Conflict):
    code = "in_a_pool"
    message = _("This member shares points with somebody already. Leave that pool first.")


class NotInAPool(Conflict):
    code = "not_in_a_pool"
    message = _("This member shares points with nobody.")


@transaction.atomic
def join(*, membership: Membership, host: Membership, at: datetime, actor: str = "") -> Membership:
    """Let a membership share the account of `host`, and bring its lots along, pending ones too.

    Raises OwnAccount when they share it already, OtherProgram, InAPool for who shares with others, PointsHeld for who
    is about to redeem, Deficit when one of the two owes.
    """
    membership, host = transfers.hold_both(membership, host, field="with")
    if others(membership).exists():
        raise InAPool
    ledger.refuse_held(membership.account.holds, at=at)
    accounts = PointsAccount.objects.select_for_update().filter(pk__in=[membership.account_id, host.account_id])
    if any(account.deficit for account in accounts.order_by("pk")):
        raise ledger.Deficit
    # What was over must not come alive by the other's purchases.
    ledger.expire(at=at, accounts=[membership.account_id, host.account_id])
    key = f"pool:{ids.new('ent')}"
    brought = Posting(
        account_id=membership.account_id,
        membership_id=membership.pk,
        merchant_id=membership.program.merchant_id,
        kind=EntryKind.TRANSFER_OUT,
        points=0,
        occurred_at=at,
        key=f"{key}:out",
        actor=actor,
        reason="pool",
        whole=True,
    )
    into = transfers.arrival(brought, host, key=f"{key}:in")
    into.membership_id = membership.pk
    ledger.post([brought, into], at=at)
    ledger.freeze(membership.account_id)
    membership.account_id = host.account_id
    Membership.objects.filter(pk__in=[membership.pk, host.pk]).update(account=host.account_id, pooled_at=at)
    return membership


@transaction.atomic
def leave(*, membership: Membership, at: datetime) -> Membership:
    """Take a membership out of its pool: it gets an empty account, and the points stay.

    Raises NotInAPool, PointsHeld.
    """
    activity.hold(merchant=membership.program.merchant, customers=[membership.customer_id])
    membership = Membership.objects.select_related("program__merchant", "customer").get(pk=membership.pk)
    PointsAccount.objects.select_for_update().get(pk=membership.account_id)
    if not others(membership).exists():
        raise NotInAPool
    ledger.refuse_held(membership.holds, at=at)
    ledger.expire(at=at, accounts=[membership.account_id])
    ledger.freeze(membership.account_id)
    membership.account = PointsAccount.objects.create(program_id=membership.program_id)
    membership.save(update_fields=["account"])
    return membership


def others(membership: Membership) -> QuerySet[Membership]:
    """Who shares the account."""
    return Membership.objects.filter(account=membership.account_id).exclude(pk=membership.pk).order_by("pk")
