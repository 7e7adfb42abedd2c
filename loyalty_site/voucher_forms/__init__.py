"""What the pages of vouchers ask for; whether it may be so is decided by `rewards.vouchers`."""

from .making import GiftForm, VoucherForm
from .using import LeftForm, UseForm

__all__ = ["GiftForm", "LeftForm", "UseForm", "VoucherForm"]
