"""What programs make of purchases and returns: judge by the version that held, remember it, post the points."""

from .forgetting import forget
from .judging import Earned, judge
from .moving import move, withdraw
from .proof import differences
from .returning import recount, take_back
from .trying import tried

__all__ = ["Earned", "differences", "forget", "judge", "move", "recount", "take_back", "tried", "withdraw"]
