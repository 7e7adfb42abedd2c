"""What programs make of purchases and returns: judge by the version that held, remember it, post the points."""

from .forgetting import forget
from .judging import Earned, judge, judge_activities
from .moving import move, withdraw
from .proof import differences
from .reasons import awards_of
from .returning import recount, take_back
from .stamping import withdraw_import
from .trying import tried

__all__ = [
    "Earned",
    "awards_of",
    "differences",
    "forget",
    "judge",
    "judge_activities",
    "move",
    "recount",
    "take_back",
    "tried",
    "withdraw",
    "withdraw_import",
]
