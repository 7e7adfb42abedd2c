"""The tables of promises: programs and their versions, memberships, judgements and the ledger."""

from .adjustments import Adjustment, AdjustmentCap
from .alerts import Alert, Watch
from .holds import HeldLot, Hold
from .judgements import Judgement
from .ledger import Entry, Lot, LotUse
from .memberships import Membership, PointsAccount
from .programs import Program, ProgramClosing, ProgramPause, ProgramVersion
from .rewards import Redemption, Reward, RewardPicture
from .tiers import TierChange
from .uses import RuleDay, RuleUse
from .vouchers import Voucher, VoucherBatch, VoucherUse

__all__ = [
    "Adjustment",
    "AdjustmentCap",
    "Alert",
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
    "Redemption",
    "Reward",
    "RewardPicture",
    "RuleDay",
    "RuleUse",
    "TierChange",
    "Voucher",
    "VoucherBatch",
    "VoucherUse",
    "Watch",
]
