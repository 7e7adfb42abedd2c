"""Public ids: a type prefix, the millisecond of making and 80 random bits, in lower-case base 32 (a ULID).

Keys of the database never leave. The time in front is not for reading: it lets every new id fall at the end of its
unique index. With random ids alone, an import of half a million purchases rewrote those indexes many times over.
"""

import hashlib
import secrets
import time

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o or u, so that it can be read aloud
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
RANDOM_BYTES = 10
TIME_SHIFTS, RANDOM_SHIFTS = range(40, -1, -10), range(70, -1, -10)
ALL_SHIFTS = range(120, -1, -10)


def new(prefix: str) -> str:
    """A fresh id such as `cus_01kar…`: after the prefix 10 characters of time and 16 of chance."""
    return many(prefix, 1)[0]


def many(prefix: str, count: int) -> list[str]:
    """Fresh ids of one moment, in any order."""
    moment = in_base_32(time.time_ns() // 1_000_000, TIME_SHIFTS)
    chance = secrets.token_bytes(RANDOM_BYTES * count)
    numbers = [int.from_bytes(chance[at : at + RANDOM_BYTES], "big") for at in range(0, len(chance), RANDOM_BYTES)]
    return [f"{prefix}_{moment}{in_base_32(number, RANDOM_SHIFTS)}" for number in numbers]


def derived(prefix: str, text: str) -> str:
    """The id that a text always has, as long as the others: what is sent twice is one thing."""
    return f"{prefix}_{in_base_32(int.from_bytes(hashlib.sha256(text.encode()).digest(), 'big'), ALL_SHIFTS)}"


def in_base_32(number: int, shifts: range) -> str:
    """A number in base 32, two characters for each of the shifts."""
    return "".join([PAIRS[(number >> shift) & 1023] for shift in shifts])


class PublicId(models.CharField):
    """The id that the outside sees: stored, unique, and therefore the same after an archive or a move."""

    def __init__(self, prefix, **options):
        self.prefix = prefix
        options.setdefault("max_length", 32)
        options.setdefault("unique", True)
        options.setdefault("editable", False)
        super().__init__(**options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        return name, path, [self.prefix, *args], options

    def db_type(self, connection):
        """The same type under its long name: for `varchar` Django adds a second index, for LIKE, which no id needs."""
        kind = super().db_type(connection)
        return kind.replace("varchar", "character varying") if connection.vendor == "postgresql" else kind

    def has_default(self):
        return True

    def get_default(self):
        return new(self.prefix)
