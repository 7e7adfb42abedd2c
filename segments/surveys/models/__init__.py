"""The tables of surveys: what is asked, who was asked, what was said, and what is done about it."""

from .answers import Answer, FollowUp, Response, Satisfaction, Stage
from .invitations import Invitation
from .surveys import Kind, Question, Status, Survey, Touchpoint

__all__ = [
    "Answer",
    "FollowUp",
    "Invitation",
    "Kind",
    "Question",
    "Response",
    "Satisfaction",
    "Stage",
    "Status",
    "Survey",
    "Touchpoint",
]
