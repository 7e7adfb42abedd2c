"""What pages show of vouchers: those in a customer's hand, lists, batches, one of them, sheets to cut out."""

from .in_hand import InHand, in_hand, open_vouchers, used_vouchers

__all__ = ["InHand", "in_hand", "open_vouchers", "used_vouchers"]
