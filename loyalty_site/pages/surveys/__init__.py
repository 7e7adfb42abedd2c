"""Pages of surveys for staff: the list, making one, what came of it, how it reaches people, and who is unhappy."""

from .making import copy, edit, new, preview, state
from .reaching import insert, links, mail, poster, renew, window
from .reading import responses_csv, survey, survey_list
from .unhappy import close, task, unhappy

__all__ = [
    "close",
    "copy",
    "edit",
    "insert",
    "links",
    "mail",
    "new",
    "poster",
    "preview",
    "renew",
    "responses_csv",
    "state",
    "survey",
    "survey_list",
    "task",
    "unhappy",
    "window",
]
