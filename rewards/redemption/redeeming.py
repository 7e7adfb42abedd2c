"""Taking a reward: at once, or set aside and captured later."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import activity
from customers.merchants.models import Location, StaffMember
from customers.merchants.refusals import Conflict, Invalid
from rewards import catalog, expiry, ledger, vouchers
from rewards.catalog import stock
from rewards.ledger.holding import HOLD_FOR
from rewards.models import Membership, Redemption, Reward
from rewards.models.rewards import RedemptionStatus
from rewards.vouchers import VoucherDraft

MOST = 100  # of one reward in one redemption


class InvalidQuantity(Invalid):
    code = "invalid_quantity"
    message = _("A quantity is a whole number from 1 to 100.")


class ReceiptUsed(Conflict):
    code = "receipt_used"
    message = _("This was redeemed for something else already. Load the page again.")


class Over(ledger.HoldOver):
    """What was set aside is no longer: it was cancelled, or its time is over."""

    message = _("This reward is no longer set aside. Redeem it again.")


@transaction.atomic
def redeem(
    *,
    membership: Membership,
    reward: Reward,
    quantity: int = 1,
    at: datetime,
    capture: bool = True,
    purchase_id: int | None = None,
    location: Location | None = None,
    staff: StaffMember | None = None,
    actor: str = "",
    public_id: str | None = None,
    before: Membership | None = None,
) -> Redemption:
    """Spend points on a reward and issue a voucher for each; without `capture` set them aside for 15 minutes.

    With `public_id`, the id that it is to have, once more answers the first. `before` is the membership as it was
    before the purchase in which the reward is claimed: its tier counts, whatever the purchase made of it. Raises
    InvalidQuantity, ReceiptUsed, catalog.OtherProgram, NotEligible, OutOfStock, LimitReached, ledger.Deficit and
    InsufficientPoints; then nothing is written.
    """
    if type(quantity) is not int or not 1 <= quantity <= MOST:
        raise InvalidQuantity(field="quantity")
    membership = ledger.current(membership)
    if public_id and (first := Redemption.objects.filter(public_id=public_id).first()):
        return same(first, membership, reward)
    reward = stock.lock(reward, at=at)
    catalog.check(reward=reward, membership=before or membership, quantity=quantity, at=at)
    named = {"public_id": public_id} if public_id else {}
    noted = {"purchase_id": purchase_id, "location": location, "staff": staff, "actor": actor, **named}
    made = begun(membership, reward, quantity, at=at, **noted)
    if not capture:
        return held(made, at=at)
    made.entry, made.status, made.ended_at = spent(made, at=at), RedemptionStatus.CAPTURED, at
    made.save()
    issue(made, at=at)
    return made


def begun(membership: Membership, reward: Reward, quantity: int, *, at: datetime, **noted) -> Redemption:
    """A redemption that is not stored yet, with its share of the stock of a locked reward."""
    return Redemption(
        merchant=reward.merchant,
        membership=membership,
        reward=reward,
        quantity=quantity,
        points=reward.cost * quantity,
        from_stock=stock.take(reward, quantity),
        redeemed_at=at,
        **noted,
    )


def same(first: Redemption, membership: Membership, reward: Reward) -> Redemption:
    """The redemption that stands under an id, if it is of this; raises ReceiptUsed."""
    if (first.membership_id, first.reward_id) != (membership.pk, reward.pk):
        raise ReceiptUsed
    return first


def spent(made: Redemption, *, at: datetime):
    """The entry of what a redemption costs; none where it costs nothing."""
    if not made.points:
        return None
    return ledger.spend(
        membership=made.membership,
        points=made.points,
        key=f"redemption:{made.public_id}",
        at=at,
        actor=made.actor,
        reason=made.reward.name,
        purchase_id=made.purchase_id,
    )


def held(made: Redemption, *, at: datetime) -> Redemption:
    """Set aside, with a hold of what it costs; without one where it costs nothing."""
    key, made.held_until = f"redemption:{made.public_id}", at + HOLD_FOR
    if made.points:
        made.hold = ledger.hold(membership=made.membership, points=made.points, key=key, at=at, actor=made.actor)
    made.status = RedemptionStatus.HELD
    made.save()
    return made


def issue(made: Redemption, *, at: datetime) -> None:
    """A voucher for each unit that was redeemed, for this customer alone; it lives through the reward's last day."""
    zone, reward = made.merchant.timezone, made.reward
    day = at.astimezone(ZoneInfo(zone)).date()
    draft = VoucherDraft(
        name=reward.name,
        benefit=reward.benefit,
        customer_id=made.membership.customer_id,
        redemption_id=made.pk,
        expires_at=expiry.expires_at("days", reward.voucher_days, day, zone) if reward.voucher_days else None,
    )
    vouchers.issue(merchant=made.merchant, drafts=[draft] * made.quantity, at=at)


@transaction.atomic
def capture(*, redemption: Redemption, at: datetime, actor: str = "") -> Redemption:
    """Redeem what was set aside; once more answers the same.

    Raises Over (`hold_over`) after its time or a cancellation.
    """
    made = lock(redemption, at=at)
    if made.status == RedemptionStatus.CAPTURED:
        return made
    if made.status != RedemptionStatus.HELD:
        raise Over
    if made.hold:
        made.entry = ledger.capture(hold=made.hold, at=at, actor=actor, reason=made.reward.name)
    made.status, made.ended_at = RedemptionStatus.CAPTURED, at
    made.save(update_fields=["entry", "status", "ended_at"])
    issue(made, at=at)
    return made


def lock(redemption: Redemption, *, at: datetime) -> Redemption:
    """The redemption as it is, while its customer and its reward are held."""
    activity.hold(merchant=redemption.merchant, customers=[redemption.membership.customer_id])
    reward = stock.lock(redemption.reward, at=at)
    found = Redemption.objects.select_related("membership__customer", "merchant", "hold", "entry")
    made = found.get(pk=redemption.pk)
    made.reward = reward
    return made


def status(redemption: Redemption, *, at: datetime) -> str:
    """The status at a moment: what was set aside and not taken in time is over, whatever has been booked."""
    over = redemption.status == RedemptionStatus.HELD and redemption.held_until <= at
    return RedemptionStatus.EXPIRED if over else redemption.status
