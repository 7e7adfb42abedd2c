"""What is kept of customers' rhythms and cohorts, and what owners note beside their figures."""

from .cohorts import CohortCell, CohortMember, Resolution
from .rhythms import FOREVER, CustomerRhythm, ShopGap

__all__ = ["FOREVER", "CohortCell", "CohortMember", "CustomerRhythm", "Resolution", "ShopGap"]
