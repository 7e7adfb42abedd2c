"""What bytes and first lines tell about a file: its format, its encoding, its delimiter."""

import codecs
import csv
import io

from django.utils.translation import gettext_lazy as _

DELIMITERS = ";\t|,"  # the comma last: on a tie it is more likely a decimal mark
ENCODINGS = ("utf-8-sig", "cp1252", "utf-16", "cp850", "mac-roman")  # the first three are found, all may be named
HINT = "sep="  # Excel writes the delimiter into a first line of its own
LINES = 50  # rows that vote on the delimiter

_SAVE_AS = _("This is a spreadsheet, not a CSV file. Open it and save it as CSV first.")
_PICTURE = _("This is a picture, not a CSV file. Choose the file that your till or spreadsheet exported.")
_PDF = _("This is a PDF, not a CSV file. Export the data as CSV instead.")
_ARCHIVE = _("This is an archive, not a CSV file. Unpack it and import the CSV file inside.")
_BINARY = _("This is not a text file. Export the data as CSV in UTF-8 and import that.")

_MAGIC = (
    (b"%PDF", _PDF),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"\xd0\xcf\x11\xe0", _SAVE_AS),  # the old .xls
    (b"7z\xbc\xaf", _ARCHIVE),
    (b"Rar!", _ARCHIVE),
    (b"BZh", _ARCHIVE),
    (b"\xfd7zXZ", _ARCHIVE),
    (b"\x28\xb5\x2f\xfd", _ARCHIVE),
)
_IN_SPREADSHEETS = (b"xl/", b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis.opendocument", b"_rels/")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c"))


def foreign_format(sample):
    """A sentence about a file that is no text, or None. `sample` is its beginning."""
    if sample.startswith(b"PK\x03\x04"):
        return _SAVE_AS if any(name in sample for name in _IN_SPREADSHEETS) else _ARCHIVE
    for start, sentence in _MAGIC:
        if sample.startswith(start):
            return sentence
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    control = len(sample) - len(sample.translate(None, _CONTROL))
    first_line = sample.splitlines()[0] if sample.strip() else b""
    return _BINARY if b"\0" in first_line or control * 20 > len(sample) else None


class Encoding:
    """Decides between UTF-8 and cp1252 while the bytes pass: what is no UTF-8 anywhere is the other."""

    def __init__(self, name):
        self.name = name
        self._decoder = codecs.getincrementaldecoder(name)()

    def feed(self, chunk):
        if self.name != "utf-8-sig":
            return
        try:
            self._decoder.decode(chunk)
        except UnicodeDecodeError:
            self.name = "cp1252"

    def result(self):
        if self.name == "utf-8-sig":
            try:
                self._decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                self.name = "cp1252"
        return self.name


def encoding_of(sample):
    """The encoding as far as the beginning of the file tells it; feed it the rest."""
    utf16 = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return Encoding("utf-16" if utf16 else "utf-8-sig")


def delimiter_of(text, *, cut):
    """The delimiter that divides header and first rows alike. `cut`: the text ends amid a row. A comma by default."""
    if text.lower().startswith(HINT) and text[len(HINT)] in DELIMITERS:
        return text[len(HINT)]
    scores = {delimiter: _score(text, delimiter, cut) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=scores.get)
    return best if scores[best] else ","


def _score(text, delimiter, cut):
    """Columns beyond the first, times the share of rows that have as many as the header."""
    widths = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cells):
                widths.append(len(cells))
            if len(widths) > LINES:
                break
    except csv.Error:  # a cell without an end: what came before still votes, reading will name the line
        cut = False
    if cut and len(widths) > 1:
        widths.pop()
    return (widths[0] - 1) * widths.count(widths[0]) / len(widths) if widths else 0
