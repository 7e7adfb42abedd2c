"""What segments keep: rhythms that follow from purchases, and who is on which list by which definition."""

from .kept import FOREVER, CustomerRhythm, CustomerScore, ShopGap
from .lists import Kind, Segment

__all__ = ["FOREVER", "CustomerRhythm", "CustomerScore", "Kind", "Segment", "ShopGap"]
