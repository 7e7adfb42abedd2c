"""JSON, and complete rows as CSV."""

import itertools
import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.http import StreamingHttpResponse
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer  # noqa: F401 - named in the settings

from loyalty_site import spreadsheets

LINES_AT_ONCE = 1_000
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


class CSVRenderer(BaseRenderer):
    """Rows with the JSON's names as columns. Text that a spreadsheet would run as a formula gets an apostrophe.

    The columns are those that the view documents in `row_reply`, so that an empty list has its header, too.
    """

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        rows = data if isinstance(data, list) else [data]
        reply = getattr((renderer_context or {}).get("view"), "row_reply", None)
        return "".join(spreadsheets.written(table(reply, rows))).encode()


def table(reply: type[serializers.Serializer] | None, rows: Iterable[dict]) -> Iterator[list]:
    """Rows as cells below their head: the reply's columns, or where there is none whatever a list of rows names."""
    names = list(columns(reply())) if reply else list(dict.fromkeys(name for row in rows for name in row))
    yield names
    for row in rows:
        yield [cell(row, name) for name in names]


def streamed(reply: type[serializers.Serializer], rows: Iterable[dict], *, name: str) -> StreamingHttpResponse:
    """Rows as CSV while they are read, some thousand lines at a time: what is in memory does not grow with them."""
    lines = spreadsheets.written(table(reply, rows))
    return StreamingHttpResponse(
        iter(lambda: "".join(itertools.islice(lines, LINES_AT_ONCE)), ""),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def columns(reply: serializers.Serializer, prefix: str = "") -> Iterator[str]:
    """The names of a reply's plain values; a nested reply on the same level: `balance.available`."""
    for name, field in reply.fields.items():
        if isinstance(field, serializers.Serializer):
            yield from columns(field, f"{prefix}{name}.")
        else:
            yield prefix + name


def cell(row: dict, name: str):
    """The value of a column; lists and free objects as JSON."""
    value = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return harmless(value)


def harmless(value):
    """A cell that no spreadsheet runs."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return "'" + value
    return "" if value is None else value
