"""The catalog: what points can become, who may take it, and how far somebody is from it."""

from .eligibility import LimitReached, NotEligible, OtherProgram, OutOfStock, check
from .making import HasRedemptions, WrongStatus, archive, create, move, remove, update
from .options import Option, next_reward, options, options_of
from .pace import Pace
from .terms import InvalidReward, UnknownAudience, UnknownTier

__all__ = [
    "HasRedemptions",
    "InvalidReward",
    "LimitReached",
    "NotEligible",
    "Option",
    "OtherProgram",
    "OutOfStock",
    "Pace",
    "UnknownAudience",
    "UnknownTier",
    "WrongStatus",
    "archive",
    "check",
    "create",
    "move",
    "next_reward",
    "options",
    "options_of",
    "remove",
    "update",
]
