"""Public ids: a type prefix and 80 random bits in lower-case base 32. Keys of the database never leave."""

import secrets

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o or u, so that it can be read aloud
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]


def new(prefix: str) -> str:
    """A fresh id such as `cus_7k2m…`: 16 characters of 5 bits after the prefix."""
    number = secrets.randbits(80)
    return prefix + "_" + "".join([PAIRS[(number >> shift) & 1023] for shift in range(0, 80, 10)])


class PublicId(models.CharField):
    """The id that the outside sees: stored, random, unique, and therefore the same after an archive or a move."""

    def __init__(self, prefix, **options):
        self.prefix = prefix
        options.setdefault("max_length", 24)
        options.setdefault("unique", True)
        options.setdefault("editable", False)
        super().__init__(**options)

    def deconstruct(self):
        name, path, args, options = super().deconstruct()
        return name, path, [self.prefix, *args], options

    def has_default(self):
        return True

    def get_default(self):
        return new(self.prefix)
