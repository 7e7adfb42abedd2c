"""What segments keep: rhythms and cohorts that follow from purchases, notes beside figures, and lists."""

from .cohorts import CohortCell, CohortMember, Resolution
from .lists import Kind, Segment
from .notes import Annotation, ReportReader
from .rhythms import FOREVER, CustomerRhythm, CustomerScore, ShopGap

__all__ = [
    "FOREVER",
    "Annotation",
    "CohortCell",
    "CohortMember",
    "CustomerRhythm",
    "CustomerScore",
    "Kind",
    "ReportReader",
    "Resolution",
    "Segment",
    "ShopGap",
]
