"""What people type at the counter."""

from .claims import in_money
from .enrol import EnrolForm
from .notes import NotesForm
from .pins import PinForm, StandForm
from .scan import ScanForm
from .till import TillForm

__all__ = ["EnrolForm", "NotesForm", "PinForm", "ScanForm", "StandForm", "TillForm", "in_money"]
