"""Passing points on: from one member of a program to another, with the lots' own times."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants.refusals import Invalid
from rewards import ledger
from rewards.ledger import Posting
from rewards.models import Entry, Lot, Membership
from rewards.models.ledger import EntryKind


class OwnAccount(Invalid):
    code = "own_account"
    message = _("Both memberships have the same points already. Choose another one.")


class OtherProgram(Invalid):
    code = "other_program"
    message = _("Points stay in their program. Choose a membership of the same one.")


@dataclass(slots=True)
class Transfer:
    """What left one account and what arrived on another."""

    sent: Entry
    received: Entry

    @property
    def lots(self) -> list[Lot]:
        """What arrived, with idle lots dated as things stand (one query, one more where there are some)."""
        lots = list(self.received.lots.with_end().order_by("pk"))
        ledger.date_idle(lots)
        return lots


@transaction.atomic
def transfer(
    *,
    sender: Membership,
    receiver: Membership,
    points: int,
    key: str,
    at: datetime,
    actor: str = "",
    reason: str = "",
) -> Transfer:
    """Pass points on, those that would be spent next; their lots keep their times. Once per `key`.

    Raises OwnAccount, OtherProgram, Deficit for a sender who owes, InsufficientPoints.
    """
    sender, receiver = hold_both(sender, receiver, field="to")
    sent = Posting(
        account_id=sender.account_id,
        membership_id=sender.pk,
        merchant_id=sender.program.merchant_id,
        kind=EntryKind.TRANSFER_OUT,
        points=-points,
        occurred_at=at,
        key=f"{key}:out",
        actor=actor,
        reason=reason,
        strict=True,
    )
    ledger.post([sent, arrival(sent, receiver, key=f"{key}:in")], at=at)
    entry = Entry.objects.get(key=f"{key}:out")
    return Transfer(entry, entry.answers.get())


def hold_both(one: Membership, other: Membership, *, field: str) -> tuple[Membership, Membership]:
    """Two memberships of one program with different accounts, as they are while their customers are held in order."""
    if one.program_id != other.program_id:
        raise OtherProgram(field=field)
    activity.hold(merchant=one.program.merchant, customers={one.customer_id, other.customer_id})
    found = Membership.objects.select_related("program__merchant", "customer").in_bulk([one.pk, other.pk])
    one, other = found[one.pk], found[other.pk]
    if one.account_id == other.account_id:
        raise OwnAccount(field=field)
    return one, other


def arrival(sent: Posting, receiver: Membership, *, key: str) -> Posting:
    """What another posting drew, arriving on the receiver's account."""
    return Posting(
        account_id=receiver.account_id,
        membership_id=receiver.pk,
        merchant_id=sent.merchant_id,
        kind=EntryKind.TRANSFER_IN,
        points=0,
        occurred_at=sent.occurred_at,
        key=key,
        actor=sent.actor,
        reason=sent.reason,
        source=sent,
    )
