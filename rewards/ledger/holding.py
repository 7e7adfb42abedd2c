"""Setting points aside until a redemption is certain: held, then captured or released, or over by themselves.

Held points stay in their lots and in the balance, but are not available, and their lots do not expire meanwhile. A
hold is over at its `ends_at` whatever job has run: what is held is always asked of a moment.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.merchants import rows
from customers.merchants.refusals import Conflict
from rewards.models import Entry, HeldLot, Hold, Membership, PointsAccount

from .posting import post
from .sheet import Sheet
from .spending import current, redemption

HOLD_FOR = timedelta(minutes=15)


class HoldOver(Conflict):
    code = "hold_over"
    message = _("These points are no longer held. Start again.")


class PointsHeld(Conflict):
    code = "points_held"
    retryable = True
    message = _("Points are set aside for a redemption. Finish or cancel it first, or wait until it is over.")


@transaction.atomic
def hold(
    *, membership: Membership, points: int, key: str, at: datetime, until: datetime | None = None, actor: str = ""
) -> Hold:
    """Set points aside, nearest expiry first, for 15 minutes unless `until` says otherwise; once per `key`.

    Raises Deficit for an account that owes, InsufficientPoints where fewer can be used.
    """
    membership = current(membership)
    posting = redemption(membership, points, key=key, at=at, actor=actor, reason="")
    sheet = Sheet([posting], at=at)
    if known := Hold.objects.filter(key=key).first():
        return known
    sheet.load_lots([posting])
    sheet.leave(posting)  # reckoned, and not written
    made = Hold.objects.create(
        account_id=membership.account_id,
        membership=membership,
        points=points,
        key=key,
        actor=actor,
        held_at=at,
        ends_at=until or at + HOLD_FOR,
    )
    rows.insert(HeldLot, ["hold", "lot", "points"], [(made.pk, lot.pk, drawn) for lot, drawn in posting.drawn])
    until = made.account.holds.aggregate(last=Max("ends_at"))["last"]
    PointsAccount.objects.filter(pk=made.account_id).update(held_until=until)
    return made


@transaction.atomic
def capture(*, hold: Hold, at: datetime, actor: str = "", reason: str = "") -> Entry:
    """Redeem what a hold set aside; once more answers the same entry. Raises HoldOver after its time or a release."""
    hold = lock(hold)
    if hold.entry:
        return hold.entry
    if hold.ended_at or hold.ends_at <= at:
        raise HoldOver
    Hold.objects.filter(pk=hold.pk).update(ended_at=at)
    key = f"capture:{hold.pk}"
    posting = redemption(hold.membership, hold.points, key=key, at=at, actor=actor or hold.actor, reason=reason)
    posting.account_id = hold.account_id
    posting.take = list(hold.lots.order_by("pk").values_list("lot", "points"))
    post([posting], at=at)
    Hold.objects.filter(pk=hold.pk).update(entry=posting.entry_id)
    return Entry.objects.get(pk=posting.entry_id)


@transaction.atomic
def release(*, hold: Hold, at: datetime) -> Hold:
    """Let go of what a hold set aside; nothing changes for one that was released or is over. HoldOver once captured."""
    hold = lock(hold)
    if hold.entry:
        raise HoldOver
    if hold.ended_at is None and hold.ends_at > at:
        hold.ended_at = at
        hold.save(update_fields=["ended_at"])
    return hold


def lock(hold: Hold) -> Hold:
    """The hold as it is, while its account is locked."""
    PointsAccount.objects.select_for_update().get(pk=hold.account_id)
    return Hold.objects.select_related("membership__program", "entry").get(pk=hold.pk)


def refuse_held(holds: QuerySet[Hold], *, at: datetime) -> None:
    """Raise PointsHeld where some of these holds are active."""
    if holds.active(at).exists():
        raise PointsHeld
