"""Surveys over the API: made, opened, answered, and what they say."""

from .endpoints import (
    SurveyClose,
    SurveyDetail,
    SurveyInvitations,
    SurveyList,
    SurveyOpen,
    SurveyResponses,
)
from .report import SatisfactionReport

__all__ = [
    "SatisfactionReport",
    "SurveyClose",
    "SurveyDetail",
    "SurveyInvitations",
    "SurveyList",
    "SurveyOpen",
    "SurveyResponses",
]
