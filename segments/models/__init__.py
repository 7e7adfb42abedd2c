"""What segments keep: rhythms that follow from purchases, and who is on which list by which definition."""

from .lists import Kind, Segment
from .kept import FOREVER, CustomerRhythm, CustomerScore, ShopGap

__all__ = ["FOREVER", "CustomerRhythm", "CustomerScore", "Kind", "Segment", "ShopGap"]
