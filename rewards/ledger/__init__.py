"""The only writer of points.

An account's points arrive by positive entries, each with a lot that says when it may be spent, and leave by negative
entries that draw from lots, nearest expiry first. Entries are never changed; a mistake is corrected by a further
entry. Always: balance = sum of entries = sum of the lots' remaining − deficit.
"""

from .balances import Balance, balance, balances, total_available
from .drafts import Posting
from .expiring import expire, settle_idle
from .foreseeing import shortages
from .holding import HoldOver, PointsHeld, capture, hold, refuse_held, release
from .idle import freeze
from .lots import date_idle
from .posting import post, unposted
from .proof import differences
from .sheet import Deficit, InsufficientPoints, TooManyPoints
from .spendable import good, lasting, withheld
from .spending import NothingLeft, Returned, current, give_back, grace_until, left_of, spend
from .withdrawing import close_accounts, restore_returns, reverse_import, spent_of_import

__all__ = [
    "Balance",
    "Deficit",
    "HoldOver",
    "InsufficientPoints",
    "NothingLeft",
    "PointsHeld",
    "Posting",
    "Returned",
    "TooManyPoints",
    "balance",
    "balances",
    "capture",
    "close_accounts",
    "current",
    "date_idle",
    "differences",
    "expire",
    "freeze",
    "give_back",
    "good",
    "grace_until",
    "hold",
    "lasting",
    "left_of",
    "refuse_held",
    "release",
    "post",
    "restore_returns",
    "shortages",
    "reverse_import",
    "settle_idle",
    "spend",
    "spent_of_import",
    "total_available",
    "unposted",
    "withheld",
]
