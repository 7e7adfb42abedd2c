"""The only writer of points.

An account's points arrive by positive entries, each with a lot that says when it may be spent, and leave by negative
entries that draw from lots, nearest expiry first. Entries are never changed; a mistake is corrected by a further
entry. Always: balance = sum of entries = sum of the lots' remaining − deficit.
"""

from .balances import Balance, balance, balances, total_available
from .expiring import expire
from .foreseeing import shortages
from .posting import Posting, post, unposted
from .proof import differences
from .withdrawing import close_accounts, restore_returns, reverse_import, spent_of_import

__all__ = [
    "Balance",
    "Posting",
    "balance",
    "balances",
    "close_accounts",
    "differences",
    "expire",
    "post",
    "restore_returns",
    "shortages",
    "reverse_import",
    "spent_of_import",
    "total_available",
    "unposted",
]
