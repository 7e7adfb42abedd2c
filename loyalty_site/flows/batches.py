"""Many purchases at once, of which each answers for itself."""

from datetime import datetime
from itertools import groupby

from django.db import transaction

from customers.merchants.models import Merchant
from customers.merchants.refusals import Refusal
from customers.purchases import PurchaseDraft
from rewards.ledger import TooManyPoints
from rewards.watching import OwnCard

from .people import identify_once
from .purchases import Recorded, record_once


@transaction.atomic
def record_each(*, merchant: Merchant, drafts: list[PurchaseDraft], at: datetime) -> list[Recorded | Refusal]:
    """Record purchases, and say of each what became of it, in the order given.

    Those that claim nothing are recorded together, however many; one that does is recorded alone, in its place by
    `occurred_at` and position, so that it finds the points of those before it.
    """
    if not any(draft.wishes for draft in drafts):
        return record_together(merchant, drafts, at=at)
    done: dict[int, Recorded | Refusal] = {}
    for __, group in groupby(sorted(drafts, key=lambda one: one.occurred_at), key=lambda one: bool(one.wishes)):
        part = list(group)
        found = (
            [alone(merchant, one, at=at) for one in part] if part[0].wishes else record_together(merchant, part, at=at)
        )
        done |= {id(draft): result for draft, result in zip(part, found, strict=True)}
    return [done[id(draft)] for draft in drafts]


def record_together(merchant: Merchant, drafts: list[PurchaseDraft], *, at: datetime) -> list[Recorded | Refusal]:
    """Record the drafts at once; one by one where they would give more points than can be, or somebody sold to their
    own card, to know which.

    One by one is in order of time, as they are judged at once.
    """
    try:
        with transaction.atomic():
            return record_once(merchant=merchant, drafts=drafts, at=at)
    except (TooManyPoints, OwnCard):
        done: dict[int, Recorded | Refusal] = {}
        for draft in sorted(drafts, key=lambda one: one.occurred_at):
            draft.pk, draft.public_id, draft.duplicate = None, None, False
            done[id(draft)] = alone(merchant, draft, at=at)
        return [done[id(draft)] for draft in drafts]


def alone(merchant: Merchant, draft: PurchaseDraft, *, at: datetime) -> Recorded | Refusal:
    """Record one purchase, or say why not. Whom its `buyer` names is found first; a card that this makes goes with a
    purchase that is refused.
    """
    try:
        with transaction.atomic():
            if draft.buyer:
                draft.customer_id = identify_once(merchant=merchant, identifiers=draft.buyer, at=at)[0].pk
            return record_once(merchant=merchant, drafts=[draft], at=at)[0]
    except Refusal as refusal:
        return refusal
