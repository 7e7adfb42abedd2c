"""What segments keep: rhythms that follow from purchases, and who is on which list by which definition."""

from .lists import Kind, Segment
from .rhythms import FOREVER, CustomerRhythm, ShopGap

__all__ = ["FOREVER", "CustomerRhythm", "Kind", "Segment", "ShopGap"]
