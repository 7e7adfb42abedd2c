"""What people type at the counter."""

from .notes import NotesForm
from .till import TillForm

__all__ = ["NotesForm", "TillForm"]
