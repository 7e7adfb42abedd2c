"""What programs make of purchases and returns: judge by the version that held, remember it, post the points."""

from .forgetting import forget
from .judging import Earned, judge
from .moving import move, restore, withdraw
from .proof import differences
from .returning import kept_points, recount, take_back

__all__ = [
    "Earned",
    "differences",
    "forget",
    "judge",
    "kept_points",
    "move",
    "recount",
    "restore",
    "take_back",
    "withdraw",
]
