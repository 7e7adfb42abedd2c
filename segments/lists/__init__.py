"""Segments: made by criteria, from a file or of another one; filled, looked at, put away. See docs/segments.md."""

from .figures import Figures, Moved, everybody, figures, overlaps, trend
from .filling import StandsStill, is_due, refresh, refresh_all
from .making import (
    MOST,
    NoCriteria,
    PutAway,
    SegmentInUse,
    TooManySegments,
    archive,
    change,
    create,
    keep,
    restore,
    snapshot,
)
from .uses import Use, uses, uses_of
from .words import Said, said, snapshot_name

__all__ = [
    "MOST",
    "NoCriteria",
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
    "is_due",
    "keep",
    "overlaps",
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
