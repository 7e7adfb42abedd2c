"""What stands on a voucher: unguessable, said aloud and typed without a mistake."""

import re
import secrets

from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid

LENGTH = 13  # of 30 characters: 63 random bits, whatever stands before them
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0, 1, I, L, O, U
PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
CODES = len(ALPHABET) ** LENGTH
LONGEST_PREFIX = 12


class InvalidPrefix(Invalid):
    code = "invalid_prefix"
    message = _("A prefix has at most %(most)d letters and digits, such as SUMMER.")


def new_code(prefix: str = "") -> str:
    """A code that nobody guesses."""
    number = secrets.randbelow(CODES)
    number, last = divmod(number, len(ALPHABET))
    said = ALPHABET[last]
    for __ in range(LENGTH // 2):
        number, pair = divmod(number, len(PAIRS))
        said += PAIRS[pair]
    return prefix + said


def new_codes(count: int, prefix: str = "") -> list[str]:
    """That many codes, no two alike."""
    made: set[str] = set()
    while len(made) < count:
        made |= {new_code(prefix) for __ in range(count - len(made))}
    return list(made)


def normal(code: str) -> str:
    """A code as it is kept: in capital letters, without what people put between the characters."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def prefix_of(text: str) -> str:
    """What codes shall begin with, as it is kept; raises InvalidPrefix."""
    prefix = re.sub(r"[\s\-]", "", text).upper()
    if not re.fullmatch("[A-Z0-9]*", prefix, re.ASCII) or len(prefix) > LONGEST_PREFIX:
        raise InvalidPrefix(values={"most": LONGEST_PREFIX}, field="prefix")
    return prefix
