"""Segments: made by criteria, from a file or of another one; filled, looked at, put away. See docs/segments.md."""

from .figures import Figures, Moved, everybody, figures, overlaps, trend
from .filling import StandsStill, follow, refresh, refresh_all
from .making import MOST, PutAway, SegmentInUse, TooManySegments, archive, change, create, keep, restore, snapshot
from .uses import ContainsItself, Use, references, uses, uses_of
from .words import Said, said, snapshot_name

__all__ = [
    "MOST",
    "ContainsItself",
    "Figures",
    "Moved",
    "PutAway",
    "Said",
    "SegmentInUse",
    "StandsStill",
    "TooManySegments",
    "Use",
    "archive",
    "change",
    "create",
    "everybody",
    "figures",
    "follow",
    "keep",
    "overlaps",
    "references",
    "refresh",
    "refresh_all",
    "restore",
    "said",
    "snapshot",
    "snapshot_name",
    "trend",
    "uses",
    "uses_of",
]
