"""Names and numbers that only identify: kept as text, trimmed, and bounded as the database bounds them."""

import re

from django.utils.translation import gettext as _

from customers.reader.countries import COUNTRIES, LANGUAGES
from customers.reader.faults import BadCell
from customers.reader.vocabulary import squeezed

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_IN_LINES = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # without tabs and ends of line
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,4})?")
_SPREADSHEET = re.compile(r"([0-9]+)\.0")


def code(text, *, longest=100):
    """An identifier exactly as written, or None where the cell is empty. Raises BadCell."""
    text = text.strip()
    if _CONTROL.search(text):
        raise BadCell(_control())
    return _bounded(text, longest)


def customer_id(text):
    """A customer's number, of any kind; 17850.0 is what spreadsheets make of 17850."""
    match = _SPREADSHEET.fullmatch(text.strip())
    return code(match[1] if match else text)


def line(text, *, longest):
    """A name on one line, runs of white space as one blank, or None where the cell is empty. Raises BadCell."""
    if _CONTROL_IN_LINES.search(text):
        raise BadCell(_control())
    return _bounded(" ".join(text.split()), longest)


def paragraph(text, *, longest):
    """A text that may have several lines, or None where the cell is empty. Raises BadCell."""
    if _CONTROL_IN_LINES.search(text):
        raise BadCell(_control())
    return _bounded(text.strip(), longest)


def country(text):
    """A country's two letters, also from its name, or None where the cell is empty. Raises BadCell."""
    text = text.strip()
    if not text:
        return None
    if re.fullmatch("[A-Za-z]{2}", text) and text.upper() != "UK":
        return text.upper()
    if (name := squeezed(text)) in COUNTRIES:
        return COUNTRIES[name]
    raise BadCell(_("This country is not known. Write its two letters, such as ES."))


def language(text):
    """A language's code, also from its name, or None where the cell is empty. Raises BadCell."""
    text = text.strip()
    if not text:
        return None
    if _LANGUAGE.fullmatch(tag := text.lower().replace("_", "-")):
        return tag
    if (name := squeezed(text)) in LANGUAGES:
        return LANGUAGES[name]
    raise BadCell(_("This language is not known. Write its two letters, such as es."))


def year(text, *, latest):
    """A year of birth, or None where the cell is empty. Raises BadCell."""
    text = text.strip()
    match = _SPREADSHEET.fullmatch(text)
    text = match[1] if match else text
    if not text:
        return None
    if not re.fullmatch("[0-9]{4}", text) or not 1900 <= int(text) <= latest:
        raise BadCell(_("This is not a year between 1900 and %(latest)s.") % {"latest": latest})
    return int(text)


def _bounded(text, longest):
    if len(text) > longest:
        message = _("The text is longer than %(longest)s characters. Shorten it; perhaps a quotation mark is missing.")
        raise BadCell(message % {"longest": longest})
    return text or None


def _control():
    return _("The text contains characters that cannot be printed. Write the cell anew.")
