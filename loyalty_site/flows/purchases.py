"""Purchases: recorded, given back, voided and moved, with the points that follow."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from customers import purchases
from customers.merchants.models import Merchant
from customers.models import Purchase
from customers.purchases import PurchaseDraft, ReturnDraft
from rewards import claims, earning, watching
from rewards.earning import Earned
from rewards.ledger import Posting

from .claimed import record_claimed
from .drafts import as_draft


@dataclass(slots=True)
class Recorded:
    """A recorded purchase and what each program gave for it; `earned` is empty for one that stood already."""

    draft: PurchaseDraft
    earned: list[Earned]


@transaction.atomic
def record_purchases(
    *, merchant: Merchant, drafts: list[PurchaseDraft], at: datetime, unseen: bool = False
) -> list[Recorded]:
    """Record purchases and let every program judge them. One purchase is a list of one.

    A receipt that stands already is answered with the first (`draft.duplicate`), whatever it now says. Drafts are
    checked by `purchases.check` before; for `unseen` see `purchases.record`. One that wishes to claim something
    comes alone (see `claimed`); of several `record_each` makes parts. Raises OwnCard for somebody of the shop who rings
    up a purchase of their own, also where a till's key says that they did.
    """
    doing = [(who, draft.customer_id) for draft in drafts for who in (draft.actor, draft.staff_id)]
    watching.refuse_own(merchant=merchant, doing=doing)
    if [draft for draft in drafts if draft.wishes]:
        [draft] = drafts
        return [Recorded(draft, record_claimed(merchant=merchant, draft=draft, at=at))]
    fresh = purchases.record(merchant=merchant, drafts=drafts, at=at, unseen=unseen)
    earned = earning.judge(merchant=merchant, purchases=fresh, at=at) if fresh else {}
    return [Recorded(draft, [] if draft.duplicate else earned.get(draft.pk, [])) for draft in drafts]


def record_once(
    *, merchant: Merchant, drafts: list[PurchaseDraft], at: datetime, unseen: bool = False
) -> list[Recorded]:
    """`record_purchases`, when another till may be recording the same receipt in this very moment.

    The unique receipt lets one of them through; the other then finds it and answers with it.
    """
    try:
        return record_purchases(merchant=merchant, drafts=drafts, at=at, unseen=unseen)
    except IntegrityError:
        for draft in drafts:
            draft.pk, draft.public_id, draft.duplicate = None, None, False
        return record_purchases(merchant=merchant, drafts=drafts, at=at)


@transaction.atomic
def record_returns(*, merchant: Merchant, drafts: list[ReturnDraft], at: datetime) -> list[ReturnDraft]:
    """Record what came back and take back what it no longer earns; returns those that were new."""
    fresh = purchases.give_back(merchant=merchant, drafts=drafts, at=at)
    claims.give_back(drafts=fresh, at=at)
    earning.take_back(merchant=merchant, returns=fresh, at=at)
    return fresh


@transaction.atomic
def refund_purchase(*, merchant: Merchant, at: datetime, **what) -> ReturnDraft:
    """Give back an amount or lines of a purchase (see `purchases.refund`), with the points that its rest does not earn,
    and with what was claimed in it as far as that comes back.

    A receipt that was given back already is answered with the first (`duplicate`).
    """
    draft = purchases.refund_once(merchant=merchant, at=at, **what)
    if not draft.duplicate:
        claims.give_back(drafts=[draft], at=at)
        earning.take_back(merchant=merchant, returns=[draft], at=at)
    return draft


@transaction.atomic
def take_return(*, merchant: Merchant, at: datetime, **what) -> ReturnDraft:
    """Take something back without a receipt (see `purchases.take`), with what its amount would have earned.

    One that was taken back already is answered with the first (`duplicate`).
    """
    draft = purchases.take_once(merchant=merchant, at=at, **what)
    if not draft.duplicate:
        earning.take_back(merchant=merchant, returns=[draft], at=at)
    return draft


@transaction.atomic
def void_purchase(*, merchant: Merchant, purchase_id: int, at: datetime, actor: str = "") -> Purchase:
    """As if a purchase had never been: what was claimed in it comes back, its points go. Once more changes nothing."""
    purchase, new = purchases.void(merchant=merchant, purchase_id=purchase_id, at=at)
    if new:
        claims.withdraw(purchase=purchase, at=at, actor=actor)
        earning.withdraw(merchant=merchant, purchase=purchase, at=at, actor=actor)
    return purchase


@transaction.atomic
def reassign_purchase(
    *, merchant: Merchant, purchase_id: int, customer_id: int, at: datetime, actor: str = ""
) -> list[Posting]:
    """Move a purchase to another customer: who had it loses its points, and the other earns by the same versions.

    Returns what moved on both sides; nothing for a purchase that is theirs already. Raises claims.VoidFirst where
    something was claimed in it, OwnCard for one moved to the card of who moves it.
    """
    watching.refuse_own(merchant=merchant, doing=[(actor, customer_id)])
    purchase, new = purchases.move(merchant=merchant, purchase_id=purchase_id, customer_id=customer_id)
    if not new:
        return []
    claims.refuse_claims(purchase)
    return earning.move(merchant=merchant, purchase=purchase, draft=as_draft(purchase), at=at, actor=actor)
