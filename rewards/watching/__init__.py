"""Trust at the till: what may not be, what is told, and what somebody made of it.

Nothing here changes what was earned. `find` reads facts and writes findings, each once; `accept` and `dismiss` are a
person's word on one, never on oneself.
"""

from .deciding import AboutYourself, InvalidNote, MayNotDecideAlerts, accept, dismiss
from .finding import WINDOW, find, unreceipted
from .own import OwnCard, refuse_own, rule_for_own
from .thresholds import DEFAULTS, NUMBERS, InvalidThreshold, OnlyOwnersWatch, change, changes_watch, watch

__all__ = [
    "DEFAULTS",
    "NUMBERS",
    "WINDOW",
    "AboutYourself",
    "InvalidNote",
    "InvalidThreshold",
    "MayNotDecideAlerts",
    "OnlyOwnersWatch",
    "OwnCard",
    "accept",
    "change",
    "changes_watch",
    "dismiss",
    "find",
    "refuse_own",
    "rule_for_own",
    "unreceipted",
    "watch",
]
