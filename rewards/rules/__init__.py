"""What a purchase earns, decided by plain values alone; no database, no clock.

`parse` turns the JSON of a program version into a `Ruleset` and refuses what could not work; `evaluate(rules, facts)`
is the only place where earning is decided: for the till, the preview, the batch, the import and the refund. `why` says
the reason of an award and `sentence` a whole rule, both in the language that is active when they are read.
"""

from . import triggers
from .awarding import evaluate, written
from .limits import left, period_start
from .membership import can_multiply, check_tiers, with_tiers
from .parsing import parse
from .refusal import InvalidRule
from .terms import Award, Facts, Limit, Limits, Line, Rule, Ruleset, When
from .warnings import Doubt, doubts
from .wording import sentence, why, with_whens

__all__ = [
    "Award",
    "Doubt",
    "Facts",
    "InvalidRule",
    "Limit",
    "Limits",
    "Line",
    "Rule",
    "Ruleset",
    "When",
    "can_multiply",
    "check_tiers",
    "doubts",
    "evaluate",
    "left",
    "parse",
    "period_start",
    "sentence",
    "triggers",
    "why",
    "with_whens",
    "with_tiers",
    "written",
]
