"""The tables of promises: programs and their versions, memberships, judgements and the ledger."""

from .judgements import Judgement
from .ledger import Entry, Lot, LotUse
from .memberships import Membership, PointsAccount
from .programs import Program, ProgramClosing, ProgramPause, ProgramVersion
from .uses import RuleDay, RuleUse
from .vouchers import Voucher, VoucherUse

__all__ = [
    "Entry",
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
    "Voucher",
    "VoucherUse",
]
