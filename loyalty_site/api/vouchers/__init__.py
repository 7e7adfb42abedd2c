"""Vouchers over the API: made, listed, found by their code, used at the till, given back, revoked."""

from .bodies import NothingMore
from .endpoints import VoucherDetail, VoucherList, VoucherReverse, VoucherRevoke, VoucherUse
from .replies import VoucherReply, present

__all__ = [
    "NothingMore",
    "VoucherDetail",
    "VoucherList",
    "VoucherReply",
    "VoucherReverse",
    "VoucherRevoke",
    "VoucherUse",
    "present",
]
