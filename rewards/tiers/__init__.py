"""Which tier members hold: judged along with purchases, followed after everything else, read at any moment.

`rewards.ladders.Climb` decides from what is on record; here it is fetched, kept on the membership, and every change
is booked with its cause. What a membership says holds for every moment to come, so that nothing waits for a job.
"""

from .booking import book
from .following import Reason, follow, follow_customers, follow_program, tiered
from .proof import differences
from .reading import Progress, changes_of, last_changes, progress, tiers_at
from .standing import Standing

__all__ = [
    "Progress",
    "Reason",
    "Standing",
    "book",
    "changes_of",
    "differences",
    "follow",
    "follow_customers",
    "follow_program",
    "last_changes",
    "progress",
    "tiered",
    "tiers_at",
]
