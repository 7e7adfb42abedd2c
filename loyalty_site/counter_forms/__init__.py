"""What people type at the counter."""

from .enrol import EnrolForm
from .notes import NotesForm
from .till import TillForm

__all__ = ["EnrolForm", "NotesForm", "TillForm"]
