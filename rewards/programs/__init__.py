"""Making programs, publishing their versions, and knowing which one held at a moment."""

from .closing import WrongDays, close, is_short_notice, reopen
from .making import EditedMeanwhile, NameTaken, change, create, create_once, publish, tier_parts
from .policies import CHOICES, DEFAULT_POLICIES, check_policies
from .products import Asked, asked
from .running import WrongStatus, activate, pause
from .terms import Promise, Terms, card_sizes, promises, stamp_cards, triggers
from .wording import UnknownAudience, UnknownLocation, Wording, read_rules

__all__ = [
    "CHOICES",
    "Asked",
    "DEFAULT_POLICIES",
    "EditedMeanwhile",
    "NameTaken",
    "Promise",
    "Terms",
    "UnknownAudience",
    "UnknownLocation",
    "Wording",
    "WrongDays",
    "WrongStatus",
    "activate",
    "asked",
    "card_sizes",
    "change",
    "check_policies",
    "close",
    "create",
    "create_once",
    "is_short_notice",
    "pause",
    "promises",
    "publish",
    "read_rules",
    "stamp_cards",
    "tier_parts",
    "reopen",
    "triggers",
]
