"""What is kept of customers' rhythms and cohorts, and what owners note beside their figures."""

from .cohorts import CohortCell, CohortMember, Resolution
from .notes import Annotation, ReportReader
from .rhythms import FOREVER, CustomerRhythm, CustomerScore, ShopGap

__all__ = [
    "FOREVER",
    "Annotation",
    "CohortCell",
    "CohortMember",
    "CustomerRhythm",
    "CustomerScore",
    "ReportReader",
    "Resolution",
    "ShopGap",
]
