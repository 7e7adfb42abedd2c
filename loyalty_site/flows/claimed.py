"""A purchase in which something is claimed: rewards, vouchers, stored value.

Whoever sells (the API, the counter) puts `purchases.Wishes` on the draft and calls `record_once`, as for any purchase;
a preview is the same in `attempt(..., dry_run=True)`. The draft then says what was taken off (`discount`, of each line
too), what stored value pays (`prepaid`), and `amount`, what the purchase is worth after discounts. What was claimed is
read with `claims.discounts_of`, `spent_in` and `issued_in`. If anything does not suffice, the whole purchase is
refused, with `field` saying which of the wishes (`rewards[0]`, `vouchers[1]`, `use_balance`), and nothing is written.
"""

from copy import deepcopy
from datetime import datetime

from django.db import transaction

from customers import purchases
from customers.merchants.models import Merchant
from customers.merchants.refusals import Refusal
from customers.purchases import PurchaseDraft
from rewards import claims, earning
from rewards.earning import Earned


@transaction.atomic
def record_claimed(*, merchant: Merchant, draft: PurchaseDraft, at: datetime) -> list[Earned]:
    """Record one purchase with what it wishes to claim, judge it, and return what it earned; the draft is changed.

    Points of the purchase itself pay for its rewards where the program says so: those are redeemed when it has been
    judged. A receipt that stands already is answered with the first (`duplicate`). Raises what `claims` refuses.
    """
    if stands(merchant, draft):
        return []
    try:
        held = claims.hold(merchant=merchant, draft=deepcopy(draft), at=at)
    except Refusal:
        if stands(merchant, draft):
            return []
        raise
    if stands(merchant, draft):
        return []
    claims.reckon(held)
    [done] = purchases.record(merchant=merchant, drafts=[held.draft], at=at, unseen=True)
    earning.book_idle(merchant=merchant, purchases=[done], at=at)
    claims.pay(held, at=at)
    claims.redeem(held, at=at, same_purchase=False)
    earned = earning.judge(merchant=merchant, purchases=[done], at=at)
    claims.redeem(held, at=at, same_purchase=True)
    claims.use(held, at=at)
    adopt(draft, done)
    return earned.get(done.pk, [])


def stands(merchant: Merchant, draft: PurchaseDraft) -> bool:
    """Whether the receipt is on record: another till may have sent it while this one waited for what is claimed."""
    return not purchases.mark_duplicates(merchant=merchant, drafts=[draft])


def adopt(draft: PurchaseDraft, done: PurchaseDraft) -> None:
    """Let the caller's draft say what was recorded, now that nothing can be refused any more."""
    for name in ("pk", "public_id", "occurred_on", "amount", "discount", "prepaid", "claims", "lines"):
        setattr(draft, name, getattr(done, name))
