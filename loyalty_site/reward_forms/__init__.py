"""What the pages of rewards ask for; whether it may be so is decided by the catalog."""

from .redeeming import CancelForm, RedeemForm
from .terms import RewardForm

__all__ = ["CancelForm", "RedeemForm", "RewardForm"]
