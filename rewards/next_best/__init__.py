"""The next best reward: which of the rewards that somebody may take suits them, and why."""

from .choosing import Suggestion, suggestions

__all__ = ["Suggestion", "suggestions"]
