"""Putting discounts on a purchase that is not recorded yet."""

from customers.purchases import PurchaseDraft
from customers.purchases.drafts import line_of_shipping
from rewards import discounts
from rewards.discounts import Line

from .holding import Held


def reckon(held: Held) -> None:
    """Lower the draft and its lines by what is claimed, and note what stored value pays; raises NotApplicable.

    What finds nothing left is left out: it can be used another time.
    """
    draft = held.draft
    lines, shipping_at = lines_of(draft)
    claims = [item.claim for item in held.items]
    found = discounts.reckon(lines=lines, claims=claims, shipping=draft.shipping, shipping_at=shipping_at)
    for item, taken in zip(held.items, found.taken, strict=True):
        item.amount = taken
    held.items = [item for item in held.items if item.counts]
    draft.amount, draft.discount, draft.prepaid = draft.amount - found.discount, found.discount, found.prepaid
    draft.claims = len(held.items)
    for line, share in zip(draft.lines, found.shares if draft.lines else (), strict=True):
        line.amount, line.discount = line.amount - share, share


def lines_of(draft: PurchaseDraft) -> tuple[list[Line], int | None]:
    """The lines of a draft, and which of them is the shipping; a receipt without lines is one, and its shipping."""
    if not draft.lines:
        whole = Line(draft.amount - draft.shipping)
        return ([whole, Line(draft.shipping)], 1) if draft.shipping else ([whole], None)
    lines = [Line(line.amount, line.quantity, line.sku, line.category) for line in draft.lines]
    return lines, line_of_shipping(draft.lines, draft.shipping)
