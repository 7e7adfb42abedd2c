"""What is claimed in a purchase: rewards for points, vouchers, and stored value; and what becomes of it later.

Everything claimed is a use of a voucher with the purchase: claiming a reward is redeeming it and using what it gives at
once. A flow asks in this order: `hold` (everything is locked, and refused where it cannot be), `reckon` (the draft gets
its discounts), then, with the purchase on record, `pay`, `redeem` what may not use the points of the same purchase, let
programs judge, `redeem` the rest, and `use`.

Locks are taken in one order: the customer, the rewards, the vouchers, the accounts.
"""

from .holding import CustomerRequired, Held, NoCashback, NotMember, hold
from .proof import differences
from .reading import Discount, Outcome, discounts_of, issued_in, outcome_of_refund, outcome_of_void, spent_in
from .reckoning import reckon
from .returning import VoidFirst, give_back, refuse_claims, withdraw, withdraw_import
from .taking import pay, redeem, use

__all__ = [
    "CustomerRequired",
    "Discount",
    "Held",
    "NoCashback",
    "NotMember",
    "Outcome",
    "VoidFirst",
    "differences",
    "discounts_of",
    "give_back",
    "hold",
    "issued_in",
    "outcome_of_refund",
    "outcome_of_void",
    "pay",
    "reckon",
    "redeem",
    "refuse_claims",
    "spent_in",
    "use",
    "withdraw",
    "withdraw_import",
]
