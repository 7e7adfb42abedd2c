"""Surveys as they are typed: by whoever makes them, and by whoever answers."""

from .answering import AnswerForm
from .making import QuestionForms, SurveyForm, WindowForm

__all__ = ["AnswerForm", "QuestionForms", "SurveyForm", "WindowForm"]
