"""The tables of promises: programs and their versions, memberships, judgements and the ledger."""

from .adjustments import Adjustment, AdjustmentCap
from .holds import HeldLot, Hold
from .judgements import Judgement
from .ledger import Entry, Lot, LotUse
from .memberships import Membership, PointsAccount
from .programs import Program, ProgramClosing, ProgramPause, ProgramVersion
from .uses import RuleDay, RuleUse

__all__ = [
    "Adjustment",
    "AdjustmentCap",
    "Entry",
    "HeldLot",
    "Hold",
    "Judgement",
    "Lot",
    "LotUse",
    "Membership",
    "PointsAccount",
    "Program",
    "ProgramClosing",
    "ProgramPause",
    "ProgramVersion",
    "RuleDay",
    "RuleUse",
]
