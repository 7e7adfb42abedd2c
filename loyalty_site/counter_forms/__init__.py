"""What people type at the counter."""

from .notes import NotesForm

__all__ = ["NotesForm"]
