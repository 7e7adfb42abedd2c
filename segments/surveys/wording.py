"""Texts by language: what a shop wrote in one, and perhaps in the other."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from customers.merchants.refusals import Invalid

LANGUAGES = tuple(code for code, __ in settings.LANGUAGES)


class InvalidText(Invalid):
    code = "invalid_text"
    message = _('Write a text, or an object of texts by language, such as {"en": "…", "es": "…"}.')


def texts(given: object, *, language: str, field: str, longest: int, required: bool = True) -> dict[str, str]:
    """A text (in the survey's own language) or texts by language, without spaces around them; raises InvalidText."""
    found = {language: given} if isinstance(given, str) else given
    if not isinstance(found, dict) or not set(found) <= set(LANGUAGES):
        raise InvalidText(field=field)
    if not all(isinstance(text, str) for text in found.values()):
        raise InvalidText(field=field)
    found = {code: text.strip() for code, text in found.items() if text.strip()}
    if required and not found:
        raise InvalidText(_("Write this text in at least one language."), field=field)
    if any(len(text) > longest for text in found.values()):
        raise InvalidText(
            _("This text is longer than %(longest)s characters."), values={"longest": longest}, field=field
        )
    return found


def spoken(found: dict[str, str], language: str, own: str) -> str:
    """What is said in a language; where that is missing in the survey's own, or in any."""
    return found.get(language) or found.get(own) or next(iter(found.values()), "")
