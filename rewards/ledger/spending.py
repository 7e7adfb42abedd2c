"""Spending points, and giving them back to the lots they came from."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants.refusals import Conflict
from rewards import expiry
from rewards.models import Entry, Lot, LotUse, Membership, PointsAccount
from rewards.models.ledger import EntryKind

from .drafts import Posting
from .posting import post

GRACE_DAYS = 30


class NothingLeft(Conflict):
    code = "exceeds_redemption"
    message = _("Of this redemption %(left)d points can still come back, and %(wanted)d are asked for.")


@dataclass(slots=True)
class Returned:
    """Points that came back; `extended` of them to lots that were over: they can be used until `extended_until`."""

    entry: Entry
    points: int
    extended: int
    extended_until: datetime | None


@transaction.atomic
def spend(
    *,
    membership: Membership,
    points: int,
    key: str,
    at: datetime,
    actor: str = "",
    reason: str = "",
    purchase_id: int | None = None,
) -> Entry:
    """Redeem points of a membership, nearest expiry first; the same `key` again answers the first entry.

    `purchase_id` names the purchase in which they are used.

    Raises Deficit for an account that owes, InsufficientPoints where fewer can be used.
    """
    membership = current(membership)
    posting = redemption(membership, points, key=key, at=at, actor=actor, reason=reason)
    posting.purchase_id = purchase_id
    post([posting], at=at)
    return Entry.objects.get(key=key)


def current(membership: Membership) -> Membership:
    """The membership as it is while its customer is held, so that its account stays its account."""
    merchant = membership.program.merchant
    activity.hold(merchant=merchant, customers=[membership.customer_id])
    return Membership.objects.select_related("program__merchant").get(pk=membership.pk)


def redemption(membership: Membership, points: int, *, key: str, at: datetime, actor: str, reason: str) -> Posting:
    """Points of a membership being spent."""
    return Posting(
        account_id=membership.account_id,
        membership_id=membership.pk,
        merchant_id=membership.program.merchant_id,
        kind=EntryKind.REDEEM,
        points=-points,
        occurred_at=at,
        key=key,
        actor=actor,
        reason=reason,
        strict=True,
    )


@transaction.atomic
def give_back(
    *,
    entry: Entry,
    key: str,
    at: datetime,
    points: int | None = None,
    actor: str = "",
    reason: str = "",
    refund_id: int | None = None,
) -> Returned:
    """Give points of a redemption back to the lots they came from, those drawn last first; all that are left of it by
    default. What comes back to a lot that is over can be used for 30 days. The same `key` again answers the first.
    `refund_id` names the refund for which they come back.

    Raises NothingLeft for more than the redemption still holds.
    """
    zone = entry.membership.program.merchant.timezone
    until = grace_until(at, zone)
    PointsAccount.objects.select_for_update().get(pk=entry.account_id)
    if not Entry.objects.filter(key=key).exists():
        drawn = left_of(entry)
        left = sum(drawn.values())
        wanted = left if points is None else points
        if not 0 < wanted <= left:
            raise NothingLeft(values={"left": left, "wanted": wanted}, field="points", left=left)
        back = last_drawn(drawn, wanted)
        posting = coming_back(entry, back, key=key, at=at, until=until, actor=actor, reason=reason)
        posting.refund_id = refund_id
        post([posting], at=at)
    return returned(Entry.objects.get(key=key))


def grace_until(at: datetime, zone: str) -> datetime:
    """Until when points that came back too late for their lot can be used: through the 30th local day after."""
    return expiry.expires_at("days", GRACE_DAYS, at.astimezone(ZoneInfo(zone)).date(), zone)


def left_of(entry: Entry) -> dict[int, int]:
    """What an entry drew from each lot, in the order of drawing, less what has come back since (three queries)."""
    drawn: Counter[int] = Counter()
    for lot, points in LotUse.objects.filter(entry=entry).order_by("pk").values_list("lot", "points"):
        drawn[lot] += points
    answers = Entry.objects.filter(origin=entry, kind=EntryKind.RETURN)
    for lot, points in LotUse.objects.filter(entry__in=answers, points__lt=0).values_list("lot", "points"):
        drawn[lot] += points
    for lot, points in Lot.objects.filter(entry__in=answers).values_list("origin", "points"):
        drawn[lot] -= points
    return {lot: points for lot, points in drawn.items() if points > 0}


def last_drawn(drawn: dict[int, int], wanted: int) -> list[tuple[int, int]]:
    """The lots that get points back: as if fewer had been drawn."""
    back = []
    for lot, points in reversed(drawn.items()):
        part = min(points, wanted)
        if part:
            back.append((lot, part))
            wanted -= part
    return back


def coming_back(
    entry: Entry, back: list[tuple[int, int]], *, key: str, at: datetime, until: datetime, actor: str, reason: str
) -> Posting:
    """Points of a redemption on their way back to the account that spent them."""
    return Posting(
        account_id=entry.account_id,
        membership_id=entry.membership_id,
        merchant_id=entry.merchant_id,
        kind=EntryKind.RETURN,
        points=sum(points for __, points in back),
        occurred_at=at,
        key=key,
        origin_id=entry.pk,
        purchase_id=entry.purchase_id,
        actor=actor,
        reason=reason,
        back=back,
        grace_until=until,
    )


def returned(entry: Entry) -> Returned:
    """What a return gave, as it is in the books (one query)."""
    late = list(entry.lots.order_by("pk"))
    extended = sum(lot.points for lot in late)
    return Returned(entry, entry.points, extended, late[0].expires_at if late else None)
