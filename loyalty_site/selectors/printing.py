"""What is printed for the counter: the shop, one promise in its program's own words, and where to join."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext_lazy

from customers.merchants.models import Merchant

from . import joining

SIZES = [("a4", "A4"), ("a5", "A5"), ("letter", gettext_lazy("Letter"))]
LETTER = {"US", "CA", "MX", "CO", "CL", "VE", "PH", "GT", "CR", "PA", "DO", "SV", "NI", "PR"}
SHORT, MIDDLE = 60, 110  # characters of a sentence, by which the type on a paper grows smaller


@dataclass(slots=True)
class Sheet:
    """A poster or table tent: `code` is what its QR code leads to, `address` the same for people who type."""

    merchant: Merchant
    size: str
    language: str
    black: bool
    promise: str
    code: str

    @property
    def address(self) -> str:
        return self.code.partition("://")[2]

    @property
    def type_of_name(self) -> str:
        return length(self.merchant.name)

    @property
    def type_of_promise(self) -> str:
        return length(self.promise)


def length(text: str) -> str:
    """How long a text is, as a class of the paper's type."""
    return "short" if len(text) <= SHORT else "middle" if len(text) <= MIDDLE else "long"


def usual_size(merchant: Merchant) -> str:
    """The paper that printers have where the shop is."""
    return "letter" if merchant.country in LETTER else "a4"


def sheet(merchant: Merchant, *, size: str, language: str, black: bool, program: str, code: str, at: datetime) -> Sheet:
    """A sheet in a language, with the first promise of the chosen program, or of the first (three queries at most)."""
    with translation.override(language):
        found = joining.promises(merchant, at=at)
        chosen = [one for one in found if one.program.public_id == program] or found
        said = chosen[0].sentences[0] if chosen and chosen[0].sentences else ""
    return Sheet(merchant, size, language, black, said, code)
