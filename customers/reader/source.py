"""A file as rows of text: plain or compressed, in whatever encoding and with whatever delimiter it was saved."""

import csv
import gzip
import itertools
import os
import stat
import zlib
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from io import BytesIO, TextIOWrapper

from django.utils.translation import gettext as _

from customers.merchants.refusals import Invalid
from customers.reader.layout import DELIMITERS, ENCODINGS, HINT, Encoding, delimiter_of, encoding_of, foreign_format

CELL = 100_000  # characters
CHUNK = 1 << 20  # bytes: a line without an end within so many is no line of a table
SAMPLE = 1 << 16  # bytes that show encoding and delimiter
WIDEST = 500  # columns


class UnreadableFile(Invalid):
    """The file is empty, no table, damaged, or cannot be opened at all."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Source:
    """A table in a file, inspected and ready to be read any number of times. `limit`: bytes of it that are read."""

    path: str
    compressed: bool
    encoding: str
    delimiter: str
    header: tuple
    limit: int | None = None

    def records(self):
        """Yields (line, cells) of every row that is not blank; the line is the first of the record in the file."""
        rows = _records(self)
        next(rows)
        return rows


def inspect(path, *, delimiter=None, encoding=None, limit=None):
    """The table in this file: reads it once through, in pieces. Raises UnreadableFile with what to do about it.

    `delimiter` and `encoding` are what the user knows better; `limit` looks at so many bytes of the beginning only.
    """
    path = os.fspath(path)
    _check_choices(delimiter, encoding)
    with _answering():
        compressed = _is_compressed(path)
        with _opened(path, compressed, limit) as stream:
            sample = stream.read(SAMPLE)
            _refuse_foreign(sample)
            encoding = _survey(stream, sample, encoding)
    if delimiter is None:
        delimiter = delimiter_of(sample.decode(encoding, errors="replace"), cut=len(sample) == SAMPLE)
    source = Source(path, compressed, encoding, delimiter, (), limit)
    return replace(source, header=tuple(_header(source)))


def reopen(path, *, delimiter, encoding, header):
    """A table that was inspected before, from what was noted of it."""
    path = os.fspath(path)
    with _answering():
        return Source(path, _is_compressed(path), encoding, delimiter, tuple(header))


def refused(message, **extra):
    return UnreadableFile(message, **extra)


def said_no_table():
    return _(
        "This file is no table: no comma, semicolon, tab or bar divides its lines into columns. Its first line must"
        " name the columns. In a spreadsheet, save it as CSV."
    )


def _records(source):
    csv.field_size_limit(CELL)  # of the process: the limit is Python's only guard against a cell without an end
    with _answering(source.encoding), _opened(source.path, source.compressed, source.limit) as stream:
        ended = []
        text = TextIOWrapper(stream, encoding=source.encoding, errors=_errors(source), newline="")
        lines = itertools.chain([_without_hint(text.readline())], text, _note_end(ended))
        yield from _numbered(csv.reader(lines, delimiter=source.delimiter), ended, cut=_is_cut(stream))


def _without_hint(first_line):
    """Excel's own first line "sep=;" is no row, but a line of the file all the same: a blank one."""
    return "\n" if first_line.lower().startswith(HINT) else first_line


def _note_end(ended):
    """An empty end of the lines that leaves a note: a record that comes after it was never closed."""
    ended.append(True)
    yield from ()


def _numbered(reader, ended, *, cut):
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if before > line and ended:
                if cut:  # the cell goes on behind the end of what is looked at
                    return
                raise refused(_never_closed() % {"line": line})
            if any(cells) and not (len(cells) == 1 and not cells[0].strip()):
                yield line, cells
    except csv.Error:
        raise refused(_too_long() % {"line": before + 1, "limit": CELL}) from None


@contextmanager
def _opened(path, compressed, limit=None):
    with gzip.open(path, "rb") if compressed else open(path, "rb") as stream:
        yield Beginning(stream, limit) if limit else stream


class Beginning(BytesIO):
    """The first bytes of a stream, ending with a whole line where more follows (`cut`)."""

    def __init__(self, stream, limit):
        found = stream.read(limit + 1)
        self.cut = len(found) > limit
        end = max(found.rfind(b"\n", 0, limit), found.rfind(b"\r", 0, limit)) + 1 if self.cut else len(found)
        unending = limit - end > 4 * CELL  # longer than any cell in any encoding: to be refused, not to be cut off
        super().__init__(found[:limit] if self.cut and unending else found[:end])


def _is_cut(stream):
    return getattr(stream, "cut", False)


def _check_choices(delimiter, encoding):
    if delimiter is not None and delimiter not in DELIMITERS:
        raise refused(_("Choose a comma, semicolon, tab or bar as the delimiter."), field="delimiter")
    if encoding is not None and encoding not in ENCODINGS:
        raise refused(_("This encoding is not known. Choose one of the list."), field="encoding")


@contextmanager
def _answering(encoding=None):
    """Turns what the operating system and the decoders say into a sentence."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        message = _("The compressed file is damaged or was cut off. Compress or download it again.")
        raise refused(message) from None
    except UnicodeError:
        if encoding == "utf-8-sig":  # found out, it has been seen to fit: so the user chose it
            message = _("The file is not written in UTF-8. Choose another encoding.")
            raise refused(message, field="encoding") from None
        message = _("The file is damaged: its text cannot be decoded. Save it again as CSV in UTF-8.")
        raise refused(message) from None
    except OSError as error:
        message = _("The file cannot be opened (%(reason)s). Check its name and its permissions.")
        raise refused(message % {"reason": error.strerror or type(error).__name__}) from None


def _is_compressed(path):
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise refused(_("This is not a file. Give the name of a CSV file."))
    with open(path, "rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _refuse_foreign(sample):
    found = foreign_format(sample)
    if found:
        raise refused(found)


def _survey(stream, sample, encoding):
    """The encoding, after every byte was seen. Raises UnreadableFile for an empty file or a line without an end."""
    guess, lines, blank = Encoding(encoding) if encoding else encoding_of(sample), 1, True
    for chunk in itertools.chain([sample], iter(lambda: stream.read(CHUNK), b"")):
        blank = blank and not chunk.strip(b" \t\r\n\0\x0b\x0c\xef\xbb\xbf\xff\xfe")
        if len(chunk) == CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise refused(_too_long() % {"line": lines, "limit": CELL})
        lines += chunk.count(b"\n")
        if not encoding:
            guess.feed(chunk)
    if blank:
        raise refused(_empty())
    return encoding or guess.result()


def _header(source):
    with closing(_records(source)) as rows:
        _line, header = next(rows, (0, None))
    if not header:
        raise refused(_empty())
    _check_header(header)
    return header


def _check_header(header):
    if len(header) > WIDEST:
        message = _("The file has more than %(limit)s columns. Leave out those that are not needed.")
        raise refused(message % {"limit": WIDEST})
    seen = set()
    for name in header:
        folded = name.strip().casefold()
        if folded and folded in seen:
            message = _("Two columns are called “%(name)s”. Rename one of them in the first line of the file.")
            raise refused(message % {"name": name.strip()[:100]})
        seen.add(folded)


def _errors(source):
    """Five of the 256 bytes of cp1252 mean nothing; one is no reason to stop. UTF-16 may be cut amid a letter."""
    return "replace" if source.encoding == "cp1252" or (source.limit and source.encoding == "utf-16") else "strict"


def _empty():
    return _("The file is empty. Its first line must name the columns.")


def _too_long():
    return _(
        "A cell in line %(line)s has more than %(limit)s characters. Perhaps a quotation mark is opened there and never"
        " closed; correct the line and import the file again."
    )


def _never_closed():
    return _(
        "A quotation mark that is opened in line %(line)s is never closed, so the rest of the file would be one cell."
        " Close or remove it and import the file again."
    )
