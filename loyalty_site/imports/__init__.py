"""What becomes of a file: customers, purchases and opening balances, through the same flows as the till.

`create` stores the file, `run` reads and posts it and can be called again after a crash; `summary` is what it did.
A person checks a file first: see `drafts`. What could not be recorded comes back by `leftovers`.
"""

from .machine import explain
from .running import FileTooLarge, UnknownKind, create, run, summary

__all__ = ["FileTooLarge", "UnknownKind", "create", "explain", "run", "summary"]
