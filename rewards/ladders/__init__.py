"""Tiers by plain values alone; no database, no clock.

`parse` reads the tiers of a program version and how they are reached and kept as a `Ladder`, and refuses what could
not work; `Climb` is the only place where it is decided who holds which tier when.
"""

from .climbing import Climb, Event
from .parsing import BASES, DEFAULT_POLICY, InvalidTiers, base_of, check_policy, parse
from .terms import NONE, Ladder, Step, Tier

__all__ = [
    "BASES",
    "DEFAULT_POLICY",
    "NONE",
    "Climb",
    "Event",
    "InvalidTiers",
    "Ladder",
    "Step",
    "Tier",
    "base_of",
    "check_policy",
    "parse",
]
