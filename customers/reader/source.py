"""A file as rows of text: plain or compressed, in whatever encoding and with whatever delimiter it was saved."""

import csv
import gzip
import itertools
import os
import stat
import zlib
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import TextIOWrapper

from django.utils.translation import gettext as _

from customers.merchants.refusals import Invalid
from customers.reader.layout import HINT, delimiter_of, encoding_of, foreign_format

CELL = 100_000  # characters
CHUNK = 1 << 20  # bytes: a line without an end within so many is no line of a table
SAMPLE = 1 << 16  # bytes that show encoding and delimiter
WIDEST = 500  # columns


class UnreadableFile(Invalid):
    """The file is empty, no table, damaged, or cannot be opened at all."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Source:
    """A table in a file, inspected and ready to be read any number of times."""

    path: str
    compressed: bool
    encoding: str
    delimiter: str
    header: tuple

    def records(self):
        """Yields (line, cells) of every row that is not blank; the line is the first of the record in the file."""
        rows = _records(self)
        next(rows)
        return rows


def inspect(path):
    """The table in this file: reads it once through, in pieces. Raises UnreadableFile with what to do about it."""
    path = os.fspath(path)
    with _answering():
        compressed = _is_compressed(path)
        with _opened(path, compressed) as stream:
            sample = stream.read(SAMPLE)
            _refuse_foreign(sample)
            encoding = _survey(stream, sample)
    text = sample.decode(encoding, errors="replace")
    delimiter = delimiter_of(text, cut=len(sample) == SAMPLE)
    source = Source(path, compressed, encoding, delimiter, ())
    header = _header(source)
    return Source(path, compressed, encoding, delimiter, tuple(header))


def refused(message, **extra):
    return UnreadableFile(message, **extra)


def said_no_table():
    return _(
        "This file is no table: no comma, semicolon, tab or bar divides its lines into columns. Its first line must"
        " name the columns. In a spreadsheet, save it as CSV."
    )


def _records(source):
    csv.field_size_limit(CELL)  # of the process: the limit is Python's only guard against a cell without an end
    with _answering(), _opened(source.path, source.compressed) as stream:
        ended = []
        text = TextIOWrapper(stream, encoding=source.encoding, errors=_errors(source.encoding), newline="")
        lines = itertools.chain([_without_hint(text.readline())], text, _note_end(ended))
        yield from _numbered(csv.reader(lines, delimiter=source.delimiter), ended)


def _without_hint(first_line):
    """Excel's own first line "sep=;" is no row, but a line of the file all the same: a blank one."""
    return "\n" if first_line.lower().startswith(HINT) else first_line


def _note_end(ended):
    """An empty end of the lines that leaves a note: a record that comes after it was never closed."""
    ended.append(True)
    yield from ()


def _numbered(reader, ended):
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if before > line and ended:
                raise refused(_never_closed() % {"line": line})
            if any(cells) and not (len(cells) == 1 and not cells[0].strip()):
                yield line, cells
    except csv.Error:
        raise refused(_too_long() % {"line": before + 1, "limit": CELL}) from None


@contextmanager
def _opened(path, compressed):
    with gzip.open(path, "rb") if compressed else open(path, "rb") as stream:
        yield stream


@contextmanager
def _answering():
    """Turns what the operating system and the decoders say into a sentence."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        message = _("The compressed file is damaged or was cut off. Compress or download it again.")
        raise refused(message) from None
    except UnicodeError:
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


def _survey(stream, sample):
    """The encoding, after every byte was seen. Raises UnreadableFile for an empty file or a line without an end."""
    guess, lines, blank = encoding_of(sample), 1, True
    for chunk in itertools.chain([sample], iter(lambda: stream.read(CHUNK), b"")):
        blank = blank and not chunk.strip(b" \t\r\n\0\x0b\x0c\xef\xbb\xbf\xff\xfe")
        if len(chunk) == CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise refused(_too_long() % {"line": lines, "limit": CELL})
        lines += chunk.count(b"\n")
        guess.feed(chunk)
    if blank:
        raise refused(_empty())
    return guess.result()


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


def _errors(encoding):
    return (
        "replace" if encoding == "cp1252" else "strict"
    )  # five of its 256 bytes mean nothing; one is no reason to stop


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
