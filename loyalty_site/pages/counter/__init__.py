"""The counter: who is here, what they buy, and what may be taken back."""

from .card import card, notes
from .day import day, day_csv
from .exchange import exchange
from .scan import scan
from .search import REMEMBERED, counter, enrol
from .slip import slip
from .tills import lock, pin, till
from .undo import undo

__all__ = [
    "REMEMBERED",
    "card",
    "counter",
    "day",
    "day_csv",
    "enrol",
    "exchange",
    "lock",
    "notes",
    "pin",
    "scan",
    "slip",
    "till",
    "undo",
]
