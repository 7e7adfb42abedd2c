"""Points given or taken by hand: with a reason, within a daily cap, or with a second person's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import ApiKey, Merchant, Right, Role, Scope, StaffMember
from customers.merchants.refusals import Conflict, Forbidden, Invalid
from rewards import ledger
from rewards.ledger import Posting
from rewards.models import Adjustment, AdjustmentCap, Membership, Program
from rewards.models.adjustments import CAPPED, AdjustmentStatus
from rewards.models.ledger import EntryKind
from rewards.models.programs import Kind

DEFAULT_CAPS = {Role.STAFF: 100, Role.MANAGER: 1_000}
LARGEST = 1_000_000_000
LONGEST_REASON = 200
Person = StaffMember | ApiKey


class InvalidPoints(Invalid):
    code = "invalid_points"
    message = _("Points are a whole number other than 0, at most 1,000,000,000.")


class ReasonRequired(Invalid):
    code = "reason_required"
    message = _("Say why in 1 to 200 characters. The customer's history shows it.")


class ExpiryOver(Invalid):
    code = "expiry_in_the_past"
    message = _("These points would have expired already. Choose a later moment, or leave it out.")


class NothingExpires(Invalid):
    code = "nothing_expires"
    message = _("Points that are taken do not expire. Leave 'expires_at' out.")


class NoCurrency(Conflict):
    code = "no_points"
    message = _("This program is a membership, which has no points to give or take.")


class InvalidCap(Invalid):
    code = "invalid_cap"
    message = _("Only staff and managers have a cap: a whole number of points a day, 0 for none without approval.")


class OnlyOwnersSetCaps(Forbidden):
    code = "only_owners_set_caps"
    message = _("Only an owner changes the caps: whoever has one does not set it. Ask an owner of the shop.")


class AlreadyDecided(Conflict):
    code = "already_decided"
    message = _("Somebody has decided this adjustment already.")


class OwnRequest(Forbidden):
    code = "own_request"
    message = _("Whoever asked cannot also decide. Ask somebody else with the right to manage.")


class MayNotDecide(Forbidden):
    code = "may_not_decide"
    message = _("Deciding on adjustments needs the right to manage.")


@transaction.atomic
def adjust(
    *,
    membership: Membership,
    points: int,
    reason: str,
    by: Person,
    at: datetime,
    expires_at: datetime | None = None,
    key: str | None = None,
    alone: bool = True,
) -> Adjustment:
    """Give or take points by hand; over the daily cap of `by` it waits for a second person (`pending_approval`).

    Where `by` may not do it `alone`, it waits whatever the cap.
    The cap counts what one person or key adjusted alone in the program on this local day, given and taken alike.
    The same `key` again answers the first. Raises InvalidPoints, ReasonRequired, ExpiryOver, NothingExpires, NoCurrency
    in a membership, and InsufficientPoints for taking more than can be used.
    """
    reason = reason.strip()
    check(points, reason, expires_at, at=at)
    by = type(by).objects.select_for_update(no_key=True).get(pk=by.pk)  # one after the other, so that a cap holds
    membership = ledger.current(membership)
    if membership.program.kind == Kind.MEMBERSHIP:
        raise NoCurrency(field="points")
    if key and (first := Adjustment.objects.for_merchant(membership.program.merchant).filter(key=key).first()):
        return first
    adjustment = asked(membership, by, at=at, points=points, reason=reason, expires_at=expires_at, key=key)
    cap = cap_of(by)
    spent = done_alone(by, membership.program, adjustment.requested_on) if alone and cap is not None else 0
    if not alone or cap is not None and abs(points) + spent > cap:
        adjustment.status = AdjustmentStatus.PENDING
    else:
        adjustment.status = AdjustmentStatus.POSTED
        post(adjustment, at=at)
    adjustment.save()
    return adjustment


def asked(membership: Membership, by: Person, *, at: datetime, **what) -> Adjustment:
    """What somebody asks for, not stored yet."""
    merchant = membership.program.merchant
    return Adjustment(
        merchant=merchant,
        membership=membership,
        requested_by=by.public_id,
        requested_at=at,
        requested_on=local_day(merchant, at),
        **what,
    )


def local_day(merchant: Merchant, at: datetime) -> date:
    """The day at the shop, by which caps count."""
    return at.astimezone(ZoneInfo(merchant.timezone)).date()


def check(points: int, reason: str, expires_at: datetime | None, *, at: datetime) -> None:
    """Refuse what cannot be meant."""
    if points == 0 or abs(points) > LARGEST:
        raise InvalidPoints(field="points")
    if not reason or len(reason) > LONGEST_REASON or "\0" in reason:
        raise ReasonRequired(field="reason")
    if expires_at is not None and points < 0:
        raise NothingExpires(field="expires_at")
    if expires_at is not None and expires_at <= at:
        raise ExpiryOver(field="expires_at")


def cap_of(by: Person) -> int | None:
    """The points that a person or key may adjust alone in a day; None for owners and keys of the scope manage."""
    if isinstance(by, ApiKey):
        role = None if by.allows(Scope.MANAGE) else Role.STAFF
    else:
        role = None if by.role == Role.OWNER else Role(by.role)
    if role is None:
        return None
    return caps(by.merchant).get(role, 0)


def caps(merchant: Merchant) -> dict[str, int]:
    """The daily cap of each role that has one (one query)."""
    return {**DEFAULT_CAPS, **dict(AdjustmentCap.objects.filter(merchant=merchant).values_list("role", "points"))}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Points that somebody may adjust alone in a program and day, and how many of them are left."""

    cap: int
    left: int


def allowance(*, by: Person, program: Program, at: datetime) -> Allowance | None:
    """What somebody may still adjust alone today; None for those without a cap (two queries, none for them)."""
    cap = cap_of(by)
    if cap is None:
        return None
    return Allowance(cap, max(cap - done_alone(by, program, local_day(by.merchant, at)), 0))


@transaction.atomic
def set_caps(*, merchant: Merchant, points: Mapping[str, int], by: StaffMember) -> None:
    """Change the caps of roles; raises InvalidCap, and OnlyOwnersSetCaps: a cap is no bound to who can raise it."""
    if not sets_caps(by) or by.merchant_id != merchant.pk:
        raise OnlyOwnersSetCaps
    for role, cap in points.items():
        set_cap(merchant=merchant, role=role, points=cap)


def sets_caps(by: StaffMember) -> bool:
    """Whether somebody may change the caps: those who have none."""
    return by.role == Role.OWNER


def set_cap(*, merchant: Merchant, role: str, points: int) -> None:
    """Change how many points a day a person of a role may adjust alone; raises InvalidCap for the role's field."""
    if role not in CAPPED or not 0 <= points <= LARGEST:
        raise InvalidCap(field=role)
    AdjustmentCap.objects.update_or_create(merchant=merchant, role=role, defaults={"points": points})


def done_alone(by: Person, program: Program, day: date) -> int:
    """What a person or key adjusted alone in a program on a day."""
    same = Adjustment.objects.filter(
        requested_by=by.public_id,
        requested_on=day,
        status=AdjustmentStatus.POSTED,
        membership__program=program,
    )
    return same.aggregate(total=Sum(Abs("points"), default=0))["total"]


def post(adjustment: Adjustment, *, at: datetime) -> None:
    """Write an adjustment into the books; raises InsufficientPoints."""
    member = adjustment.membership
    posting = Posting(
        account_id=member.account_id,
        membership_id=member.pk,
        merchant_id=adjustment.merchant_id,
        kind=EntryKind.ADJUST,
        points=adjustment.points,
        occurred_at=at,
        key=f"adjustment:{adjustment.public_id}",
        actor=adjustment.requested_by,
        reason=adjustment.reason,
        expires_at=adjustment.expires_at,
        strict=adjustment.points < 0,
    )
    [posted] = ledger.post([posting], at=at)
    adjustment.entry_id = posted.entry_id


@transaction.atomic
def approve(*, adjustment: Adjustment, by: Person, at: datetime) -> Adjustment:
    """Post an adjustment that waits. Raises AlreadyDecided, OwnRequest, MayNotDecide; ExpiryOver and
    InsufficientPoints when it can no longer be posted, and then it still waits.
    """
    adjustment = waiting(adjustment, by)
    check(adjustment.points, adjustment.reason, adjustment.expires_at, at=at)
    adjustment.membership = ledger.current(adjustment.membership)
    post(adjustment, at=at)
    return decided(adjustment, AdjustmentStatus.APPROVED, by, at=at)


@transaction.atomic
def reject(*, adjustment: Adjustment, by: Person, at: datetime) -> Adjustment:
    """Say no to an adjustment that waits. Raises AlreadyDecided, OwnRequest, MayNotDecide."""
    return decided(waiting(adjustment, by), AdjustmentStatus.REJECTED, by, at=at)


def waiting(adjustment: Adjustment, by: Person) -> Adjustment:
    """The adjustment, locked, when it waits for this person's word."""
    may = by.allows(Scope.MANAGE) if isinstance(by, ApiKey) else by.may(Right.MANAGE)
    if not may or by.merchant_id != adjustment.merchant_id:
        raise MayNotDecide
    locked = Adjustment.objects.select_for_update(of=("self",)).select_related("membership__program__merchant")
    adjustment = locked.get(pk=adjustment.pk)
    if adjustment.status != AdjustmentStatus.PENDING:
        raise AlreadyDecided(decision=adjustment.status)
    if adjustment.requested_by == by.public_id:
        raise OwnRequest
    return adjustment


def decided(adjustment: Adjustment, status: str, by: Person, *, at: datetime) -> Adjustment:
    """Remember what was decided, and by whom."""
    adjustment.status, adjustment.decided_by, adjustment.decided_at = status, by.public_id, at
    adjustment.save(update_fields=["status", "decided_by", "decided_at", "entry"])
    return adjustment
