"""What comes back of claims with a refund or a void: stored value and points pro rata, vouchers at the end.

Points come back before those that the purchase earned are taken, so that what was spent of these is not owed.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from customers import purchases
from customers.merchants.refusals import Conflict
from customers.models import Import, Purchase
from customers.purchases import ReturnDraft, remaining
from rewards import ledger, redemption, vouchers
from rewards.catalog import stock
from rewards.discounts import pro_rata
from rewards.models import Entry, Redemption, VoucherUse
from rewards.models.rewards import RedemptionStatus

from .taking import balance_key


class VoidFirst(Conflict):
    code = "void_first"
    message = _(
        "Rewards, vouchers or a balance were used in this purchase, and they are its customer's. Void it, and record "
        "it anew for the other customer."
    )


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a purchase has come back, `came` of `whole`; `refund` and `key` name what brings it."""

    came: int
    whole: int
    key: str
    at: datetime
    refund: int | None = None
    actor: str = ""

    @property
    def is_all(self) -> bool:
        return self.came >= self.whole

    def of(self, paid: int) -> int:
        """How much of something that was paid has come back by now."""
        return paid if self.is_all else pro_rata(paid, self.came, self.whole)


def refuse_claims(purchase: Purchase) -> None:
    """Refuse to move a purchase in which something was claimed."""
    if purchase.claims:
        raise VoidFirst


def give_back(*, drafts: list[ReturnDraft], at: datetime) -> None:
    """Give back what was claimed in purchases as far as returns (just written, in order) bring them back.

    Each draft gets how much of it goes back to stored value. No statement where nothing was claimed; one for purchases
    that came back whole, to free vouchers that were noted on them.
    """
    whole = {draft.purchase_id for draft in drafts if draft.whole and not draft.claimed}
    free_noted(whole, at=at)
    found = {one.pk: one for one in Purchase.objects.filter(pk__in={d.purchase_id for d in drafts if d.claimed})}
    came = {key: purchase.refunded for key, purchase in found.items()}
    for draft in drafts:
        if draft.claimed:
            came[draft.purchase_id] -= draft.amount
    for draft in drafts:
        if not draft.claimed:
            continue
        came[draft.purchase_id] += draft.amount
        purchase = found[draft.purchase_id]
        share = progress(purchase, came[purchase.pk])
        part = Part(*share, key=f"refund:{draft.pk}", at=at, refund=draft.pk, actor=draft.actor)
        draft.prepaid = settle(purchase, part)
    purchases.note_prepaid([draft for draft in drafts if draft.claimed])


def withdraw(*, purchase: Purchase, at: datetime, actor: str = "") -> None:
    """Give back everything that was claimed in a purchase just voided, and free the vouchers noted on it."""
    part = Part(1, 1, key=f"void:{purchase.pk}", at=at, actor=actor)
    if purchase.claims:
        settle(purchase, part)
    else:
        free_noted({purchase.pk}, at=at, actor=actor)


def free_noted(bought: set[int], *, at: datetime, actor: str = "") -> None:
    """Free what was noted on purchases (primary keys) in which nothing was claimed (one query where nothing was)."""
    if bought and VoucherUse.objects.standing().filter(purchase__in=bought).exists():
        vouchers.free(purchases=bought, at=at, actor=actor)


def withdraw_import(*, imported: Import, at: datetime) -> None:
    """Free the vouchers that were noted on purchases of an import, just undone (one query where none were)."""
    noted = VoucherUse.objects.standing().filter(purchase__imported=imported)
    if bought := set(noted.values_list("purchase", flat=True)):
        vouchers.free(purchases=bought, at=at)


def progress(purchase: Purchase, came: int) -> tuple[int, int]:
    """How much of a purchase has come back, of how much: money, or of one that cost none its full price by lines."""
    if purchase.amount:
        return came, purchase.amount
    lines = list(remaining.lines_of([purchase.pk]))
    if all(line.returned >= line.quantity for line in lines):
        return 1, 1
    full = sum(line.amount + line.discount for line in lines)
    left = sum(remaining.share(line, line.returned, line.amount + line.discount) for line in lines)
    return (full - left, full) if full > left else (0, 1)


def settle(purchase: Purchase, part: Part) -> int:
    """Give back what a part of a purchase brings, beyond what came back before; returns how much of it is stored value.

    Rewards are held before vouchers, and these before accounts.
    """
    captured = purchase.redemptions.filter(status=RedemptionStatus.CAPTURED).order_by("pk")
    made = list(captured.select_related("entry", "reward"))
    for __, reward in sorted({one.reward_id: one.reward for one in made}.items()):
        stock.lock(reward, at=part.at)
    uses = vouchers.of_purchase(purchase)
    vouchers.hold_all(use.voucher_id for use in uses)
    claimed = [use for use in uses if use.number]  # what was noted on it later paid no part of what is on record
    prepaid = sum(gift_card(use, part) for use in claimed if use.voucher.balance is not None)
    used = {use.voucher.redemption_id for use in claimed} - {None}
    if part.is_all:
        vouchers.free(purchases=[purchase.pk], at=part.at, actor=part.actor)
    gone = [one for one in made if one.pk in used or (part.is_all and untouched(one))]
    for one in gone:
        points(one.entry, f"{part.key}:claim:{one.pk}", part)
        if part.is_all:
            redemption.cancel(redemption=one, at=part.at, actor=part.actor, late=True)
    return prepaid + balance(purchase, part)


def untouched(made: Redemption) -> bool:
    """Whether nobody has used what a redemption gave."""
    return all(vouchers.is_untouched(one) for one in made.vouchers.all())


def gift_card(use: VoucherUse, part: Part) -> int:
    """Put back on a gift card what a part of the purchase brings; returns how much. One that is over lasts 30 days."""
    back = part.of(use.amount or 0) - use.returned
    if back > 0:
        card = vouchers.give_back(use=use, amount=back, at=part.at)
        if card.expires_at and card.expires_at <= part.at:
            card.expires_at = ledger.grace_until(part.at, card.merchant.timezone)
            card.save(update_fields=["expires_at"])
    return max(back, 0)


def balance(purchase: Purchase, part: Part) -> int:
    """Put back the cashback that paid; returns how much."""
    entry = Entry.objects.filter(key=balance_key(purchase.pk)).first()
    return points(entry, f"{part.key}:balance", part)


def points(entry: Entry | None, key: str, part: Part) -> int:
    """Give back what a part brings of the points that an entry spent; returns how many."""
    if entry is None:
        return 0
    left = sum(ledger.left_of(entry).values())
    spent = -entry.points
    back = min(part.of(spent) - (spent - left), left)
    if back > 0:
        ledger.give_back(
            entry=entry, key=key, at=part.at, points=back, actor=part.actor, reason=entry.reason, refund_id=part.refund
        )
    return max(back, 0)
