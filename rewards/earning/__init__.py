"""What programs make of purchases and returns: judge by the version that held, remember it, post the points."""

from .forgetting import forget
from .judging import Earned, book_idle, judge, judge_activities
from .moving import move, restore, withdraw
from .proof import differences
from .reasons import awards_in, awards_of
from .returning import kept_points, recount, take_back
from .stamping import Card, card_of, fill, post, refill, withdraw_import
from .trying import tried, tried_all

__all__ = [
    "Card",
    "Earned",
    "awards_in",
    "awards_of",
    "book_idle",
    "card_of",
    "differences",
    "fill",
    "forget",
    "judge",
    "judge_activities",
    "kept_points",
    "move",
    "post",
    "recount",
    "refill",
    "restore",
    "take_back",
    "tried",
    "tried_all",
    "withdraw",
    "withdraw_import",
]
