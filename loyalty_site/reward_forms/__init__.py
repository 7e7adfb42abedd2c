"""What the pages of rewards and vouchers ask for; whether it may be so is decided below."""

from .redeeming import CancelForm, RedeemForm
from .terms import RewardForm

__all__ = ["CancelForm", "RedeemForm", "RewardForm"]
