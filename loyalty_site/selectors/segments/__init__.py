"""What the pages of segments show."""

from .all import SegmentsPage, segments_page
from .one import SegmentPage, segment_page
from .people import TABS, WEEK, csv_rows, members, people_of

__all__ = [
    "TABS",
    "WEEK",
    "SegmentPage",
    "SegmentsPage",
    "csv_rows",
    "members",
    "people_of",
    "segment_page",
    "segments_page",
]
